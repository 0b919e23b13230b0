// The button of the person's menu: be told in this browser, or no more. Shown only where a browser can do it.

const button = document.querySelector("[data-push-key]");
const able = "serviceWorker" in navigator && "PushManager" in window && window.isSecureContext;

const bytes = (key) => {
  const plain = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const tell = (path, said) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(said) });

function show(subscription) {
  button.hidden = false;
  button.setAttribute("aria-pressed", String(Boolean(subscription)));
  button.querySelector("span").textContent = subscription ? button.dataset.end : button.dataset.begin;
}

async function begin(worker) {
  if ((await Notification.requestPermission()) !== "granted") {
    button.querySelector("span").textContent = button.dataset.refused;
    return;
  }
  const wanted = { userVisibleOnly: true, applicationServerKey: bytes(button.dataset.pushKey) };
  const made = await worker.pushManager.subscribe(wanted);
  const { endpoint, keys } = made.toJSON();
  const answer = await tell("/push/browsers", { endpoint, keys });
  if (answer.ok) return show(made);
  await made.unsubscribe();
  throw new Error("not kept");
}

async function end(subscription) {
  await tell("/push/browsers/end", { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
  show(null);
}

async function start() {
  const worker = await navigator.serviceWorker.register("/push/worker.js");
  show(await worker.pushManager.getSubscription());
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const subscription = await worker.pushManager.getSubscription();
      await (subscription ? end(subscription) : begin(worker));
    } catch {
      button.querySelector("span").textContent = button.dataset.failed;
    }
    button.disabled = false;
  });
}

if (button && able) start().catch(() => {});
