"""A slow line, and hands that do not wait for it: no answer takes back what somebody did meanwhile."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect
from sqlmodel import col, delete

from dispatch import returning, work
from dispatch.deciding import Choice
from hub.credentials import Session
from hub.database import Tx
from hub.orders import Order
from hub.tickets import Ticket
from tests.house import House, leak
from tests.web.browser.test_live import Open, Served, let_in, screens

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 15.0
WATCH = """new MutationObserver(() => {
  if (!document.querySelector('#mine form[data-sending]')) sessionStorage.unlocked = 'yes';
}).observe(document.getElementById('mine'), { subtree: true, attributeFilter: ['data-sending'] })"""


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Open]:
    with ExitStack() as stack:
        yield screens(browser, *served, stack)


class Late:
    """What is asked for under an address is done at once, and its answer comes when it is let go."""

    def __init__(self, page: Page, address: str, method: str = "GET") -> None:
        self.page, self.method = page, method
        self._held: list[tuple[Route, APIResponse]] = []
        self._is_open = False
        page.route(re.compile(address), self._hold)

    def _hold(self, route: Route) -> None:
        if self._is_open or route.request.method != self.method:
            return route.fallback()
        answer = route.fetch(max_redirects=0)
        if self._is_open:  # let go while it was fetched
            return route.fulfill(response=answer)
        self._held.append((route, answer))

    def wait(self) -> None:
        until = monotonic() + PATIENCE
        while not self._held:
            assert monotonic() < until, "nothing was asked for"
            self.page.wait_for_timeout(20)

    def come(self) -> None:
        """Let the answers come, and wait until the page has heard them."""
        self._is_open = True
        for route, answer in self._held:
            route.fulfill(response=answer)
        self.page.wait_for_timeout(300)


def matter(hub: House, item: str = "Kitchen tap leaks", room: str = "A-1203") -> Ticket:
    return hub.receive(hub.actor("clara"), leak(item=item, room=room), Choice("department", "ENG"))


def in_hand(hub: House) -> Order:
    """An order that Wes has accepted."""
    order = hub.orders(matter(hub))[0]
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    return hub.do(work.accept, hub.actor("wes"), order)


def open_in(page: Page) -> str:
    return page.locator("#open h2").first.inner_text()


# --- what is open --------------------------------------------------------------------------


def test_the_matter_that_was_chosen_last_stays_open_whatever_comes_after_it(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    first, second = matter(hub, "First matter"), matter(hub, "Second matter")
    page = visit("clara", "/desk?queue=all")
    late = Late(page, rf"/t/{first.number}$")
    page.click(f"#go-{first.number}")
    late.wait()
    page.click(f"#go-{second.number}")
    expect(page.locator(".ticket h2")).to_have_text("Second matter")
    late.come()
    assert (open_in(page), page.url.endswith(f"/t/{second.number}?queue=all")) == ("Second matter", True)


def test_a_matter_that_is_drawn_anew_late_does_not_come_over_the_form_that_was_opened_meanwhile(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    ticket = matter(hub)
    page = visit("clara", f"/t/{ticket.number}?queue=all")
    late = Late(page, rf"/t/{ticket.number}\?seen=")
    hub.do(work.assign, hub.actor("sue"), hub.orders(ticket)[0], hub.staff("wes"))
    late.wait()
    page.keyboard.press("n")
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.type("98765432")
    late.come()
    expect(page.locator("#phone")).to_have_value("98765432")


@pytest.mark.parametrize("said", ["The key is with the guard", ""])
def test_the_late_answer_to_a_step_is_said_and_does_not_bring_back_the_matter_that_was_left(
    served: Served, visit: Open, said: str
) -> None:
    """Ctrl+Enter, and on to the next matter: whoever closes then closes what stands in the address."""
    hub, _ = served
    first, second = matter(hub, "First matter"), matter(hub, "Second matter")
    page = visit("clara", f"/t/{first.number}?queue=all")
    late = Late(page, "/note$", "POST")
    page.keyboard.press("y")
    page.fill("#note-text", said)
    page.keyboard.press("Control+Enter")
    late.wait()
    page.click(f"#go-{second.number}")
    expect(page.locator(".ticket h2")).to_have_text("Second matter")
    late.come()
    expect(page.locator(".toast")).to_contain_text("Note kept" if said else "rite something")
    assert open_in(page) == "Second matter"


def test_two_clicks_on_a_matter_draw_it_once(served: Served, visit: Open) -> None:
    hub, _ = served
    ticket = matter(hub)
    page = visit("clara", "/desk?queue=all")
    late = Late(page, rf"/t/{ticket.number}$")
    row = page.locator(f"#go-{ticket.number}")
    row.click()
    late.wait()
    row.click()
    page.wait_for_timeout(100)
    late.come()
    expect(page.locator("article.ticket")).to_be_visible()
    page.keyboard.press("y")
    page.keyboard.type("It drips")
    page.wait_for_timeout(500)
    expect(page.locator("#note-text")).to_have_value("It drips")
    page.go_back()
    page.wait_for_url("**/desk?queue=all")


# --- what is typed -------------------------------------------------------------------------


def test_what_is_typed_in_one_step_survives_the_answer_to_another(served: Served, visit: Open) -> None:
    hub, _ = served
    ticket = matter(hub)
    page = visit("clara", f"/t/{ticket.number}?queue=all")
    late = Late(page, "/note$", "POST")
    page.keyboard.press("y")
    page.fill("#note-text", "The key is with the guard")
    page.keyboard.press("Control+Enter")
    late.wait()
    page.locator("summary[data-key=s]").click()
    page.fill("#escalate-note", "The third time this week")
    late.come()
    expect(page.locator(".toast")).to_contain_text("Note kept")
    expect(page.locator("#escalate-note")).to_be_focused()
    expect(page.locator("#escalate-note")).to_have_value("The third time this week")
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#note-text")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast").last).not_to_contain_text("Note kept")
    assert "escalated" in hub.kinds(ticket)


def test_what_is_typed_on_in_a_step_that_was_sent_stays_and_is_sent_as_another(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    ticket = matter(hub)
    page = visit("clara", f"/t/{ticket.number}?queue=all")
    late = Late(page, "/note$", "POST")
    page.keyboard.press("y")
    page.fill("#note-text", "The key is with the guard")
    page.keyboard.press("Control+Enter")
    late.wait()
    page.fill("#note-text", "The guard is off on Sundays")
    late.come()
    expect(page.locator(".toast")).to_contain_text("Note kept")
    expect(page.locator("#note-text")).to_have_value("The guard is off on Sundays")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#note-text")).to_be_hidden()
    assert hub.kinds(ticket).count("noted") == 2


def test_a_step_is_taken_once_though_its_matter_changes_before_the_answer(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    ticket = matter(hub)
    page = visit("clara", f"/t/{ticket.number}?queue=all")
    late = Late(page, "/urging$", "POST")
    page.keyboard.press("u")
    urge = page.locator("details.act:has(#urge-note) form button")
    urge.click()
    late.wait()
    page.wait_for_timeout(1500)  # longer than it takes the page to ask for itself
    assert page.locator("form[data-sending]").count() == 1, "its lock and its key went with a redraw"
    urge.click()
    late.come()
    expect(page.locator(".toast")).to_contain_text("rged")
    assert hub.again(ticket).times_urged == 1


def test_a_tap_stays_the_tap_it_was_until_its_page_comes(served: Served, visit: Open) -> None:
    """The list is told of the acceptance before the page of it comes: an impatient finger must not depart."""
    hub, _ = served
    order = hub.orders(matter(hub))[0]
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    page = visit("wes", "/mine", width=360, height=740)
    late = Late(page, f"/mine/{order.number}/", "POST")
    tap = page.locator(f"#order-{order.number} .taps button")
    expect(tap).to_have_text("Accept")
    page.evaluate(WATCH)
    tap.click(no_wait_after=True)
    late.wait()
    page.wait_for_timeout(1500)  # longer than it takes the list to ask for itself
    late.come()
    expect(tap).to_have_text("On my way")
    assert page.evaluate("sessionStorage.unlocked") is None, "drawn anew under the finger"


def test_who_clears_a_name_to_write_another_is_not_given_the_old_one_again(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    page = visit("clara", "/desk/new?queue=all")
    page.fill("#phone", "98765432")
    expect(page.locator("#name")).to_have_value("李小红")
    late = Late(page, "/desk/new/caller")
    page.fill("#name", "")
    late.wait()
    ticket = matter(hub)
    expect(page.locator(f"#row-{ticket.number}")).to_be_attached()
    expect(page.locator("#name")).to_have_value("")
    late.come()
    page.keyboard.type("王")
    expect(page.locator("#name")).to_have_value("王")


def test_what_is_chosen_while_a_suggestion_is_under_way_holds_against_it(visit: Open) -> None:
    page = visit("clara", "/desk/new")
    page.check("[name=way][value=worker]")
    page.fill("[name=item]", "Kitchen tap leaks")
    expect(page.locator(".suggestion")).to_be_visible()
    page.select_option("#to_worker", "ENG/wes")
    page.fill("#instruction", "Ring once")
    page.wait_for_load_state("networkidle")
    late = Late(page, "/desk/new/preview$", "POST")
    page.locator("#description").dispatch_event("input")
    late.wait()
    page.select_option("#to_worker", "ENG/wen")
    page.fill("#instruction", "Ring twice")
    page.focus("#appointment_at")
    late.come()
    expect(page.locator("#to_worker")).to_have_value("ENG/wen")
    expect(page.locator("#instruction")).to_have_value("Ring twice")


def asked_for_a_form(hub: House, visit: Open) -> tuple[Page, Late]:
    """Clara has pressed the key of a new ticket, and its form has not come yet."""
    page = visit("clara", f"/t/{matter(hub).number}?queue=all")
    late = Late(page, "/desk/new$")
    page.keyboard.press("n")
    late.wait()
    return page, late


# --- the keyboard --------------------------------------------------------------------------


def test_who_opens_a_new_ticket_types_the_phone_at_once_and_is_led_nowhere_else(
    served: Served, visit: Open
) -> None:
    """The figures of a phone are keys of the screens too."""
    hub, _ = served
    page, late = asked_for_a_form(hub, visit)
    page.keyboard.type("98765432")
    late.come()
    expect(page.locator("#phone")).to_have_value("98765432")
    expect(page.locator("#name")).to_have_value("李小红")
    assert page.url.endswith("/desk/new")


def test_a_form_that_comes_late_does_not_call_anybody_from_the_search(served: Served, visit: Open) -> None:
    hub, _ = served
    page, late = asked_for_a_form(hub, visit)
    page.focus("#q")
    page.keyboard.type("A-05")
    late.come()
    page.keyboard.type("01")
    expect(page.locator("#phone")).to_have_value("")
    expect(page.locator("#q")).to_have_value("A-0501")


def test_enter_opens_what_was_found_for_these_words_and_for_no_former_ones(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    first, second = matter(hub, "First matter"), matter(hub, "Second matter")
    page = visit("clara", "/desk?queue=all")
    page.fill("#q", first.number)
    expect(page.locator("#found .rows a")).to_have_count(1)
    late = Late(page, "/desk/found")
    page.fill("#q", second.number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk?q={second.number}")
    expect(page.locator("#queue")).to_contain_text("Second matter")
    late.come()


def test_the_keys_of_the_desk_live_on_after_the_way_back(served: Served, visit: Open) -> None:
    hub, _ = served
    ticket = matter(hub)
    page = visit("clara", "/desk?queue=all")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.click(f"#go-{ticket.number}")
    expect(page.locator(".ticket")).to_be_visible()
    page.go_back()
    expect(page.locator(".open-hint")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-line", "on")
    page.keyboard.press("/")
    page.keyboard.type(ticket.number)
    expect(page.locator("#found .rows a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found .rows a")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert not wrong


def test_a_step_that_is_drawn_open_calls_nobody_from_where_he_types(served: Served, visit: Open) -> None:
    hub, _ = served
    ticket = matter(hub)
    page = visit("clara", f"/t/{ticket.number}?queue=all")
    page.focus("#q")
    hub.do(returning.send_back, hub.actor("sue"), hub.orders(ticket)[0], "Not ours")
    expect(page.get_by_text("Rule on the return")).to_be_visible()
    page.wait_for_timeout(200)  # a browser tells of what was opened some time later
    expect(page.locator("#q")).to_be_focused()


def test_nothing_is_sent_while_a_word_is_still_being_composed(served: Served, visit: Open) -> None:
    hub, _ = served
    ticket = matter(hub)
    page = visit("clara", f"/t/{ticket.number}?queue=all")
    page.keyboard.press("y")
    page.keyboard.type("水")
    press = "isComposing => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
    press += " {key: 'Enter', ctrlKey: true, bubbles: true, isComposing}))"
    page.evaluate(press, True)
    assert page.locator("form[data-sending]").count() == 0
    page.evaluate(press, False)
    expect(page.locator(".toast")).to_contain_text("Note kept")


def test_the_focus_stays_on_the_bell_when_it_rings(served: Served, visit: Open) -> None:
    hub, _ = served
    order = hub.orders(matter(hub))[0]
    page = visit("wes", "/mine")
    page.focus(".bell")
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    page.evaluate("document.querySelector('.bell').dispatchEvent(new CustomEvent('live'))")
    expect(page.locator(f"#order-{order.number}")).to_be_visible()
    page.wait_for_timeout(300)
    expect(page.locator(".bell")).to_be_focused()


# --- the list ------------------------------------------------------------------------------


def test_who_has_read_on_in_the_list_is_not_sent_back_when_it_is_drawn_anew(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    tickets = [matter(hub, f"Matter {n}") for n in range(45)]
    page = visit("clara", "/desk?queue=all")
    rows = page.locator("#queue .matters li")
    expect(rows).to_have_count(40)
    page.locator(".more a").click()
    expect(rows).to_have_count(45)
    newest = matter(hub, "The newest")
    expect(page.locator(f"#row-{newest.number}")).to_be_attached()
    expect(page.locator(f"#row-{tickets[0].number}")).to_be_attached()
    expect(rows).to_have_count(46)


def test_words_that_are_marked_to_be_copied_stay_marked_when_the_team_is_drawn_anew(
    served: Served, visit: Open
) -> None:
    hub, _ = served
    first = hub.orders(matter(hub, "Copy me"))[0]
    page = visit("sue", "/team")
    page.evaluate(
        f"getSelection().selectAllChildren(document.querySelector('#order-{first.number} .line a'))"
    )
    second = hub.orders(matter(hub, "Another"))[0]
    expect(page.locator(f"#order-{second.number}")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == "Copy me"


# --- what is sent to nowhere -----------------------------------------------------------------


def test_a_form_that_cannot_be_sent_stays_as_it_was_filled_and_is_sent_later_once(visit: Open) -> None:
    page = visit("clara", "/desk/new")
    page.fill("#phone", "98765432")
    expect(page.locator("#name")).to_have_value("李小红")
    page.fill("[name=item]", "Peddlers knock at every door")
    page.fill("#description", "Two men, since noon")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("The centre cannot be reached")
    expect(page.locator("#description")).to_have_value("Two men, since noon")
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/t/*done=registered")
    expect(page.locator(".ticket")).to_contain_text("Two men, since noon")


def sign_out(hub: House, login: str) -> None:
    person = hub.staff(login)

    def end(tx: Tx) -> None:
        tx.execute(delete(Session).where(col(Session.staff_id) == person.id))
        tx.tell(f"staff:{person.id}")

    hub.database.write(end)


def test_what_is_typed_survives_the_end_of_the_session(served: Served, visit: Open) -> None:
    hub, address = served
    order = in_hand(hub)
    page = visit("wes", f"/mine/{order.number}", width=360, height=740)
    page.locator("#completion summary").click()
    page.fill("#completion [name=done]", "Washer replaced")
    sign_out(hub, "wes")
    said = page.locator(".toast", has_text="You are signed out. What you typed is still here")
    expect(said).to_be_visible()
    said.get_by_role("button").click()
    page.get_by_role("button", name="The work is done").click()
    expect(said).to_be_visible()
    expect(page.locator("#completion [name=done]")).to_have_value("Washer replaced")
    let_in(page.context, hub, "wes", address)
    page.get_by_role("button", name="The work is done").click()
    page.wait_for_url("**/mine")
    assert hub.again(order).done == "Washer replaced"


def test_a_page_with_nothing_typed_goes_to_where_one_signs_in(served: Served, visit: Open) -> None:
    hub, _ = served
    order = in_hand(hub)
    page = visit("wes", f"/mine/{order.number}")
    sign_out(hub, "wes")
    page.wait_for_url(f"**/session?next=/mine/{order.number}")
