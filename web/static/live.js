// One socket a page: what changes where somebody looks on comes by itself (web/live/__init__.py says how).
//   data-live="view/key"                     the inside of this element is drawn anew by the server
//   data-live="view/key" hx-get hx-trigger="live"   the element is told that it changed and asks for its own
//   data-gentle                              not replaced under somebody's hands: marked data-stale until they are free
// On <html>, data-line says how the page hears of changes: on (socket), off (broken), polling (sockets blocked),
// out (the session has ended, and something is typed here that must not be lost).

const FIRST_WAIT = 250, LONGEST_WAIT = 4000, WELL_AFTER = 5000; // ms
const BLOCKED_AFTER = 3; // tries that never opened a socket
const POLL = 15000, ASK_WITHIN = 300, ASK_APART = 1000;
const SIGNED_OUT = 4401;

const root = document.documentElement;
const shown = () => [...document.querySelectorAll("[data-live]")];
const at = (view) => shown().filter((part) => part.dataset.live === view);

// --- the socket -------------------------------------------------------------

let socket = null, failures = 0, opened = 0, timer = 0, polling = 0, told = "";

function connect() {
  clearTimeout(timer);
  timer = 0;
  if (socket || !shown().length) return;
  const address = new URL(`/live?locale=${root.lang}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    opened = Date.now();
    told = "";
    root.dataset.line = "on";
    subscribe();
  });
  socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  socket.addEventListener("close", closed);
}

function closed({ code }) {
  const held = opened && Date.now() - opened > WELL_AFTER;
  failures = held ? 1 : failures + 1;
  if (!["polling", "out"].includes(root.dataset.line)) root.dataset.line = "off";
  if (!opened && failures >= BLOCKED_AFTER && !polling) poll();
  socket = null;
  opened = 0;
  if (code === SIGNED_OUT && leave()) return;
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures);
  timer = setTimeout(connect, wait * (0.5 + Math.random() / 2)); // not all pages at once
}

// To where one signs in. Not with something typed: that is said, and the line tried again until somebody signed in.
function leave() {
  const typed = [...document.querySelectorAll("#main :is(input:not([type=hidden]), textarea, select)")].some(filled);
  if (!typed) return location.reload(), true;
  if (root.dataset.line !== "out") {
    const { signedOut: text } = document.getElementById("words").dataset;
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "bad" } }));
  }
  root.dataset.line = "out";
  return false;
}

// Tell all this page looks at, whenever that is something else than before.
function subscribe() {
  const views = [...new Set(shown().map((part) => part.dataset.live))].sort();
  if (!socket && !timer) connect();
  if (!socket || socket.readyState !== WebSocket.OPEN) return; // it subscribes when it opens
  const text = JSON.stringify({ see: views });
  if (text !== told) socket.send(text);
  told = text;
}

function hear({ view, html, changed, refused }) {
  if (html !== undefined) for (const part of at(view)) show(part, html);
  if (changed) for (const part of at(changed)) ask(part);
  for (const name of refused ?? []) for (const part of at(name)) part.removeAttribute("data-live");
}

// --- what is pushed ---------------------------------------------------------

const show = (part, html) => htmx.swap({ text: html, target: part, sourceElement: part, swap: "innerMorph" });

// --- what is asked for ------------------------------------------------------

const asked = new WeakMap(); // part -> when it was last asked for

function ask(part) {
  if (part.dataset.asking) return;
  part.dataset.asking = "1";
  const apart = Math.max(0, ASK_APART - (Date.now() - (asked.get(part) ?? 0)));
  setTimeout(() => {
    delete part.dataset.asking;
    if (!part.isConnected) return;
    asked.set(part, Date.now());
    part.dispatchEvent(new CustomEvent("live"));
  }, apart + Math.random() * ASK_WITHIN);
}

// Somebody has a hand in it: the focus is in a field, or a field holds what the server has not sent.
const FIELDS = "input:not([type=hidden]), textarea, select";
const filled = (field) => {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected && one.index);
  return field.value !== field.defaultValue;
};
const busy = (part) => [...part.querySelectorAll(FIELDS)].some((field) => field === document.activeElement || filled(field));

document.addEventListener("htmx:before:swap", (event) => {
  const part = event.detail.ctx.sourceElement;
  if (part?.matches?.("[data-live][data-gentle]") && busy(part)) event.preventDefault();
});
// What was held back here or by a patient part (forms.js) is asked for when the hands are free.
for (const moment of ["htmx:before:request", "htmx:before:swap"]) {
  document.addEventListener(moment, (event) => {
    const part = event.detail.ctx.sourceElement;
    if (event.defaultPrevented && part?.matches?.("[data-live]")) part.dataset.stale = "";
  });
}
setInterval(() => {
  for (const part of document.querySelectorAll("[data-live][data-stale]")) {
    const hand = "form[data-sending]" + (part.matches("[data-gentle]") ? "" : ", details[open], :focus, input:checked");
    const held = part.querySelector(hand) || (part.matches("[data-gentle]") && busy(part));
    if (held) continue;
    delete part.dataset.stale;
    ask(part);
  }
}, 1000);

// --- without a socket -------------------------------------------------------

// Only where the centre answers all the same: a server that is down is said to be down.
async function poll() {
  clearTimeout(polling);
  polling = setTimeout(poll, POLL);
  const reached = await fetchAll();
  if (["on", "out"].includes(root.dataset.line)) return stop();
  root.dataset.line = reached ? "polling" : "off";
  if (!reached) stop();
}

function stop() {
  clearTimeout(polling);
  polling = 0;
}

async function fetchAll() {
  for (const part of shown()) {
    if (part.hasAttribute("hx-get")) {
      ask(part);
      continue;
    }
    const view = encodeURIComponent(part.dataset.live);
    const answer = await fetch(`/live/fragment?view=${view}`).catch(() => null);
    if (!answer) return false;
    if (answer.status === 401) return leave();
    if (answer.status === 200) await show(part, await answer.text());
  }
  return Boolean(await fetch("/healthz").catch(() => null));
}

// --- when to look again -----------------------------------------------------

document.addEventListener("htmx:after:swap", () => setTimeout(subscribe));
addEventListener("online", connect);
addEventListener("pageshow", connect);
document.addEventListener("visibilitychange", () => document.hidden || connect());
connect();
