"""One matter entirely by browser: the desk, the supervisor, the worker’s phone and the wall, all open."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlmodel import select

from hub.database import Tx
from hub.organisation import Office
from hub.tickets import Ticket
from tests.house import House
from tests.web.browser.test_live import Open, Served, is_live, screens, tile

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 360, "height": 740}
MOST_KEYS = 12
WORDS = "Peddlers knock at every door"
COUNTS_KEYS = """addEventListener("keydown", (event) => {
  if (["Shift", "Control", "Alt"].includes(event.key)) return;
  sessionStorage.keys = Number(sessionStorage.keys ?? 0) + 1;
}, true)"""


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Open]:
    with ExitStack() as stack:
        yield screens(browser, *served, stack)


@pytest.mark.seed("K1.3", "K1.7", "K2.1", "K2.2", "K5.4")
def test_a_matter_goes_its_whole_way_by_four_open_screens(served: Served, visit: Open) -> None:
    hub, _ = served
    desk, team, wall = visit("clara", "/desk?queue=all"), visit("sid", "/team"), visit("dora", "/office/wall")
    phone = visit("gus", "/mine", **PHONE)
    for page in (team, wall):
        page.evaluate("window.same = true")

    number = register(desk)
    expect(tile(wall, "in_hand")).to_have_text("1")
    assign(team, number, "Gus Guard")
    do_the_work(phone, number, 1, "Shown the way out")
    expect(desk.locator(".ticket .callback")).to_be_visible()
    expect(tile(wall, "in_hand")).to_have_text("0")

    call_back(desk, content=False)
    expect(desk.locator(".ticket-head")).to_contain_text("reopened once")
    expect(tile(wall, "reopened")).to_have_text("1")
    desk.keyboard.press("d")
    desk.select_option("#order-to", "SEC/gus")
    desk.fill("#order-instruction", "Stay until they are gone")
    desk.keyboard.press("Control+Enter")
    do_the_work(phone, number, 2, "Gone for good")

    expect(desk.locator(".ticket .callback")).to_be_visible()
    call_back(desk, content=True)
    expect(desk.locator(".ticket-head")).to_contain_text("Closed")
    expect(tile(wall, "reopened")).to_have_text("0")
    expect(phone.locator("#mine")).to_contain_text("Gone for good")
    assert all(page.evaluate("window.same") is True for page in (team, wall)), "a screen was loaded anew"
    closed = the(hub, number)
    assert (closed.status, closed.outcome, closed.callback) == ("closed", "solved", "made")
    assert hub.verify().broken is None


def the(hub: House, number: str) -> Ticket:
    return hub.look(lambda tx: tx.scalars(select(Ticket).where(Ticket.number == number)).one())


def register(desk: Page) -> str:
    """The phone, Enter, the words, Enter: who calls and where it goes come by themselves."""
    desk.keyboard.press("n")
    expect(desk.locator("#phone")).to_be_focused()
    desk.keyboard.type("98765432")
    expect(desk.locator("#name")).to_have_value("李小红")
    desk.keyboard.press("Enter")
    expect(desk.locator("[name=item]")).to_be_focused()
    desk.keyboard.type(WORDS)
    expect(desk.locator(".suggestion")).to_contain_text("Security")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/t/*done=registered")
    is_live(desk)  # before, a form is sent the plain way, and its answer is a page without a toast
    found = re.search(r"/t/(\d+)", desk.url)
    assert found
    return found[1]


def assign(team: Page, number: str, name: str) -> None:
    order = team.locator(f"#order-{number}-1")
    expect(order).to_contain_text(WORDS)
    order.get_by_role("button", name=re.compile(name)).click()
    expect(team.locator(".hand", has_text=name)).to_contain_text(WORDS)
    team.evaluate("window.same = true")  # assigning sends a form: the page after it is watched again


def do_the_work(phone: Page, number: str, seq: int, said: str) -> None:
    """The order appears by itself; every step is a tap, and the last one is said."""
    order = phone.locator(f"#order-{number}-{seq}")
    expect(order).to_contain_text(WORDS)
    for step in ("Accept", "On my way", "Arrived"):
        order.get_by_role("button", name=step, exact=True).click()
    order.get_by_role("button", name="Done").click()
    phone.fill("[name=done]", said)
    phone.get_by_role("button", name="The work is done").click()
    phone.wait_for_url("**/mine")


def call_back(desk: Page, content: bool) -> None:
    desk.keyboard.press("b")
    desk.check(f"[name=solved][value={'yes' if content else 'no'}]")
    desk.check(f"[name=satisfied][value={'yes' if content else 'no'}]")
    desk.fill("#callback-comment", "Thank you" if content else "Back after an hour")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".callback")).to_have_count(0)


# --- the tour -------------------------------------------------------------------------------


def test_a_newcomer_takes_a_matter_through_the_loop_by_the_tour(served: Served, visit: Open) -> None:
    hub, _ = served
    hub.do(_make_demo)
    desk = visit("clara", "/desk")
    card = desk.locator("#tour")
    expect(card).to_contain_text("New here?")
    card.get_by_role("button", name="Start the tour").click()
    expect(card).to_contain_text("Step 1 of 6")
    desk.locator("body").press("n")
    expect(desk.locator("#phone")).to_be_focused()
    desk.keyboard.type(card.locator("b").inner_text())
    expect(desk.locator("#name")).to_have_value("李小红")
    desk.keyboard.press("Enter")
    desk.keyboard.type(WORDS)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/t/*done=registered")
    expect(card).to_contain_text("Step 3 of 6")  # the rules have dispatched it already

    desk.locator(".act > summary", has_text="Assign").first.click()
    desk.locator("[name=worker]").first.select_option("gus")
    desk.locator(".act[open]").get_by_role("button", name="Assign", exact=True).last.click()
    expect(card).to_contain_text("Step 4 of 6")
    desk.reload()
    expect(card).to_contain_text("Step 4 of 6")
    desk.locator(".act > summary", has_text="For the worker who rings in").click()
    desk.get_by_role("button", name=re.compile("^accept$", re.IGNORECASE)).click()
    expect(desk.locator(".toast").last).to_contain_text("Order accepted")
    desk.locator(".act > summary", has_text="For the worker who rings in").click()
    desk.locator(".act[open] [name=done]").fill("Shown the way out")
    desk.locator(".act[open]").get_by_role("button", name=re.compile("done", re.IGNORECASE)).last.click()
    expect(card).to_contain_text("Step 5 of 6")
    call_back(desk, content=True)
    expect(card).to_contain_text("Closed and counted")
    card.get_by_role("button", name="Office").click()
    desk.wait_for_url("**/office")
    card.get_by_role("button", name="Finish").click()
    desk.wait_for_url("**/desk")
    expect(desk.locator("#queue")).to_be_visible()
    expect(card).to_have_count(0)


def _make_demo(tx: Tx) -> None:
    for office in tx.scalars(select(Office)):
        office.is_demo = True


# --- an ordinary call ----------------------------------------------------------------------


def _keys_beyond(desk: Page, *words: str) -> int:
    return int(desk.evaluate("sessionStorage.keys")) - sum(map(len, words))


def test_an_ordinary_call_takes_few_keys_beyond_its_words(served: Served, visit: Open) -> None:
    hub, _ = served
    desk = visit("clara", "/desk")
    desk.add_init_script(COUNTS_KEYS)
    desk.reload()
    number = register(desk)
    assert the(hub, number).status == "in_hand", "and it is on its way to the department"
    keys = _keys_beyond(desk, "98765432", WORDS)
    assert keys <= MOST_KEYS, keys
    print(f"{keys} keys beyond the words, by the rules")


def test_an_ordinary_call_straight_to_the_best_worker_takes_few_keys_too(served: Served, visit: Open) -> None:
    hub, _ = served
    desk = visit("clara", "/desk")
    desk.add_init_script(COUNTS_KEYS)
    desk.reload()
    desk.keyboard.press("n")
    expect(desk.locator("#phone")).to_be_focused()
    desk.keyboard.type("98765432")
    expect(desk.locator("#name")).to_have_value("李小红")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Kitchen tap leaks")
    expect(desk.locator(".suggestion")).to_contain_text("Engineering")
    for key in ("Tab", "Tab", "Tab", "ArrowRight", "ArrowRight"):
        desk.keyboard.press(key)
    expect(desk.locator("[name=way][value=worker]")).to_be_checked()
    while desk.evaluate("document.activeElement.id") != "to_worker":
        desk.keyboard.press("Tab")
    for key in ("ArrowDown", "Control+Enter"):
        desk.keyboard.press(key)
    desk.wait_for_url("**/t/*done=registered")
    found: Any = re.search(r"/t/(\d+)", desk.url)
    order = hub.orders(the(hub, found[1]))[0]
    assert order.worker_id in {hub.staff("wes").id, hub.staff("wen").id}
    keys = _keys_beyond(desk, "98765432", "Kitchen tap leaks")
    assert keys <= MOST_KEYS, keys
    print(f"{keys} keys beyond the words, straight to a worker")


def test_a_stranger_who_does_not_say_the_room_is_asked_for_no_more_than_is_missing(
    served: Served, visit: Open
) -> None:
    desk = visit("clara", "/desk")
    desk.keyboard.press("n")
    expect(desk.locator("#phone")).to_be_focused()
    desk.keyboard.type("21110000")
    for field in ("room", "name"):
        desk.keyboard.press("Enter")
        expect(desk.locator(f"#{field}")).to_be_focused()
        desk.keyboard.type({"room": "A-0502", "name": "Ho"}[field])
    desk.keyboard.press("Enter")
    expect(desk.locator("[name=item]")).to_be_focused()


# --- the search -----------------------------------------------------------------------------


def test_the_search_answers_as_it_is_typed_and_is_walked_by_the_arrows(served: Served, visit: Open) -> None:
    hub, _ = served
    desk = visit("clara", "/desk?queue=all")
    number = register(desk)
    desk.goto("/desk?queue=all")
    desk.keyboard.press("/")
    desk.keyboard.type("lx")
    expect(desk.locator("#found")).to_contain_text("李小红")
    expect(desk.locator("#queue")).to_be_hidden()
    desk.keyboard.type("h")
    expect(desk.locator("#found .rows a")).to_have_count(2)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#found ol a")).to_be_focused()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    expect(desk.locator("#q")).to_be_focused()
    desk.fill("#q", "peddl")
    expect(desk.locator("#found .rows a")).to_have_count(1)
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/t/{number}")
    expect(desk.locator(".ticket h2")).to_have_text(WORDS)
    desk.fill("#q", "")
    expect(desk.locator("#queue")).to_be_visible()
    expect(desk.locator("#found")).to_be_empty()
    assert the(hub, number).status == "in_hand"


@pytest.mark.parametrize("late", [["htmx.min.js"], ["htmx.min.js", "desk.js"]])
def test_what_is_typed_before_the_page_is_awake_is_searched_all_the_same(
    visit: Open, late: list[str]
) -> None:
    desk = visit("clara", "/desk")
    held: list[Route] = []
    with ExitStack() as asked_for:
        for name in late:
            desk.route(f"**/{name}*", lambda route: held.append(route))
            asked_for.enter_context(desk.expect_request(f"**/{name}*"))
        desk.goto("/desk", wait_until="commit")
    field = desk.locator("#q")
    field.press_sequentially("lxh")
    for name in late:
        next(route for route in held if name in route.request.url).continue_()
        expect(field).to_have_attribute("data-htmx-powered", "true")  # before the next one comes
    expect(desk.locator("#found")).to_contain_text("李小红")


def test_what_was_done_by_mistake_is_taken_back_by_one_key(served: Served, visit: Open) -> None:
    hub, _ = served
    desk = visit("clara", "/desk?queue=all")
    number = register(desk)
    desk.keyboard.press("h")
    desk.select_option("#owner-login", "cody")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast")).to_contain_text("Handed over")
    assert the(hub, number).owner_id == hub.staff("cody").id
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("z")
    expect(desk.locator(".facts div", has_text="Owner")).to_contain_text("Clara Clerk")
    assert the(hub, number).owner_id == hub.staff("clara").id
