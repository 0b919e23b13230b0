"""Closing without work, opening again, linking."""

from dataclasses import replace

import pytest

from dispatch import answering, closing, intake, returning
from hub import ties
from hub.access import Actor
from hub.errors import BadInput, CallbackOwed, Forbidden, NotFound, NotNow
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.dispatch.steps import satisfied, work_off
from tests.house import House, leak, peddlers


@pytest.fixture
def asked(hub: House, clara: Actor) -> Ticket:
    """An enquiry the desk has in hand."""
    return hub.receive(clara, leak(item="How much is a parking space?", kind="enquiry"))


@pytest.fixture
def closed(hub: House, clara: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket) -> Ticket:
    return satisfied(hub, clara, work_off(hub, sid, gus, peddlers_knock))


def test_what_owes_no_callback_closes_with_its_outcome(
    hub: House, time: Clock, clara: Actor, asked: Ticket
) -> None:
    done = hub.do(closing.close, clara, asked, "not_ours", note="The car park is the mall's")
    assert (done.status, done.outcome, done.closed_at) == ("closed", "not_ours", time.now())
    assert hub.running(done) == []
    assert hub.kinds(done)[-2:] == ["noted", "closed"]


@pytest.mark.seed("K2.2")
def test_a_complaint_is_not_closed_past_its_callback(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, peddlers(category="10-04"))
    with pytest.raises(CallbackOwed, match="give the customer the answer, then call back"):
        hub.do(closing.close, clara, ticket, "solved")
    hub.do(answering.answer, clara, ticket, "She will apologise")
    assert hub.again(ticket).status == "awaiting_callback"


def test_a_customer_who_no_longer_asks_is_not_called_back(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, peddlers(category="10-04"))
    assert hub.do(closing.close, clara, ticket, "withdrawn").callback == "not_owed"


def test_open_orders_keep_a_matter_open_and_are_named(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    with pytest.raises(NotNow, match=f"orders are still open: {tap_leaks.number}-1") as refusal:
        hub.do(closing.close, clara, tap_leaks, "withdrawn")
    assert refusal.value.legal == ("withdraw",)
    hub.do(returning.withdraw, clara, hub.orders(tap_leaks)[0])
    assert hub.do(closing.close, clara, tap_leaks, "withdrawn").status == "closed"


def test_closing_is_the_desk_s_with_an_outcome_of_the_list_and_once(
    hub: House, clara: Actor, wes: Actor, asked: Ticket
) -> None:
    with pytest.raises(Forbidden):
        hub.do(closing.close, wes, asked, "solved")
    with pytest.raises(BadInput, match="outcome: must be one of: solved, answered"):
        hub.do(closing.close, clara, asked, "gone")
    hub.do(closing.close, clara, asked, "answered")
    with pytest.raises(NotNow, match="this ticket is closed; reopen it first"):
        hub.do(closing.close, clara, asked, "answered")


def test_a_duplicate_names_the_other_ticket(
    hub: House, clara: Actor, asked: Ticket, tap_leaks: Ticket
) -> None:
    for other in (None, asked):
        with pytest.raises(BadInput, match="duplicate_of: say which other ticket this repeats"):
            hub.do(closing.close, clara, asked, "duplicate", duplicate_of=other)
    hub.do(closing.close, clara, asked, "duplicate", duplicate_of=tap_leaks)
    assert [(t.id, kind) for t, kind in hub.look(ties.links, asked.id)] == [(tap_leaks.id, "duplicate_of")]


def test_two_tickets_cannot_each_repeat_the_other(hub: House, clara: Actor, asked: Ticket) -> None:
    other = hub.receive(clara, peddlers(category="10-04"))
    hub.do(closing.close, clara, asked, "duplicate", duplicate_of=other)
    with pytest.raises(BadInput, match="that one is a duplicate itself"):
        hub.do(closing.close, clara, other, "duplicate", duplicate_of=asked)
    assert hub.again(other).is_open


@pytest.mark.seed("K2.2")
def test_many_are_closed_by_the_same_rules_as_one(
    hub: House, clara: Actor, asked: Ticket, tap_leaks: Ticket
) -> None:
    numbers = [asked.number, tap_leaks.number, "000", asked.number]
    done, refused = hub.do(closing.close_many, clara, numbers, "withdrawn")
    assert [t.id for t in done] == [asked.id]
    assert [(r.number, type(r.refusal)) for r in refused] == [
        (tap_leaks.number, NotNow),
        ("000", NotFound),
        (asked.number, NotNow),
    ]
    assert hub.again(tap_leaks).is_open


def test_inside_the_window_it_opens_again_with_its_history(
    hub: House, time: Clock, clara: Actor, closed: Ticket
) -> None:
    before = hub.kinds(closed)
    time.forward(days=6, hours=23)
    ticket = hub.do(closing.reopen, clara, closed, " They are back ")
    assert (ticket.status, ticket.round, ticket.times_reopened) == ("in_hand", 2, 1)
    assert (ticket.outcome, ticket.callback, ticket.closed_at) == (None, "undecided", None)
    assert hub.kinds(ticket) == [*before, "reopened"]
    assert len(hub.orders(ticket)) == 1
    assert {p.kind for p in hub.running(ticket)} == {"answer", "resolve"}
    assert all(p.started_at == time.now() and p.round == 2 for p in hub.running(ticket))


def test_after_the_window_a_linked_ticket_goes_on(
    hub: House, time: Clock, clara: Actor, closed: Ticket
) -> None:
    time.forward(days=7, seconds=1)
    with pytest.raises(NotNow, match="the time to reopen has passed") as refusal:
        hub.do(closing.reopen, clara, closed, "They are back")
    assert refusal.value.legal == ("continue",)
    said = hub.look(intake.as_complaint, closed, "")
    prepared = hub.look(intake.prepare, hub.office(), said)
    new = hub.do(intake.continue_matter, clara, closed, prepared)
    assert (new.room_id, new.party_id, new.kind) == (closed.room_id, closed.party_id, closed.kind)
    assert [(t.id, kind) for t, kind in hub.look(ties.links, new.id)] == [(closed.id, "continues")]
    assert hub.again(closed).status == "closed"


def test_a_customer_who_could_not_be_named_is_continued_with_the_same_reason(
    hub: House, clara: Actor
) -> None:
    old = hub.receive(clara, replace(leak(), phone="", unknown={"phone": "has none"}))
    said = hub.look(intake.as_complaint, old, "Once more")
    assert (said.item, said.phone, said.unknown) == ("Once more", "", {"phone": "has none"})
    hub.look(intake.prepare, hub.office(), said)


def test_the_window_is_not_widened_by_a_claimed_time(
    hub: House, time: Clock, clara: Actor, closed: Ticket
) -> None:
    time.forward(days=30)
    with pytest.raises(NotNow, match="the time to reopen has passed"):
        hub.do(closing.reopen, clara, closed, "Back", happened_at=closed.closed_at)


def test_reopening_needs_a_closed_ticket_a_reason_and_the_desk(
    hub: House, clara: Actor, gus: Actor, closed: Ticket, tap_leaks: Ticket
) -> None:
    with pytest.raises(NotNow, match="this ticket is open"):
        hub.do(closing.reopen, clara, tap_leaks, "Again")
    with pytest.raises(BadInput, match="reason: say why the ticket is reopened"):
        hub.do(closing.reopen, clara, closed, " ")
    with pytest.raises(Forbidden):
        hub.do(closing.reopen, gus, closed, "Again")


def test_a_person_links_two_tickets(
    hub: House, clara: Actor, wes: Actor, asked: Ticket, tap_leaks: Ticket
) -> None:
    hub.do(closing.link, clara, asked, tap_leaks, "related")
    assert [(t.id, kind) for t, kind in hub.look(ties.links, tap_leaks.id)] == [(asked.id, "related")]
    with pytest.raises(BadInput, match="kind: must be one of: duplicate_of, continues, related"):
        hub.do(closing.link, clara, asked, tap_leaks, "cousin")
    with pytest.raises(BadInput, match="number: a ticket cannot be linked to itself"):
        hub.do(closing.link, clara, asked, asked, "related")
    with pytest.raises(Forbidden):
        hub.do(closing.link, wes, asked, tap_leaks, "related")
