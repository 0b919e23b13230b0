"""The satisfaction question by voice, and what becomes of one that reached nobody."""

from typing import Any

import pytest
from sqlmodel import select

from dispatch import closing, erasure, survey, work
from hub import clock, deliveries
from hub.access import Actor
from hub.deliveries import Delivery
from hub.inbound import Inbound
from hub.organisation import Office
from hub.tickets import Ticket
from notifications import outbox, settling
from notifications.channels.contract import Permanent
from notifications.speaking import Open
from tests.conftest import Clock
from tests.house import House, peddlers
from tests.web.doors.twilio.carrier import ACCOUNT, CHAN, Carrier
from web import reactions

EVERY_WAY = Open(frozenset({"sms", "voice"}))


def asking_by(hub: House, channel: str) -> None:
    def write(tx: Any) -> None:
        office = tx.scalars(select(Office).where(Office.code == "LG")).one()
        office.policy = office.policy | {"callback_first": channel}

    hub.database.write(write)


def finished(hub: House, clara: Actor, time: Clock) -> Ticket:
    ticket = hub.receive(clara, peddlers())
    hub.do(work.accept, hub.actor("gus"), hub.orders(ticket)[0])
    hub.do(work.complete, hub.actor("gus"), hub.orders(ticket)[0], "They left")
    time.forward(minutes=1)
    return ticket


def question_of(hub: House, ticket: Ticket) -> Delivery:
    """The delivery that puts the question."""
    assert survey.tick(hub.database) == 1
    outbox.drain(hub.database, EVERY_WAY)
    rows = hub.look(lambda tx: tx.scalars(select(Delivery).where(Delivery.ticket_id == ticket.id)).all())
    [row] = [one for one in rows if "Are you satisfied" in one.text]
    return row


@pytest.mark.seed("K2.2")
@pytest.mark.parametrize(("key", "status"), [("1", "closed"), ("3", "in_hand"), ("7", "awaiting_callback")])
def test_a_key_on_the_call_is_the_answer(
    hub: House, carrier: Carrier, clara: Actor, time: Clock, key: str, status: str
) -> None:
    asking_by(hub, "voice")
    ticket = finished(hub, clara, time)
    row = question_of(hub, ticket)
    assert row.channel == "voice"
    fields = {"CallSid": "CA1", "AccountSid": ACCOUNT, "Digits": key}
    for _ in range(2):
        assert carrier.posts(f"/doors/twilio/keyed?delivery={row.id}", fields).status_code == 200
    assert hub.again(ticket).status == status
    said = [event.said for event in hub.events(ticket) if event.kind == "called_back"]
    assert [one["means"] for one in said] == (["voice"] if key in "13" else [])


def test_a_question_that_reaches_nobody_is_a_person_s_at_once(hub: House, clara: Actor, time: Clock) -> None:
    asking_by(hub, "sms")
    ticket = finished(hub, clara, time)
    row = question_of(hub, ticket)
    waits = hub.again(ticket).callback_at
    assert waits is not None and waits > time.now()

    def fail(tx: Any) -> None:
        held = deliveries.hold(tx, row.id)
        assert held is not None
        held.state = deliveries.SENDING
        tx.flush()
        settling.refused(tx, row.id, Permanent("30003", "unreachable"), EVERY_WAY)

    hub.database.write(fail)
    assert reactions.drain(hub.database) >= 1
    done = hub.again(ticket)
    assert (done.status, done.callback_at, done.callback_tries) == ("awaiting_callback", clock.now(), 0)


def test_the_question_wakes_nobody_at_night(hub: House, clara: Actor, time: Clock) -> None:
    asking_by(hub, "sms")
    ticket = finished(hub, clara, time)
    time.forward(hours=13)
    row = question_of(hub, ticket)
    assert row.next_at is not None and row.next_at > time.now()


def test_erasing_a_matter_forgets_the_message_it_came_as(
    hub: House, carrier: Carrier, works: Any, clara: Actor
) -> None:
    carrier.texts(CHAN, "How much is the parking?", "SM1")
    works()
    ticket = hub.look(lambda tx: tx.scalars(select(Ticket)).one())
    hub.do(closing.close, clara, ticket, "withdrawn")
    hub.do(erasure.erase, hub.actor("dora"), ticket, "asked for by the customer")
    [row] = hub.look(lambda tx: tx.scalars(select(Inbound).where(Inbound.kind == "sms")).all())
    assert row.said == {} and row.name == "sms:SM1"
    assert hub.verify().broken is None
