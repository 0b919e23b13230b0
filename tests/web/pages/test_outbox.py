"""The outbox on the screen: which channels are open, what did not arrive, and settling it."""

import pytest
from sqlmodel import select

from dispatch import reaching
from hub import setaside
from hub.access import Actor
from hub.database import Tx
from hub.deliveries import Delivery
from hub.tickets import Ticket
from notifications import outbox
from tests.house import House, leak
from tests.web.pages.visiting import Visit


@pytest.fixture
def rosas(hub: House, clara: Actor) -> Ticket:
    ticket = hub.receive(clara, leak(name="Rosa Diaz", room="B-0302", phone="6123 4567"))
    outbox.drain(hub.database)
    return ticket


def test_without_settings_the_outbox_says_so_and_keeps_the_message(visit: Visit, rosas: Ticket) -> None:
    page = visit("clara").see("/outbox?view=kept")
    assert "HUB_TWILIO_FROM" in page and rosas.number in page and "not set up" in page


def test_the_morning_list_is_settled_by_a_person(visit: Visit, hub: House, rosas: Ticket) -> None:
    delivery_id = hub.do(_owe)
    clara = visit("clara")
    assert rosas.number in clara.see("/outbox")
    clara.does(f"/outbox/{delivery_id}/told", note="Rang her")
    assert rosas.number not in clara.see("/outbox")
    assert hub.kinds(rosas)[-1] == "told_by_hand"


def test_the_outbox_is_the_desks(visit: Visit, hub: House, rosas: Ticket) -> None:
    assert visit("wes").get("/outbox").status_code == 403
    assert rosas.number not in visit("mia").see("/outbox?view=kept"), "another office's"
    assert visit("mia").post(f"/outbox/{hub.do(_owe)}/told").status_code in (403, 404)


def test_the_customer_is_told_from_the_ticket(visit: Visit, hub: House, rosas: Ticket) -> None:
    clara = visit("clara")
    assert "Tell the customer" in clara.see(f"/t/{rosas.number}")
    clara.does(f"/t/{rosas.number}/message", text="Somebody comes at three", channel="voice")
    assert hub.kinds(rosas)[-1] == "wrote"


def test_a_button_that_could_only_refuse_is_not_offered(visit: Visit, hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(phone="", unknown={"phone": "would not say"}))
    assert reaching.CHANNELS and "Tell the customer" not in visit("clara").see(f"/t/{ticket.number}")


def test_what_failed_is_shown_with_its_reason_until_it_is_done(visit: Visit, hub: House) -> None:
    def fail(row_id: int, tx: Tx) -> bool:
        raise ValueError("nobody to name")

    assert "Set aside" not in visit("clara").see("/outbox")
    setaside.each(hub.database, "react", [7], fail)
    page = visit("clara").see("/outbox")
    assert "Set aside" in page and "nobody to name" in page and "tried once" in page
    assert 'hub_set_aside{work="react"} 1.0' in visit("clara").get("/metrics").text
    setaside.each(hub.database, "react", [7], lambda *_: True)
    assert "Set aside" not in visit("clara").see("/outbox")


def _owe(tx: Tx) -> int:
    row = tx.scalars(select(Delivery).where(Delivery.channel == "sms")).one()
    row.state, row.why, row.is_owed = "failed", "21610 opted out", True
    return row.id
