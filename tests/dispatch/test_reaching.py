"""The office tells a customer from the ticket; where no channel helps, a person says it is done."""

import pytest

from dispatch import reaching
from hub import contacts
from hub.access import Actor
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotFound, NotNow
from hub.tickets import Ticket
from tests.house import House, leak


@pytest.fixture
def rosas(hub: House, clara: Actor) -> Ticket:
    """A matter of somebody with a mobile telephone."""
    return hub.receive(clara, leak(name="Rosa Diaz", room="B-0302", phone="6123 4567"))


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_what_the_office_says_is_on_record_and_its_words_can_be_erased(
    hub: House, clara: Actor, rosas: Ticket, channel: str
) -> None:
    hub.do(reaching.tell, clara, rosas, " Somebody comes at three ", channel)
    event = hub.events(rosas)[-1]
    assert (event.kind, event.by_id) == ("wrote", clara.staff_id)
    assert event.said == {"channel": channel, "contact": rosas.contact_id} and "three" not in event.facts


@pytest.mark.parametrize(
    ("text", "channel", "field"),
    [("", "sms", "text"), (" ", "sms", "text"), ("x" * 301, "sms", "text"), ("Hello", "pigeon", "channel")],
)
def test_a_message_of_nothing_or_by_nothing_is_refused(
    hub: House, clara: Actor, rosas: Ticket, text: str, channel: str, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        hub.do(reaching.tell, clara, rosas, text, channel)
    assert field in refused.value.fields


def test_a_worker_tells_no_customer_in_the_offices_name(hub: House, wes: Actor, rosas: Ticket) -> None:
    with pytest.raises(Forbidden):
        hub.do(reaching.tell, wes, rosas, "Hello")


def test_a_landline_is_rung_and_not_texted(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    with pytest.raises(NotNow, match="landline"):
        hub.do(reaching.tell, clara, tap_leaks, "Hello", "sms")
    hub.do(reaching.tell, clara, tap_leaks, "Hello", "voice")


def test_who_opted_out_is_not_texted_and_the_reason_is_said(hub: House, clara: Actor, rosas: Ticket) -> None:
    hub.do(_mark, rosas, "sms", "opted out")
    with pytest.raises(NotNow, match="opted out"):
        hub.do(reaching.tell, clara, rosas, "Hello", "sms")
    hub.do(reaching.tell, clara, rosas, "Hello", "voice")


def test_a_ticket_without_a_telephone_has_nobody_to_tell(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(phone="", unknown={"phone": "would not say"}))
    with pytest.raises(NotNow, match="no telephone"):
        hub.do(reaching.tell, clara, ticket, "Hello")


@pytest.mark.parametrize("delivery_id", [0, 99])
def test_what_nobody_is_owed_cannot_be_settled(hub: House, clara: Actor, delivery_id: int) -> None:
    with pytest.raises(NotFound):
        hub.do(reaching.told_by_hand, clara, delivery_id)


def _mark(tx: Tx, ticket: Ticket, channel: str, why: str) -> None:
    contacts.mark(tx, tx.get_one(ContactPoint, ticket.contact_id), channel, why)
