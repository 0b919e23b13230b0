// The desk by keyboard. In the search arrows walk from the field through what is found, Enter opens it, Escape leads
// back. In a new ticket Enter goes on to what is still empty of who calls, and from what is asked it registers.
// Whoever types before the page is awake is heard all the same.

const field = document.getElementById("q");
const found = document.getElementById("found");
let answered = ""; // what was asked for that which is shown
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === field) ctx.asks = field.value;
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === field) answered = ctx.asks;
});
const shown = () => [...(found.childElementCount ? found : document.getElementById("queue")).querySelectorAll(".rows a")];

field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const links = shown();
  if (event.key === "ArrowDown" && links.length) {
    event.preventDefault();
    links[0].focus();
  }
  if (event.key === "Enter" && found.childElementCount && links.length === 1 && answered === field.value) {
    event.preventDefault(); // there is only one it can be
    links[0].click();
  }
});

document.querySelector(".desk-list").addEventListener("keydown", (event) => {
  const links = shown();
  const here = links.indexOf(event.target);
  if (here < 0) return;
  if (event.key === "Escape") return field.focus();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  (links[here + step] ?? (step < 0 ? field : links[here])).focus();
});

document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (event.key !== "Enter" || event.isComposing || !input.matches?.(".calling input")) return;
  event.preventDefault();
  const mandatory = ["phone", "room", "name", "item"].map((id) => document.getElementById(id) ?? input.form.elements[id]);
  const unknown = (one) => input.form.elements[`unknown_${one.name}`]?.value;
  (mandatory.find((one) => !one.value && !unknown(one)) ?? input.form.elements.item).focus();
});

const ASKING = "[hx-trigger*=input]";
function hear(asking) {
  const early = [asking, ...asking.querySelectorAll("input, textarea")].find((one) => one.value !== one.defaultValue);
  early?.dispatchEvent(new Event("input", { bubbles: true }));
}
document.addEventListener("htmx:after:init", ({ target }) => target.matches(ASKING) && hear(target));
document.querySelectorAll(ASKING).forEach(hear); // where htmx was quicker than this file

// --- what fills itself in ------------------------------------------------------

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
