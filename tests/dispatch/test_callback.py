"""The callback: who is owed one, what the customer says, and what follows from it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch import callback, closing, followup, work
from hub import callbacks, organisation
from hub.access import Actor
from hub.catalogue import Category
from hub.database import Tx
from hub.errors import BadInput, CallbackOwed, Forbidden, NotNow
from hub.organisation import Office
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.dispatch.steps import DONE, satisfied, work_off
from tests.house import House, leak


@pytest.fixture
def waits(hub: House, sid: Actor, gus: Actor, peddlers_knock: Ticket) -> Ticket:
    """A complaint whose work is done: the customer is to be called."""
    return work_off(hub, sid, gus, peddlers_knock)


@pytest.mark.seed("K2.2", "K5.4")
def test_a_complaint_an_emergency_and_a_paid_repair_are_always_called_back(
    hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    def owed(tx: Tx, kind: str, policy: str, paid: bool) -> str:
        office = tx.get_one(Office, tap_leaks.office_id)
        row = Ticket(number="1", kind=kind, item="", channel="phone")
        leaf = Category(
            company_id=1,
            code="x",
            group_code="x",
            en="x",
            kind=kind,
            department="ENG",
            priority="P3",
            paid=paid,
            callback=policy,
        )
        return callbacks.owes(tx, office, row, leaf)

    for kind, policy, paid, expected in (
        ("complaint", "sampled", False, "owed"),
        ("complaint", "never", False, "owed"),
        ("emergency", "never", False, "owed"),
        ("repair", "always", False, "owed"),
        ("repair", "sampled", True, "owed"),
        ("repair", "never", False, "not_owed"),
        ("enquiry", "never", False, "not_owed"),
    ):
        assert hub.look(owed, kind, policy, paid) == expected, (kind, policy, paid)


def test_a_matter_nobody_could_name_and_a_reopened_one_are_called_back_too(
    hub: House, tap_leaks: Ticket
) -> None:
    for row in (Ticket(number="1", kind=None), Ticket(number="2", kind="enquiry", round=2)):
        assert hub.look(callbacks.owes, hub.office(), row, None) == "owed"
    imported = Ticket(number="3", kind="complaint", is_imported=True)
    assert hub.look(callbacks.owes, hub.office(), imported, None) == "not_owed"


def test_the_sampled_share_is_near_thirty_in_a_hundred_and_nobody_can_choose_it(hub: House) -> None:
    office = hub.office()
    rows = [Ticket(number=str(n), kind="repair") for n in range(10_000_000, 10_003_000)]
    first = hub.look(lambda tx: [callbacks.owes(tx, office, row, None) for row in rows])
    assert first == hub.look(lambda tx: [callbacks.owes(tx, office, row, None) for row in rows])
    assert 0.27 < first.count("owed") / len(rows) < 0.33


@pytest.mark.seed("F2", "K2.2")
def test_work_done_leaves_the_complaint_waiting_for_its_callback(
    hub: House, time: Clock, waits: Ticket
) -> None:
    assert (waits.status, waits.callback, waits.outcome) == ("awaiting_callback", "owed", "solved")
    (promise,) = hub.running(waits)
    assert (promise.kind, promise.due_at) == ("callback", time.now() + timedelta(hours=48))


@pytest.mark.seed("K2.2")
def test_a_satisfied_customer_closes_it(hub: House, time: Clock, clara: Actor, waits: Ticket) -> None:
    time.forward(hours=1)
    closed = satisfied(hub, clara, waits)
    assert (closed.status, closed.callback, closed.closed_at) == ("closed", "made", time.now())
    assert hub.promises(closed, "callback")[0].kept_at == time.now()
    (row,) = hub.look(callbacks.of_ticket, waits.id)
    assert (row.by_id, row.attempt, row.satisfied) == (clara.staff_id, 1, "yes")


@pytest.mark.seed("K2.2", "F2")
@pytest.mark.parametrize(
    ("solved", "satisfied"), [(False, "yes"), (False, "fairly"), (None, "no"), (True, "no")]
)
def test_unsolved_or_dissatisfied_opens_the_next_round_and_is_counted(
    hub: House, clara: Actor, waits: Ticket, solved: bool | None, satisfied: str
) -> None:
    said = {"reached": True, "solved": solved, "satisfied": satisfied, "comment": "They came back"}
    ticket = hub.do(callback.call_back, clara, waits, **said)
    assert (ticket.status, ticket.round, ticket.times_reopened) == ("in_hand", 2, 1)
    assert (ticket.callback, ticket.closed_at, ticket.outcome) == ("undecided", None, None)
    assert {p.kind for p in hub.running(ticket)} == {"answer", "resolve"}
    told = hub.events(ticket)[-1]
    assert (told.kind, told.said["by_callback"], told.said["round"]) == ("reopened", True, 2)


def test_nobody_there_plans_each_try_in_office_hours_and_later_than_the_last(
    hub: House, time: Clock, clara: Actor, waits: Ticket
) -> None:
    time.set(datetime(2026, 3, 6, 9, 30, tzinfo=UTC))  # Friday, 17:30 in Hong Kong; the doors close at 18:00
    first = hub.do(callback.call_back, clara, waits, reached=False).callback_at
    assert first == datetime(2026, 3, 9, 2, 30, tzinfo=UTC)  # two open hours on: Monday, 10:30
    second = hub.do(callback.call_back, clara, waits, reached=False).callback_at
    third = hub.do(callback.call_back, clara, waits, reached=False).callback_at
    for planned in (second, third):
        local = planned.astimezone(hub.office().tz)
        assert local.weekday() < 5 and 9 <= local.hour + local.minute / 60 <= 18
    assert hub.again(waits).callback_tries == 3


@pytest.mark.seed("K2.2")
def test_three_tries_a_letter_and_a_week_end_it_unreached_and_apart(
    hub: House, time: Clock, clara: Actor, waits: Ticket
) -> None:
    for _ in range(3):
        time.forward(days=1)
        hub.do(callback.call_back, clara, waits, reached=False)
    time.forward(days=10)
    followup.tick(hub.database)
    assert hub.again(waits).status == "awaiting_callback", "no letter has gone out"
    hub.do(callback.call_back, clara, waits, reached=False, means="letter")
    assert hub.again(waits).callback_at == time.now() + timedelta(days=7)
    time.forward(days=6, hours=23)
    followup.tick(hub.database)
    assert hub.again(waits).status == "awaiting_callback"
    time.forward(hours=1)
    followup.tick(hub.database)
    ended = hub.again(waits)
    assert (ended.status, ended.callback, ended.outcome) == ("closed", "unreached", "solved")
    assert hub.kinds(waits)[-2:] == ["unreached", "closed"]
    (promise,) = hub.promises(waits, "callback")
    assert (promise.kept_at, promise.ended_at) == (None, time.now())


def test_a_letter_alone_closes_nothing(hub: House, time: Clock, clara: Actor, waits: Ticket) -> None:
    hub.do(callback.call_back, clara, waits, reached=False, means="letter")
    time.forward(days=30)
    followup.tick(hub.database)
    assert hub.again(waits).status == "awaiting_callback"


def test_a_try_after_the_letter_does_not_cut_its_week_short(
    hub: House, time: Clock, clara: Actor, waits: Ticket
) -> None:
    for means in ("phone", "phone", "phone", "letter", "visit"):
        hub.do(callback.call_back, clara, waits, reached=False, means=means)
    time.forward(days=4)
    followup.tick(hub.database)
    assert hub.again(waits).status == "awaiting_callback"
    time.forward(days=3)
    followup.tick(hub.database)
    assert hub.again(waits).callback == "unreached"


def test_an_answer_to_the_letter_still_counts(hub: House, time: Clock, clara: Actor, waits: Ticket) -> None:
    for means in ("phone", "phone", "phone", "letter"):
        hub.do(callback.call_back, clara, waits, reached=False, means=means)
    time.forward(days=5)
    assert satisfied(hub, clara, waits).callback == "made"


def test_many_who_wait_for_a_try_do_not_crowd_out_a_letter_that_ran_out(
    hub: House, time: Clock, clara: Actor, waits: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followup, "SLICE", 1)
    monkeypatch.setattr(followup, "AT_ONCE", 1)
    for means in ("phone", "phone", "phone", "letter"):
        hub.do(callback.call_back, clara, waits, reached=False, means=means)
    sid, gus = hub.actor("sid"), hub.actor("gus")
    other = work_off(hub, sid, gus, hub.receive(clara, leak(category="06-09")))
    hub.do(callback.call_back, clara, other, reached=False)
    time.forward(days=8)
    for _ in range(40):
        followup.tick(hub.database)
    assert (hub.again(waits).status, hub.again(other).status) == ("closed", "awaiting_callback")


@pytest.mark.seed("K2.2")
def test_what_owes_a_callback_is_closed_neither_alone_nor_in_bulk(
    hub: House, clara: Actor, waits: Ticket, tap_leaks: Ticket
) -> None:
    for outcome in ("solved", "withdrawn", "duplicate"):
        with pytest.raises(CallbackOwed, match="the customer is still to be called back"):
            hub.do(closing.close, clara, waits, outcome, duplicate_of=tap_leaks)
    closed, refused = hub.do(closing.close_many, clara, [waits.number], "solved")
    assert (closed, [r.number for r in refused]) == ([], [waits.number])
    assert isinstance(refused[0].refusal, CallbackOwed)


@pytest.mark.seed("K2.2")
def test_not_even_a_hand_in_the_database_closes_what_owes_a_callback(hub: House, waits: Ticket) -> None:
    by_hand = text("UPDATE ticket SET status = 'closed', outcome = 'solved' WHERE id = :id")
    with pytest.raises(IntegrityError, match="no_close_with_a_callback_owed"):
        hub.do(lambda tx: tx.execute(by_hand, {"id": waits.id}))


def test_a_sampled_matter_that_owes_none_closes_with_the_work(
    hub: House, wes: Actor, sue: Actor, clara: Actor
) -> None:
    hub.sample(0)
    ticket = work_off(hub, sue, wes, hub.receive(clara, leak()))
    assert (ticket.status, ticket.outcome, ticket.callback) == ("closed", "solved", "not_owed")


def test_answers_that_make_no_sense_are_refused(hub: House, clara: Actor, waits: Ticket) -> None:
    for said, why in (
        ({"reached": True}, "satisfied: ask whether the customer is satisfied: yes, fairly or no"),
        ({"reached": True, "satisfied": "very"}, "satisfied: ask whether"),
        ({"reached": False, "satisfied": "yes"}, "reached: a customer who was not reached"),
        ({"reached": False, "solved": True}, "reached: a customer who was not reached"),
        ({"reached": True, "satisfied": "yes", "means": "pigeon"}, "means: must be one of: phone, visit"),
        ({"reached": True, "satisfied": "yes", "comment": "\x00"}, "comment: holds a character"),
    ):
        with pytest.raises(BadInput, match=why):
            hub.do(callback.call_back, clara, waits, **said)
    assert hub.look(callbacks.of_ticket, waits.id) == []


def test_only_a_matter_that_waits_is_called_back_and_only_by_the_desk(
    hub: House, clara: Actor, gus: Actor, waits: Ticket, tap_leaks: Ticket
) -> None:
    with pytest.raises(NotNow, match="does not wait for a callback") as refusal:
        satisfied(hub, clara, tap_leaks)
    assert refusal.value.legal == ("answer", "order")
    with pytest.raises(Forbidden):
        satisfied(hub, gus, waits)
    satisfied(hub, clara, waits)
    with pytest.raises(NotNow) as refusal:
        satisfied(hub, clara, waits)
    assert refusal.value.legal == ("reopen",)


@pytest.mark.seed("K7.3")
def test_whoever_did_the_work_and_asks_the_customer_is_marked(
    hub: House, clara: Actor, sid: Actor, peddlers_knock: Ticket
) -> None:
    def also_clerk(tx: Tx) -> None:
        organisation.grant(tx, hub.staff("sid"), "clerk", hub.office())

    hub.do(also_clerk)
    both = hub.actor("sid")
    (order,) = hub.orders(peddlers_knock)
    hub.do(work.accept, both, order)
    hub.do(work.complete, both, order, DONE)
    satisfied(hub, both, peddlers_knock)
    (row,) = hub.look(callbacks.of_ticket, peddlers_knock.id)
    assert row.is_self_approved
    assert next(e for e in hub.events(peddlers_knock) if e.kind == "called_back").said["self_approved"]
