// What the server answers: problem+json and the header HX-Trigger {"toast": {"text", "tone", "undo"}} become toasts.
// Other scripts say something by dispatching that event themselves.

const words = document.getElementById("words").dataset;

function toast(text, tone = "good", undo = null) {
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
