"""Who hears: the table is whole, and each line reaches those it names and nobody else."""

import pytest
from sqlmodel import select

from dispatch import answering, closing, escalation, work
from hub import endpoints
from hub.access import Actor
from hub.contacts import ContactPoint
from hub.data import read
from hub.database import Tx
from hub.deliveries import CHANNELS, Delivery
from hub.event_kinds import KINDS, SPEAK
from hub.orders import Order
from hub.tickets import Ticket
from notifications import audience, outbox
from notifications.texts import TEXTS
from tests.house import House, leak
from tests.notifications.conftest import Post, Received


def test_every_line_names_what_there_is() -> None:
    for line in audience.lines():
        assert line.event == audience.EVERY or SPEAK in KINDS[line.event].wakes, line
        assert line.who in audience.GROUPS and line.when in audience._WHEN, line
        assert line.text == "" or line.text in TEXTS, line
        ways = {channel for track in line.way.split("+") for channel in track.split(">")}
        assert ways <= {*CHANNELS, "said"}, line
        outside = ways - {"screen", "webhook", "said"}
        assert bool(outside) == bool(line.text), line


def test_every_kind_that_speaks_has_somebody_to_hear_it() -> None:
    named = {line.event for line in audience.lines()}
    silent = {"called_back"}  # the customer was spoken to, and the desk did it
    assert {kind for kind, one in KINDS.items() if SPEAK in one.wakes} - silent == named - {audience.EVERY}


def test_the_table_has_no_line_twice() -> None:
    rows = [(row["event"], row["when"], row["who"]) for row in read("audience")]
    assert len(rows) == len(set(rows))


@pytest.mark.seed("K5.4")
def test_the_relaying_employee_hears_the_outcome(hub: House, gus: Actor, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(received_by="gus", channel="employee", kind="enquiry"))
    hub.do(closing.close, clara, ticket, "withdrawn")
    outbox.drain(hub.database)
    told = [row for row in _screens(hub) if row.staff_id == gus.staff_id]
    assert [row.params["kind"] for row in told] == ["closed"]


def test_nobody_hears_of_their_own_deed(hub: House, sue: Actor, order: Order) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    outbox.drain(hub.database)
    assert not [
        row for row in _screens(hub) if row.staff_id == sue.staff_id and row.params["kind"] == "assigned"
    ]


def test_who_wrote_gets_the_answer_in_writing_and_who_rang_does_not(
    post: Post, hub: House, clara: Actor, received: Received
) -> None:
    for channel, answered in (("sms", 1), ("phone", 0)):
        ticket = received(channel=channel)
        hub.do(answering.answer, clara, ticket, "Water is back at five")
        post.tick()
        texts = [row for row in post.rows("sms") if row.ticket_id == ticket.id]
        assert sum("Water is back" in row.body for row in texts) == answered


def test_a_matter_opened_three_times_reaches_director_and_quality(
    hub: House, clara: Actor, dora: Actor, quinn: Actor, received: Received
) -> None:
    ticket = received(kind="enquiry")
    for _ in range(3):
        hub.do(closing.close, clara, ticket, "withdrawn")
        hub.do(closing.reopen, clara, ticket, "It drips again")
    outbox.drain(hub.database)
    heard = {row.staff_id for row in _screens(hub) if row.params["kind"] == "reopened"}
    assert {dora.staff_id, quinn.staff_id} <= heard


def test_an_escalation_by_night_wakes_for_an_emergency_only(
    post: Post, hub: House, clara: Actor, received: Received
) -> None:
    post.time.forward(hours=13)
    calm = received()
    hub.do(escalation.escalate, clara, calm, "customer_director")
    urgent = received(item="Burst pipe", category="01-01")
    hub.do(escalation.escalate, clara, urgent, "customer_director")
    post.tick()
    escalated = [row for row in post.rows("sms") if "Escalated" in row.body]
    assert [row.ticket_id for row in escalated] == [urgent.id]


def test_another_system_hears_the_fact_and_no_words(
    post: Post, hub: House, adam: Actor, received: Received
) -> None:
    hub.do(endpoints.listen, adam, "http://127.0.0.1:9/hub", ["received"])
    ticket = received()
    post.tick()
    (row,) = post.rows("webhook")
    assert row.ticket_id == ticket.id and row.state == "waiting" and not row.body and not row.params


def test_a_person_is_told_in_their_own_language(post: Post, hub: House, received: Received) -> None:
    def speaks_chinese(tx: Tx) -> None:
        point = tx.get_one(ContactPoint, ticket.contact_id)
        point.marks = point.marks | {"locale": "zh-Hant"}

    ticket: Ticket = received()
    hub.database.write(speaks_chinese)
    post.tick()
    assert "單號" in post.row("sms").body


def _screens(hub: House) -> list[Delivery]:
    query = select(Delivery).where(Delivery.channel == "screen")
    return list(hub.database.read(lambda tx: tx.scalars(query).all()))


def test_an_order_assigned_before_it_was_spoken_of_is_told_once(hub: House, sue: Actor, order: Order) -> None:
    """The supervisor was quicker than the outbox: the worker hears of the order once, and of a change too."""
    hub.do(work.assign, sue, order, hub.staff("wes"))
    hub.do(work.assign, sue, order, hub.staff("wen"))
    outbox.drain(hub.database)
    workers = {hub.staff(login).id: login for login in ("wes", "wen")}
    heard = [(workers[row.staff_id], row.params["kind"]) for row in _screens(hub) if row.staff_id in workers]
    assert heard == [("wen", "assigned")]
