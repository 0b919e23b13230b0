"""Told in this browser: the button, the worker and what it shows, in a real Chromium under the strict policy.

The push service itself is the one thing that is not real here: it stands on the internet.
"""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from hub import credentials, endpoints
from tests.house import House
from web.safety import SESSION_COOKIES

OURS = "https://93.184.216.34/push/1"
SERVICE = """
const kept = { value: null };
PushManager.prototype.getSubscription = async () => kept.value;
PushManager.prototype.subscribe = async (wanted) => {
  const key = new Uint8Array(wanted.applicationServerKey);
  if (key.length !== 65 || !wanted.userVisibleOnly) throw new Error("key");
  const keys = { p256dh: "B".repeat(87), auth: "a".repeat(22) };
  kept.value = {
    endpoint: "ENDPOINT",
    toJSON: () => ({ endpoint: "ENDPOINT", keys }),
    unsubscribe: async () => ((kept.value = null), true),
  };
  return kept.value;
};
""".replace("ENDPOINT", OURS)


pytestmark = pytest.mark.browser


@pytest.fixture
def more() -> dict[str, Any]:
    return {"secret_key": "a secret of this hub that nobody else has"}


def test_a_worker_begins_and_ends_being_told_in_this_browser(window: Page, served: tuple[House, str]) -> None:
    hub, address = served
    window.context.grant_permissions(["notifications"], origin=address)
    window.add_init_script(SERVICE)
    _open(window, served)
    window.locator("details.menu summary").click()
    button = window.locator("[data-push-key]")
    expect(button).to_have_text("Tell me in this browser")
    button.click()
    expect(button).to_have_text("Tell me here no more")
    wes = hub.staff("wes")
    assert [row.endpoint for row in hub.look(endpoints.browsers, wes.id)] == [OURS]
    button.click()
    expect(button).to_have_text("Tell me in this browser")
    assert hub.look(endpoints.browsers, wes.id) == []


def test_a_message_that_comes_is_shown_with_its_matter(window: Page, served: tuple[House, str]) -> None:
    """The browser's own debugger hands the worker a push, as its push service would."""
    window.context.grant_permissions(["notifications"], origin=served[1])
    window.add_init_script(SERVICE)
    _open(window, served)
    expect(window.locator("[data-push-key]")).to_have_attribute("aria-pressed", "false")
    registration = _registered(window.context, window)
    session = window.context.new_cdp_session(window)
    session.send("ServiceWorker.enable")
    said = '{"title": "100000011: Order", "body": "B-0302: Burst pipe", "number": "100000011", "delivery": 7}'
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": served[1], "registrationId": registration, "data": said},
    )
    shown = """async () => {
      const worker = await navigator.serviceWorker.getRegistration("/push/");
      for (let n = 0; n < 50; n++) {
        const [one] = await worker.getNotifications();
        if (one) return [one.title, one.body, one.tag, one.data.href];
        await new Promise((done) => setTimeout(done, 100));
      }
    }"""
    assert window.evaluate(shown) == [
        "100000011: Order",
        "B-0302: Burst pipe",
        "delivery-7",
        "/t/100000011",
    ]


def _open(window: Page, served: tuple[House, str]) -> None:
    """Wes's own page, signed in."""
    hub, address = served
    secret = hub.do(credentials.begin_session, hub.staff("wes"), hours=12)
    window.context.add_cookies([{"name": SESSION_COOKIES[0], "value": secret, "url": address}])
    window.goto("/mine")


def _registered(context: BrowserContext, window: Page) -> str:
    """The browser's own number of our worker's registration."""
    session = context.new_cdp_session(window)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: found.extend(one["registrationId"] for one in said["registrations"]),
    )
    session.send("ServiceWorker.enable")
    window.evaluate("() => navigator.serviceWorker.getRegistration('/push/').then(Boolean)")
    window.wait_for_timeout(500)
    return found[0]
