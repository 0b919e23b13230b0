// Care around forms: one press is one matter, nothing typed is lost, nothing is drawn anew under somebody's hands,
// and the focus stays near. Pages speak to it in attributes:
//   data-patient, data-polled   is not drawn anew while somebody fills in one of its forms, or chooses in it
//   data-focus                  takes the focus when a swap has removed what had it

const words = document.getElementById("words").dataset;
const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "bad" } }));

// --- sending -------------------------------------------------------------------

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
  if (!answer) return say(words.offline);
  if (answer.status === 401) return say(words.signedOut);
  form.dataset.sure = "";
  form.requestSubmit(submitter);
}

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
document.addEventListener("htmx:finally:request", (event) => {
  const form = event.detail.ctx.sourceElement?.closest?.("form");
  if (form) release(form);
});

// --- under somebody's hands ------------------------------------------------------

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

// --- focus ---------------------------------------------------------------------

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

// --- what is open --------------------------------------------------------------

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
    const elsewhere = document.activeElement.matches("input, textarea, select") && !ctx.target.contains(document.activeElement);
    if (elsewhere) event.detail.tasks[0].fragment.querySelector("[autofocus]")?.removeAttribute("autofocus");
  }
  if (!late) return;
  event.preventDefault();
  if (ctx.response.status < 400) return;
  const refusal = new DOMParser().parseFromString(ctx.text, "text/html").querySelector("[role=alert]");
  say(refusal?.textContent.trim() || words.failed);
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
