// Keys: data-key="n" on an element, and that key clicks it or, on an input, focuses it. `?` shows them all.

const words = document.getElementById("words").dataset;

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
