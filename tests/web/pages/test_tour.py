"""The tour of the demo office: offered, left, taken up again, and always where the matter itself stands."""

import pytest
from sqlmodel import select

from dispatch import callback, closing, work
from dispatch.deciding import Choice
from hub.access import Actor
from hub.database import Tx
from hub.organisation import Office
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak, peddlers
from tests.web.pages.visiting import Visit, Visitor, plain


@pytest.fixture
def demo(hub: House) -> None:
    def mark(tx: Tx) -> None:
        for office in tx.scalars(select(Office)):
            office.is_demo = True

    hub.do(mark)


def card(desk: Visitor) -> str:
    return plain(desk.get("/tour").text)


def test_an_office_that_is_no_demo_has_none(visit: Visit) -> None:
    desk = visit("clara")
    assert desk.get("/tour").text == "" and 'id="tour"' not in desk.get("/desk").text
    for step in ("begin", "end"):
        answer = desk.post(f"/tour/{step}")
        assert answer.status_code == 403 and "tour of the demo office only" in plain(answer.text)


@pytest.mark.parametrize("login", ["wes", "sue", "cash", "quinn"])
def test_who_has_no_desk_is_offered_none(visit: Visit, demo: None, login: str) -> None:
    assert visit(login).get("/tour").text == ""


def test_it_is_offered_once_and_no_is_an_answer_for_every_device(visit: Visit, demo: None) -> None:
    desk = visit("clara")
    assert 'id="tour"' in desk.get("/desk").text and "New here?" in card(desk)
    desk.does("/tour/end")
    assert card(visit("clara")) == ""
    assert "New here?" in card(visit("cody")), "and nobody else's"
    desk.does("/tour/begin")
    assert "Step 1 of 6" in card(visit("clara")) and "9876 5432" in card(desk)


def test_every_stage_is_read_from_the_matter(
    hub: House, visit: Visit, time: Clock, demo: None, clara: Actor, gus: Actor
) -> None:
    desk = visit("clara")
    hub.receive(clara, leak(item="Of yesterday"), Choice("desk"))
    time.forward(minutes=5)
    desk.does("/tour/begin")
    assert "Somebody calls" in card(desk), "what was before the tour is not of it"
    ticket = hub.receive(clara, peddlers(), Choice("desk"))
    assert "Send it to those who can help" in card(desk) and "Step 2" in card(desk)
    desk.does(f"/t/{ticket.number}/order", to="SEC", instruction="Look")
    assert "The supervisor gives it" in card(desk)
    (order,) = hub.orders(ticket)
    hub.do(work.assign, hub.actor("sid"), order, hub.staff("gus"))
    assert "The worker does it" in card(desk)
    desk.does("/tour/end")
    hub.do(work.accept, gus, order)
    hub.do(work.complete, gus, order, "Shown the way out")
    assert card(desk) == ""
    desk.does("/tour/begin")
    assert "Call the customer back" in card(desk), "it goes on where the matter stands"
    hub.do(callback.call_back, clara, ticket, reached=True, solved=False, satisfied="no")
    assert "Closed and counted" not in card(desk), "a customer who is not content brings it back"
    _close(hub, clara, ticket)
    assert "Closed and counted" in card(desk) and "Step 6 of 6" in card(desk)


def _close(hub: House, clara: Actor, ticket: Ticket) -> None:
    for order in hub.orders(ticket):
        if order.is_open:
            hub.do(work.assign, hub.actor("sid"), order, hub.staff("gus"))
            hub.do(work.accept, hub.actor("gus"), order)
            hub.do(work.complete, hub.actor("gus"), order, "For good")
    if hub.again(ticket).status == "awaiting_callback":
        hub.do(callback.call_back, clara, ticket, reached=True, solved=True, satisfied="yes")
    else:
        hub.do(closing.close, clara, ticket, "withdrawn")


def test_after_its_end_it_begins_anew_with_another_matter(
    hub: House, visit: Visit, time: Clock, demo: None, clara: Actor
) -> None:
    desk = visit("clara")
    desk.does("/tour/begin")
    ticket = hub.receive(clara, leak(), Choice("desk"))
    hub.do(closing.close, clara, ticket, "withdrawn")
    assert "Closed and counted" in card(desk)
    desk.does("/tour/end")
    time.forward(minutes=1)
    desk.does("/tour/begin")
    assert "Somebody calls" in card(desk)


@pytest.mark.parametrize(("locale", "word"), [("zh-Hans", "有客户来电"), ("zh-Hant", "有客戶來電")])
def test_it_speaks_the_newcomers_language(visit: Visit, demo: None, locale: str, word: str) -> None:
    desk = visit("clara", locale=locale)
    desk.does("/tour/begin")
    assert word in card(desk)
