"""The desk by keyboard: one matter from the call to its counted end, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlmodel import select

from dispatch import work
from hub.tickets import Ticket
from tests.cast import PASSWORD
from tests.house import House, leak, peddlers

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# What axe is asked for: the success criteria of WCAG 2.2 at levels A and AA.
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
Served = tuple[House, str]


def sign_in(window: Page, login: str = "clara") -> None:
    window.goto("/session?next=/desk")
    window.fill("[name=login]", login)
    window.fill("[name=password]", PASSWORD)
    window.keyboard.press("Enter")
    window.wait_for_url(re.compile(r":\d+/desk$"))
    expect(window.locator("#queue")).to_be_visible()


def the_ticket(window: Page, hub: House) -> Ticket:
    found = re.search(r"/t/(\d+)", window.url)
    assert found, window.url
    number = found[1]
    return hub.look(lambda tx: tx.scalars(select(Ticket).where(Ticket.number == number)).one())


def do_the_work(hub: House, ticket: Ticket, said: str) -> None:
    order = hub.orders(ticket)[-1]
    if order.worker_id is None:
        hub.do(work.assign, hub.actor("sid"), order, hub.staff("gus"))
    hub.do(work.accept, hub.actor("gus"), order)
    hub.do(work.complete, hub.actor("gus"), order, said)


@pytest.mark.seed("K1.3", "K2.1", "K2.2", "K5.4")
def test_a_call_is_registered_by_keyboard_worked_called_back_reopened_and_closed(
    served: Served, window: Page
) -> None:
    hub, _ = served
    sign_in(window)
    _register_by_keyboard(window)
    ticket = the_ticket(window, hub)
    assert (ticket.status, hub.orders(ticket)[0].chosen_by) == ("in_hand", "rule")
    assert ticket.party_id is not None and ticket.caller_name == "李小红", "known by the phone alone"

    do_the_work(hub, ticket, "Shown the way out")
    window.reload()
    _call_back(window, solved="no", satisfied="no", comment="Back after an hour")
    expect(window.locator(".toast")).to_contain_text("Reopened: the customer is not content")
    expect(window.locator(".ticket-head")).to_contain_text("reopened once")
    _dispatch_to(window, "SEC/gus")
    expect(window.locator(".toast").last).to_contain_text("Dispatched")

    do_the_work(hub, ticket, "Gone for good")
    window.reload()
    _call_back(window, solved="yes", satisfied="yes", comment="Thank you")
    expect(window.locator(".ticket-head")).to_contain_text("Closed")
    closed = hub.again(ticket)
    assert (closed.status, closed.outcome, closed.callback, closed.round) == ("closed", "solved", "made", 2)
    assert hub.verify().broken is None


def _register_by_keyboard(window: Page) -> None:
    """n, the phone, three tabs, the words, Enter: the person and the room come by themselves."""
    window.keyboard.press("n")
    expect(window.locator("#phone")).to_be_focused()
    window.keyboard.type("98765432")
    expect(window.locator("#name")).to_have_value("李小红")
    expect(window.locator("#room")).to_have_value("A-0501")
    window.locator("#item").focus()
    window.keyboard.type("Peddlers knock at every door")
    expect(window.locator(".suggestion")).to_contain_text("Security")
    window.keyboard.press("Enter")
    window.wait_for_url("**/t/*done=registered")
    expect(window.locator(".notice")).to_contain_text("Registered as")


def _call_back(window: Page, solved: str, satisfied: str, comment: str) -> None:
    window.keyboard.press("b")
    window.check(f"[name=solved][value={solved}]")
    window.check(f"[name=satisfied][value={satisfied}]")
    window.fill("#callback-comment", comment)
    window.keyboard.press("Control+Enter")
    expect(window.locator(".callback")).to_have_count(0)


def _dispatch_to(window: Page, whom: str) -> None:
    window.keyboard.press("d")
    expect(window.locator("#order-to")).to_be_focused()
    window.select_option("#order-to", whom)
    window.fill("#order-instruction", "Stay until they are gone")
    window.keyboard.press("Control+Enter")


def test_a_matter_opens_beside_the_list_and_the_way_back_works(served: Served, window: Page) -> None:
    hub, _ = served
    first = hub.receive(hub.actor("clara"), leak())
    hub.receive(hub.actor("clara"), peddlers())
    sign_in(window)
    window.goto("/desk?queue=in_hand")
    window.click(f"#go-{first.number}")
    expect(window.locator(".ticket h2")).to_have_text("Kitchen tap leaks")
    expect(window.locator(f"#go-{first.number}")).to_have_attribute("aria-current", "true")
    assert window.url.endswith(f"/t/{first.number}?queue=in_hand")
    window.keyboard.press("y")
    expect(window.locator("#note-text")).to_be_focused()
    window.keyboard.press("Control+Enter")
    expect(window.locator(".ticket [role=alert]")).to_contain_text("rite something")
    window.go_back()
    window.wait_for_url("**/desk?queue=in_hand")
    expect(window.locator(".open-hint")).to_be_visible()


def test_what_is_typed_survives_the_polling_of_the_list(served: Served, window: Page) -> None:
    hub, _ = served
    sign_in(window)
    window.keyboard.press("n")
    expect(window.locator("#phone")).to_be_focused()
    window.keyboard.type("2345")
    ticket = hub.receive(hub.actor("cody"), leak())
    window.evaluate("document.body.dispatchEvent(new Event('changed'))")
    window.locator("nav.queues a", has_text="In hand").locator("b", has_text="1").wait_for()
    assert window.input_value("#phone") == "2345" and ticket.number


def test_quick_fingers_are_in_the_field_before_the_next_key(served: Served, window: Page) -> None:
    """A browser tells of an opened step some time later; a practised hand does not wait for that."""
    hub, base = served
    ticket = hub.receive(hub.actor("clara"), leak())
    sign_in(window)
    window.goto(f"{base}/t/{ticket.number}?queue=all")
    press = "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))"
    focus = "document.activeElement.id"
    assert window.evaluate(f"key => {{ ({press})(key); return {focus} }}", "t") == "triage-category"
    window.evaluate("document.getElementById('triage-priority').focus()")
    window.wait_for_timeout(100)
    assert window.evaluate(focus) == "triage-priority", "whoever has gone on is not called back"

    window.locator("#triage-priority").select_option("P1")
    window.locator("details:has(#triage-priority) > summary").focus()
    window.keyboard.press("Control+Enter")
    expect(window.locator(".toast")).to_contain_text("Triage changed")
    assert hub.again(ticket).priority == "P1"


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_axe_violation_on_the_desk_the_form_and_a_matter(
    served: Served, window: Page, width: int, theme: str
) -> None:
    hub, _ = served
    ticket = hub.receive(hub.actor("clara"), peddlers())
    window.set_viewport_size({"width": width, "height": 800})
    window.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    sign_in(window)
    _none_wrong(window, "/desk?queue=in_hand")
    _none_wrong(window, "/desk/new?phone=98765432")
    _none_wrong(window, f"/t/{ticket.number}")
    do_the_work(hub, ticket, "Shown the way out")
    _none_wrong(window, f"/t/{ticket.number}")


def _none_wrong(window: Page, address: str) -> None:
    window.goto(address, wait_until="networkidle")  # what comes in while one looks moves what stands below
    found = Axe().run(window, options=WCAG)
    wrong = [
        (rule["id"], [node["html"][:150] for node in rule["nodes"]]) for rule in found.response["violations"]
    ]
    assert not wrong, (address, wrong)
    wide = window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{address} is wider than the screen by {wide} px"
