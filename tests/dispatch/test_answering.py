"""Matters the centre answers itself, now or by a promised date."""

from datetime import datetime, timedelta

import pytest

from dispatch import answering, followup, work
from hub.access import Actor
from hub.errors import BadInput, Forbidden, NotNow
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import ahead, work_off
from tests.house import House, leak


@pytest.fixture
def asked(hub: House, clara: Actor) -> Ticket:
    return hub.receive(clara, leak(item="How much is a parking space?", kind="enquiry"))


@pytest.mark.seed("F2")
def test_an_enquiry_is_answered_and_closed_at_once(
    hub: House, time: Clock, clara: Actor, asked: Ticket
) -> None:
    time.forward(minutes=2)
    done = hub.do(answering.answer, clara, asked, " 2,000 a month ")
    assert (done.status, done.outcome, done.answer) == ("closed", "answered", "2,000 a month")
    assert done.first_contact_at == done.answered_at == time.now()
    assert {p.kind: p.kept_at for p in hub.promises(done)} == {"answer": time.now(), "resolve": time.now()}


@pytest.mark.seed("F2")
def test_an_answer_may_come_later_by_a_promised_date_from_a_named_person(
    hub: House, time: Clock, clara: Actor, asked: Ticket
) -> None:
    day = ahead(days=3)
    ticket = hub.do(answering.answer_later, clara, asked, day, hub.staff("cody"))
    assert (ticket.status, ticket.owner_id, ticket.promised_for) == (
        *("in_hand", hub.staff("cody").id),
        day,
    )
    (promise,) = hub.running(ticket, "answer")
    assert (promise.due_at, promise.base_due_at) == (day, day)
    time.set(day + timedelta(hours=1))
    followup.tick(hub.database)
    assert "escalated" in hub.kinds(ticket)
    hub.do(answering.answer, clara, asked, "From May on")
    assert hub.again(asked).status == "closed"
    assert hub.promises(asked, "answer")[-1].is_late(time.now())


def test_a_promised_answer_is_not_kept_by_a_worker_s_call(
    hub: House, clara: Actor, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(answering.answer_later, clara, tap_leaks, ahead(days=3), hub.staff("clara"))
    hub.do(work.accept, wes, order)
    hub.do(work.contact, wes, order)
    assert len(hub.running(tap_leaks, "answer")) == 1


def test_a_promised_date_has_a_zone_is_to_come_and_within_half_a_year(
    hub: House, clara: Actor, asked: Ticket
) -> None:
    for day, why in (
        (datetime(2026, 4, 1, 9, 0), "a time needs its zone"),
        (MORNING, "this time has gone by"),
        (ahead(days=181), "promise an answer within 180 days"),
    ):
        with pytest.raises(BadInput, match=f"promised_for: {why}"):
            hub.do(answering.answer_later, clara, asked, day, hub.staff("clara"))


def test_an_answer_is_promised_by_somebody_of_the_centre(hub: House, clara: Actor, asked: Ticket) -> None:
    for login in ("wes", "mia"):
        with pytest.raises(BadInput, match=r"owner: .* does not work at the centre"):
            hub.do(answering.answer_later, clara, asked, ahead(days=3), hub.staff(login))


def test_an_answer_needs_words_a_known_outcome_and_the_right_role(
    hub: House, clara: Actor, gus: Actor, asked: Ticket
) -> None:
    with pytest.raises(BadInput, match="text: write what the customer was told"):
        hub.do(answering.answer, clara, asked, " \n")
    with pytest.raises(BadInput, match="outcome: must be one of: answered, solved"):
        hub.do(answering.answer, clara, asked, "No", "withdrawn")
    with pytest.raises(Forbidden):
        hub.do(answering.answer, gus, asked, "No idea")
    with pytest.raises(Forbidden):
        hub.do(answering.answer_later, gus, asked, ahead(days=1), hub.staff("clara"))


def test_a_closed_matter_and_one_that_waits_for_its_callback_take_no_answer(
    hub: House, clara: Actor, sid: Actor, gus: Actor, asked: Ticket, peddlers_knock: Ticket
) -> None:
    hub.do(answering.answer, clara, asked, "2,000")
    waits = work_off(hub, sid, gus, peddlers_knock)
    for ticket, why in ((asked, "reopen it first"), (waits, "call the customer back first")):
        with pytest.raises(NotNow, match=why):
            hub.do(answering.answer, clara, ticket, "2,000")
        with pytest.raises(NotNow, match=why):
            hub.do(answering.answer_later, clara, ticket, ahead(days=1), hub.staff("clara"))


def test_an_answer_beside_open_work_does_not_close_it(
    hub: House, clara: Actor, wes: Actor, sue: Actor, tap_leaks: Ticket
) -> None:
    ticket = hub.do(answering.answer, clara, tap_leaks, "A plumber comes today", "cannot_solve")
    assert ticket.status == "in_hand"
    assert {p.kind for p in hub.running(ticket) if p.order_id is None} == {"resolve"}
    assert work_off(hub, sue, wes, tap_leaks).outcome == "solved"


def test_a_note_is_written_on_any_ticket_by_whoever_works_here(
    hub: House, clara: Actor, wes: Actor, mia: Actor, asked: Ticket
) -> None:
    hub.do(answering.answer, clara, asked, "2,000")
    hub.do(answering.note, wes, asked, "He asked me too")
    assert hub.kinds(asked)[-1] == "noted"
    with pytest.raises(BadInput, match="text: write something"):
        hub.do(answering.note, wes, asked, "")
    with pytest.raises(Forbidden):
        hub.do(answering.note, mia, asked, "Not mine")
