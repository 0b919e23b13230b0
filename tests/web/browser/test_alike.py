"""At the desk: what is known is shown, one press follows it, and one incident is one press."""

import re

from playwright.sync_api import Page, expect

from tests.house import House, leak
from tests.web.browser.test_the_desk import sign_in

LIFT = {"item": "Lift stuck", "category": "03-02"}


def test_a_caller_about_what_is_known_is_put_behind_it(window: Page, served: tuple[House, str]) -> None:
    hub = served[0]
    clara = hub.actor("clara")
    for room in ("A-0301", "A-0302", "A-0303"):
        hub.receive(clara, leak(**LIFT, room=room, phone=f"2222 33{room[-2:]}"))
    sign_in(window)
    window.goto("/desk")
    window.get_by_role("link", name=re.compile("3 households of Block A say")).click()
    window.get_by_role("button", name="It is one incident").click()
    expect(window.get_by_role("heading", name="2 households behind this ticket")).to_be_visible()

    window.goto("/desk/new")
    window.locator("#phone").fill("2345 6789")
    known = window.locator("#caller .known")
    expect(known).to_contain_text("Known in Block A")
    window.locator("#item").fill("Lift stuck again")
    expect(window.locator("#suggestion .resembling")).to_contain_text("same building")
    window.locator("#suggestion .resembling").get_by_role("button", name="Follow this one").first.click()
    expect(window.locator("#lead")).to_have_value(re.compile(r"\d+"))
    window.get_by_role("button", name="Register").click()
    expect(window.locator("dl.facts")).to_contain_text("Waits for the outcome of")
