"""The director sets a rule after looking at what it would have done, and the next call follows it."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from hub import clock
from tests.cast import PASSWORD
from tests.house import House, leak, peddlers
from tests.web.browser.test_the_desk import WCAG, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def sign_in(window: Page, login: str, to: str = "/settings") -> None:
    window.goto(f"/session?next={to}")
    window.fill("[name=login]", login)
    window.fill("[name=password]", PASSWORD)
    window.keyboard.press("Enter")
    window.wait_for_url(re.compile(r"/settings/LG"))


def last_month(hub: House) -> None:
    first = clock.now().replace(day=1)
    with clock.at(first - timedelta(days=10)):
        hub.receive(hub.actor("clara"), leak(category="01-03"))
        hub.receive(hub.actor("clara"), peddlers())


@pytest.mark.seed("K1.7")
def test_a_rule_is_looked_at_saved_followed_and_taken_back(served: Served, window: Page) -> None:
    hub, _ = served
    last_month(hub)
    sign_in(window, "dora")
    window.click("text=Dispatch rules")
    expect(window.locator("#main")).to_contain_text("2 matters last month")

    window.keyboard.press("n")
    window.wait_for_url("**/settings/LG/rules/+")
    window.fill("#rank", "5")
    window.fill("#name", "Taps stay with the desk")
    window.select_option("#category", "01-03")
    window.select_option("#mode", "desk")
    window.click("text=Look first")
    expect(window.locator("#foresight-box")).to_contain_text("1 of last month's matters")
    expect(window.locator("#foresight-box")).to_contain_text("Kitchen tap leaks")
    expect(window.locator("#foresight-box")).to_contain_text("1 would have gone another way than now")
    assert hub.orders(hub.receive(hub.actor("clara"), leak(category="01-03"))), "looking changes nothing"

    window.focus("#name")
    window.keyboard.press("Control+Enter")
    expect(window.locator(".notice")).to_contain_text("It holds from now on")
    assert hub.orders(hub.receive(hub.actor("clara"), leak(category="01-03"))) == []

    window.click("text=Take back")
    expect(window.locator(".notice")).to_contain_text("Taken back")
    expect(window.locator("#main")).not_to_contain_text("Taps stay with the desk")
    assert hub.orders(hub.receive(hub.actor("clara"), leak(category="01-03")))
    assert hub.verify().broken is None


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_axe_violation_on_any_kind_of_page(served: Served, window: Page, width: int, theme: str) -> None:
    hub, _ = served
    last_month(hub)
    window.set_viewport_size({"width": width, "height": 800})
    window.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    sign_in(window, "adam")
    for page in (
        *("", "/categories", "/categories/01-03", "/rules", "/rules/8", "/ladder/P1-accept"),
        *("/hours/hours", "/staff", "/staff/wes", "/staff/+", "/texts/received", "/channels", "/history"),
    ):
        _none_wrong(window, f"/settings/LG{page}")
    window.goto("/settings/LG/rules/+")
    window.click("text=Save")
    expect(window.locator("[role=alert]")).to_contain_text("see below")
    _none_here(window)


def _none_wrong(window: Page, address: str) -> None:
    window.goto(address)
    _none_here(window)


def _none_here(window: Page) -> None:
    found = Axe().run(window, options=WCAG)
    wrong = [
        (rule["id"], [node["html"][:150] for node in rule["nodes"]]) for rule in found.response["violations"]
    ]
    assert not wrong, (window.url, wrong)
    wide = window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{window.url} is wider than the screen by {wide} px"
