"""Every journey by keyboard alone: what the mouse and the finger do, Tab, Enter and the arrows do too.

The desk's own keys are in test_the_desk.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dispatch import work
from tests.house import leak
from tests.web.browser.test_live import Open, Served, is_live, screens

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FAR = 120  # presses of Tab: farther off nobody finds anything


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Open]:
    with ExitStack() as stack:
        yield screens(browser, *served, stack)


def reach(page: Page, target: Locator) -> None:
    """Tab to it, and see that it is seen."""
    for _ in range(FAR):
        if target.evaluate("part => part === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    shown = "part => (({ outlineStyle, boxShadow }) => [outlineStyle, boxShadow])(getComputedStyle(part))"
    outline, shadow = target.evaluate(shown)
    assert (outline, shadow) != ("none", "none"), "nobody sees where they are"


def press(page: Page, target: Locator) -> None:
    reach(page, target)
    page.keyboard.press("Enter")


def write(page: Page, target: Locator, text: str) -> None:
    reach(page, target)
    page.keyboard.type(text)


def tap(page: Page, name: str) -> None:
    """A button that sends a form and is answered with a page."""
    with page.expect_navigation():
        press(page, page.get_by_role("button", name=name, exact=True).first)
    is_live(page)


def test_a_supervisor_assigns_hands_over_and_returns(served: Served, visit: Open) -> None:
    hub, _ = served
    order = hub.orders(hub.receive(hub.actor("clara"), leak()))[0]
    team = visit("sue", "/team")
    with team.expect_navigation():
        press(team, team.locator(f"#order-{order.number} button[name=worker]").first)
    is_live(team)
    assert hub.again(order).status == "assigned"
    press(team, team.locator(f"#return-{order.number} summary"))
    write(team, team.locator(f"#reason-{order.number}"), "Not ours: the neighbour's pipe")
    with team.expect_navigation():
        team.keyboard.press("Enter")
    assert hub.again(order).status == "returned"


def test_a_worker_takes_an_order_to_its_end(served: Served, visit: Open) -> None:
    hub, _ = served
    order = hub.orders(hub.receive(hub.actor("clara"), leak()))[0]
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    mine = visit("wes", "/mine")
    for step in ("Accept", "On my way", "Arrived"):
        tap(mine, step)
    press(mine, mine.get_by_role("button", name="Done …"))
    mine.wait_for_url(f"**/mine/{order.number}*")
    is_live(mine)
    write(mine, mine.locator("[name=done]"), "New washer fitted")
    tap(mine, "The work is done")
    assert hub.again(order).status == "done"


def test_a_director_opens_the_matters_behind_a_figure(served: Served, visit: Open) -> None:
    hub, _ = served
    hub.receive(hub.actor("clara"), leak())
    office = visit("dora", "/office")
    with office.expect_navigation():
        press(office, office.locator("#tile-in_hand"))
    expect(office.locator("main")).to_contain_text("Kitchen tap leaks")


def test_an_administrator_changes_a_category_and_takes_it_back(visit: Open) -> None:
    page = visit("adam", "/settings/LG/categories/01-03")
    write(page, page.locator("[name=minutes]"), "45")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    is_live(page)
    with page.expect_navigation():
        press(page, page.get_by_role("button", name="Take back").first)
    expect(page.locator("main")).to_contain_text("Taken back")


def test_the_first_tab_leads_past_the_head_of_the_page(visit: Open) -> None:
    page = visit("clara", "/desk")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
