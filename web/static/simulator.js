// The pretend telephone speaks: what is new on the screen is read aloud by the browser, once, if that is wanted.

const heard = new Set([...document.querySelectorAll("[data-say]")].map((one) => one.id));
let loud = false;

function speak(element) {
  const words = new SpeechSynthesisUtterance(element.dataset.say);
  words.lang = element.dataset.language || document.documentElement.lang;
  speechSynthesis.speak(words);
}

function catchUp() {
  const texts = document.getElementById("texts");
  let isNew = false;
  for (const element of document.querySelectorAll("[data-say]")) {
    if (heard.has(element.id)) continue;
    heard.add(element.id);
    isNew = true;
    if (loud && "speechSynthesis" in window) speak(element);
  }
  if (isNew || texts.dataset.rows !== String(texts.children.length)) {
    texts.scrollTop = texts.scrollHeight;
    const line = document.getElementById("heard");
    if (line) line.scrollTop = line.scrollHeight;
  }
  texts.dataset.rows = texts.children.length;
  showSound();
}

function showSound() {
  const button = document.getElementById("sound");
  button.hidden = !("speechSynthesis" in window);
  button.setAttribute("aria-pressed", String(loud));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("#sound")) return;
  loud = !loud;
  if (!loud) speechSynthesis.cancel();
  showSound();
});
document.addEventListener("htmx:after:swap", () => setTimeout(catchUp));
document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement: form, request, response } = event.detail.ctx;
  if (!form?.matches?.("[data-clear]") || response.status >= 400) return;
  if (form.elements.body.value === request.body.get("body")) form.reset(); // not over what is typed by now
});
catchUp();
