// What the client does by itself, everywhere: choices of language and look, and clocks that age. Beside it stand
// answers.js (what the server says), forms.js (care around forms), keys.js and live.js. Pages speak to it in attributes:
//   data-fill="id" data-value   a click writes the value into that input (data-also, data-also-value: a second one)
//   <time data-ago>             relative time; <time class="clock" data-warn>: a promise; both age here

const words = document.getElementById("words").dataset;
const language = document.documentElement.lang;
const skew = Date.parse(document.body.dataset.now) - Date.now(); // the server's time is the time

// --- language and look ---------------------------------------------------------

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
}

function wear(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

async function choose(event) {
  const form = event.target.closest("[data-preferences]");
  const button = event.submitter;
  if (!form || !button) return;
  event.preventDefault();
  remember(`hub_${button.name}`, button.value);
  for (const other of button.parentElement.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  if (button.name === "theme") wear(button.value);
  if ("saved" in form.dataset) {
    const body = new URLSearchParams([[button.name, button.value]]);
    await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
  }
  if (button.name === "locale") location.reload();
}
document.addEventListener("submit", choose);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  const filler = event.target.closest("[data-fill]");
  if (filler) fill(filler.dataset);
});

function fill({ fill: id, value, also, alsoValue }) {
  const input = document.getElementById(id);
  input.value = value;
  input.focus();
  if (!also) return;
  document.getElementById(also).value = alsoValue;
  input.form.querySelector("[type=submit]")?.focus();
}

// --- time ----------------------------------------------------------------------

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "always" });

function ago(seconds) {
  for (const [unit, size] of UNITS) {
    const count = Math.floor(Math.abs(seconds) / size);
    if (count) return relative.format(Math.sign(seconds) * count, unit);
  }
  return words.now;
}

function duration(seconds) {
  let rest = Math.floor(Math.abs(seconds));
  const parts = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count || (unit === "minute" && !parts.length)) {
      parts.push(new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count));
    } else if (parts.length) break;
  }
  return parts.slice(0, 2).join(" ");
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function ageClock(clock, now) {
  if (!["running", "at_risk", "overdue"].includes(clock.dataset.state)) return;
  const due = Date.parse(clock.dateTime);
  const risky = clock.dataset.warn && now >= Date.parse(clock.dataset.warn);
  const state = now > due ? "overdue" : risky ? "at_risk" : "running";
  const sentence = { overdue: words.overdue, at_risk: words.atRisk, running: words.left }[state];
  write(clock.querySelector(".clock-left"), sentence.replace("{time}", duration((due - now) / 1000)));
  if (clock.dataset.state === state) return;
  clock.dataset.state = state;
  const use = clock.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, state === "overdue" ? "#warn" : "#clock"));
}

function age() {
  const now = Date.now() + skew;
  for (const time of document.querySelectorAll("time[data-ago]")) write(time, ago((Date.parse(time.dateTime) - now) / 1000));
  for (const clock of document.querySelectorAll("time.clock")) ageClock(clock, now);
}
setInterval(age, 5000);
document.addEventListener("visibilitychange", age);
document.addEventListener("htmx:after:swap", age);
age();
