// What the client does by itself, everywhere: choices of language and look, clocks that age, keys, toasts,
// and care around forms. Pages speak to it in attributes:
//   data-key="n"                this key clicks (or, on an input, focuses) the element
//   data-fill="id" data-value   a click writes the value into that input (data-also, data-also-value: a second one)
//   <time data-ago>             relative time; <time class="clock" data-warn>: a promise; both age here
//   data-focus                  takes the focus when a swap has removed what had it
//   data-patient, data-polled   is not drawn anew while somebody fills in one of its forms, or chooses in it
// Server to client: problem+json answers and the header HX-Trigger {"toast": {"text", "tone"}} become toasts.

const words = document.getElementById("words").dataset;
const language = document.documentElement.lang;
const skew = Date.parse(document.body.dataset.now) - Date.now(); // the server's time is the time

// --- language and look ------------------------------------------------------

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

// --- time -------------------------------------------------------------------

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

// --- keys -------------------------------------------------------------------

const dialog = document.getElementById("keys");
const keysOn = document.getElementById("keys-on");
keysOn.checked = localStorage.getItem("keys") !== "off";
keysOn.addEventListener("change", () => localStorage.setItem("keys", keysOn.checked ? "on" : "off"));

const typing = (target) => target.closest("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");
const nameOf = (element) => {
  if (element.labels?.length) return element.labels[0].textContent.replace("*", "").trim();
  return element.getAttribute("aria-label") || (element.querySelector("span") ?? element).textContent.trim();
};
const keyed = () => [...document.querySelectorAll("[data-key]")].filter((element) => element.checkVisibility());

function showKeys() {
  const list = dialog.querySelector(".keys");
  const rows = keyed().map((element) => [element.dataset.key, nameOf(element)]);
  list.replaceChildren(...[["?", words.keysHelp], ...rows].map(([key, name]) => {
    const [row, term, what, cap] = ["div", "dt", "dd", "kbd"].map((tag) => document.createElement(tag));
    cap.textContent = key;
    what.textContent = name;
    term.append(cap);
    row.append(term, what);
    return row;
  }));
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (awaited) return keep(event);
  if (event.key === "?") return showKeys(); // always there, or the keys could not be switched on again
  const element = keysOn.checked && keyed().find((one) => one.dataset.key === event.key);
  if (!element) return;
  event.preventDefault(); // the letter must not land in the field that is focused now
  if (typing(element)) return element.focus();
  if (element.matches("[hx-get][hx-target='#open']")) awaited = { link: element, typed: "" };
  element.click();
  enter(element.closest("details.act[open]")); // at once: the next key is pressed before the browser tells of a toggle
});

// Whoever opens a form by its key types on at once: until it is there letters are no commands, and none is lost.
let awaited = null;
function keep(event) {
  if (event.key === awaited.link.dataset.key && !awaited.typed) return; // the same key once more
  if (event.key === "Backspace") awaited.typed = awaited.typed.slice(0, -1);
  if (event.key.length !== 1) return;
  event.preventDefault();
  awaited.typed += event.key;
}
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!awaited || (ctx.sourceElement !== awaited.link && awaited.link.isConnected)) return;
  const { typed } = awaited, field = document.activeElement;
  awaited = null;
  if (!typed || !field.matches("#open :is(input, textarea)")) return;
  field.value += typed;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// --- forms ------------------------------------------------------------------

// One press, one matter: a second submit of a form under way is swallowed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("sending" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.matches("[data-preferences]") || form.method === "dialog") return;
  if (isDoubtful() && !form.hasAttribute("hx-post") && form.dataset.sure === undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return sendWhenReached(form, event.submitter);
  }
  delete form.dataset.sure;
  form.dataset.sending = "";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(release, 15000, form); // a download leaves the page where it is
}, true);

// A form that leaves the page takes what was typed with it, to nowhere when the centre cannot be reached or the
// session has ended: where that is to be feared, the centre is asked first.
const isDoubtful = () => !navigator.onLine || ["off", "out"].includes(document.documentElement.dataset.line);
async function sendWhenReached(form, submitter) {
  form.dataset.sending = "";
  const answer = await fetch("/messages/bell").catch(() => null);
  release(form);
  if (!answer) return toast(words.offline, "bad");
  if (answer.status === 401) return toast(words.signedOut, "bad");
  form.dataset.sure = "";
  form.requestSubmit(submitter);
}

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}
// What is drawn anew by itself waits while somebody has a hand in it: a form under way keeps its lock and its key.
// Somebody may lay hands on it while the answer is on its way, so it is asked twice.
const HANDS = { "[data-patient]": "details[open], :focus", "[data-polled]": "input:checked, select:focus", "[data-live]": "form[data-sending]" };
const held = (box) => Object.entries(HANDS).some(([kind, hand]) => box?.matches?.(kind) && box.querySelector(hand));
const stretches = (box) => box?.querySelectorAll?.("[name=stretch]").length ?? 0; // how far down a list was read
for (const moment of ["htmx:before:request", "htmx:before:swap"]) {
  document.addEventListener(moment, (event) => {
    const { ctx } = event.detail, box = ctx.sourceElement;
    ctx.stretches ??= stretches(box);
    if (held(box) || ctx.stretches < stretches(box)) event.preventDefault();
  });
}
// What somebody opened stays open when its part is drawn anew by itself.
const within = (details) => details.closest("[id]")?.id;
const title = (details) => details.querySelector("summary")?.textContent;
htmx.registerExtension("opened", {
  htmx_before_morph_node(old, { newNode }) {
    if (!old.matches?.("details[open]") || !newNode.matches?.("details")) return;
    const same = title(old) === title(newNode) || (within(newNode) && within(old) === within(newNode));
    if (same) newNode.open = true;
  },
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
document.addEventListener("htmx:finally:request", (event) => {
  const form = event.detail.ctx.sourceElement?.closest?.("form");
  if (form) release(form);
});

// --- what the server answers --------------------------------------------------

export function toast(text, tone = "good", undo = null) {
  for (const old of document.querySelectorAll(".toast")) if (old.querySelector("p").textContent === text) old.remove(); // what is said already is not piled up
  const [box, line, close] = ["div", "p", "button"].map((tag) => document.createElement(tag));
  box.className = "toast";
  box.dataset.tone = tone;
  box.setAttribute("role", tone === "bad" ? "alert" : "status");
  line.textContent = text;
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", words.close);
  close.addEventListener("click", () => box.remove());
  box.append(line, ...(undo ? [back(undo)] : []), close);
  document.getElementById("toasts").append(box);
  if (undo) htmx.process(box);
  if (tone !== "bad") setTimeout(fade, undo ? 12000 : 6000, box);
}
document.addEventListener("toast", ({ detail }) => toast(detail.text, detail.tone, detail.undo));

// {path, values}: the step that takes back what was done, as a form of its own; gone once it is sent.
function back({ path, values }) {
  const form = document.createElement("form");
  form.setAttribute("hx-post", path);
  form.setAttribute("hx-target", "#open");
  for (const [name, value] of Object.entries(values)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  const button = form.appendChild(document.createElement("button"));
  button.className = "secondary";
  button.dataset.key = "z";
  button.append(Object.assign(document.createElement("span"), { textContent: words.undo }), Object.assign(document.createElement("kbd"), { textContent: "z", ariaHidden: "true" }));
  form.addEventListener("submit", () => setTimeout(() => form.closest(".toast").remove(), 300));
  return form;
}

function fade(box) {
  if (box.matches(":hover, :focus-within")) setTimeout(fade, 2000, box);
  else box.remove();
}

// A problem is said in a toast and swapped nowhere; its `errors` {field: text} mark the fields.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.response.headers.get("content-type")?.startsWith("application/problem+json")) return;
  event.preventDefault();
  let problem = {};
  try { problem = JSON.parse(ctx.text); } catch { /* cut short on the way: said in general words */ }
  toast(problem.detail || problem.title || words.failed, "bad");
  const form = ctx.sourceElement?.closest?.("form");
  for (const name of Object.keys(problem.errors ?? {})) form?.elements[name]?.setAttribute?.("aria-invalid", "true");
  form?.querySelector("[aria-invalid=true]")?.focus();
});
document.addEventListener("htmx:response:error", (event) => {
  const { response } = event.detail.ctx;
  const problem = response.headers.get("content-type")?.startsWith("application/problem+json");
  if (response.status >= 500 && !problem) toast(words.failed, "bad");
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) toast(words.offline, "bad");
});

// --- focus ------------------------------------------------------------------

// htmx keeps the focus on an element that comes back with its id; when it does not, stay near and not at the top.
let left = null;
document.addEventListener("htmx:before:swap", (event) => {
  const { target } = event.detail.ctx;
  left = target?.contains?.(document.activeElement) ? target.id : null;
});
document.addEventListener("htmx:after:swap", () => {
  const box = left && document.activeElement === document.body && document.getElementById(left);
  left = null;
  if (!box) return;
  const near = box.querySelector("[data-focus]") ?? box;
  if (near === box && !box.hasAttribute("tabindex")) box.tabIndex = -1;
  near.focus({ preventScroll: true });
});

// --- what is open ---------------------------------------------------------------

// The last that was asked for stays open: what was asked for before it and answers after it is not shown over it,
// nor is a matter drawn anew that is no longer there. A step that was refused meanwhile is said all the same.
let asked = 0, shown = 0;
const opens = ({ target, sourceElement }) => target?.id === "open" && !sourceElement.matches("[data-live]");
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (opens(ctx)) ctx.turn = ++asked;
});
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.target?.id !== "open") return;
  const late = opens(ctx) ? ctx.turn < shown : !ctx.sourceElement.isConnected;
  if (!late && opens(ctx)) {
    shown = ctx.turn;
    const elsewhere = typing(document.activeElement) && !ctx.target.contains(document.activeElement);
    if (elsewhere) event.detail.tasks[0].fragment.querySelector("[autofocus]")?.removeAttribute("autofocus");
  }
  if (!late) return;
  event.preventDefault();
  if (ctx.response.status < 400) return;
  const refusal = new DOMParser().parseFromString(ctx.text, "text/html").querySelector("[role=alert]");
  toast(refusal?.textContent.trim() || words.failed, "bad");
});
// A step that was taken is emptied and closes; what was typed meanwhile stays, in this one or in another.
const FIELD = ":is(input:not([type=hidden], [type=file]), textarea, select)[name]";
const altered = (box, body) => [...box.querySelectorAll(FIELD)].filter(({ name, value, type, checked }) =>
  ["radio", "checkbox"].includes(type) ? checked !== body.getAll(name).includes(value) : body.get(name) !== value);
document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement: form, request, response } = event.detail.ctx;
  if (event.defaultPrevented || !form?.matches?.("form.step") || response.status >= 400) return;
  if (altered(form, request.body).length) return;
  if (form.contains(document.activeElement)) document.activeElement.blur();
  form.reset();
  form.closest("details.act")?.removeAttribute("open");
});

// --- the desk -----------------------------------------------------------------

// What was chosen while a suggestion was under way holds against it.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id === "suggestion") ctx.since = altered(ctx.target, ctx.request.body).map(({ name, value }) => [name, value]);
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  for (const [name, value] of ctx.since ?? []) {
    const field = ctx.target.querySelector(`[name="${name}"]`);
    if (field && (!field.options || [...field.options].some((one) => one.value === value))) field.value = value;
  }
});

// data-values='{"name": "…"}' data-then="item": a click writes each value into the form's field of that name.
function take(button, onlyEmpty) {
  const form = button.closest("form");
  for (const [name, value] of Object.entries(JSON.parse(button.dataset.values))) {
    const input = form.elements[name];
    if (!value || !input || (onlyEmpty && (input.value || input === document.activeElement))) continue;
    input.value = value;
    (input instanceof RadioNodeList ? input[0] : input).dispatchEvent(new Event("change", { bubbles: true }));
  }
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-values]");
  if (!button) return;
  take(button, false);
  if (button.dataset.then) document.getElementById(button.dataset.then)?.focus();
});

function markOpen() {
  for (const link of document.querySelectorAll(".matters a")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  // One known person behind a known number: what is still empty is filled in; what was typed stays.
  const sure = ctx.target?.id === "caller" && document.querySelector("#caller [data-sure]");
  if (sure) take(sure, true);
  setTimeout(markOpen);
});

// Into the first field of a step that was opened, unless somebody is in a field of it already.
function enter(step) {
  if (!step?.querySelector(":focus:not(summary)")) step?.querySelector("select, textarea, input:not([type=hidden])")?.focus();
}
document.addEventListener("toggle", ({ target: step }) => {
  if (!step.matches?.("details.act[open]")) return;
  const here = document.activeElement; // one that was drawn open does not call anybody from elsewhere
  if (here === document.body || step.contains(here)) enter(step);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.form ?? event.target.closest("details.act[open]")?.querySelector("form");
  form?.requestSubmit();
});
