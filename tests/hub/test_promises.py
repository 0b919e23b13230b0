"""Promises: what was promised stays, holds are added in its own calendar, each step of the ladder once."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import answering, followup, ordering, work
from dispatch.ordering import Instruction
from hub import catalogue, promises
from hub.access import Actor
from hub.calendars import WorkingCalendar
from hub.catalogue import DUE, START, Catalogue, LadderStep
from hub.database import Tx
from hub.orders import Order
from hub.promises import Promise
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak

EVENING = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)  # seven in Hong Kong, an hour before P3's clock stops
DAILY = WorkingCalendar.daily("Asia/Hong_Kong", time(8), time(20))
NEXT_MORNING = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)  # nine, an hour after it began


@pytest.fixture
def clara(shared: House) -> Actor:
    return shared.actor("clara")


@pytest.fixture
def ticket(shared: House, time: Clock, clara: Actor) -> Ticket:
    """A repair of priority 3, whose clock runs from eight to eight."""
    made = shared.receive(clara, leak())
    assert made.priority == "P3"
    return made


@pytest.fixture
def order(shared: House, ticket: Ticket, clara: Actor) -> Order:
    """Its order, in the hands of Wes."""
    (made,) = shared.orders(ticket)
    shared.do(work.assign, clara, made, shared.staff("wes"))
    return shared.do(work.accept, shared.actor("wes"), made)


@pytest.fixture
def daily(shared: House, ticket: Ticket) -> WorkingCalendar:
    return shared.look(lambda tx: catalogue.of(tx, shared.office()).calendar(ticket.priority))


def one(house: House, ticket: Ticket, kind: str) -> Promise:
    (found,) = [promise for promise in house.promises(ticket, kind) if promise.ended_at is None]
    return found


def hold(house: House, order: Order, time: Clock, since: datetime, until: datetime, reason: str) -> None:
    wes = house.actor("wes")
    time.set(since)
    house.do(work.hold, wes, order, reason)
    time.set(until)
    house.do(work.resume, wes, order)


def test_a_promise_runs_from_when_the_matter_was_received(shared: House, ticket: Ticket) -> None:
    for promise in shared.promises(ticket):
        assert promise.started_at == ticket.received_at
        assert promise.due_at == promise.base_due_at > promise.started_at


def test_a_hold_is_added_to_the_due_time_and_the_base_stays(
    shared: House, time: Clock, ticket: Ticket, order: Order, daily: WorkingCalendar
) -> None:
    before = one(shared, ticket, "done")
    hold(shared, order, time, time.now(), time.now() + timedelta(hours=2), "material")
    after = one(shared, ticket, "done")
    assert after.base_due_at == before.base_due_at
    assert after.held_seconds == 7200
    assert after.due_at == daily.add(before.base_due_at, timedelta(hours=2))


def test_it_is_at_risk_from_four_fifths_of_its_open_time_on_and_a_hold_moves_that_too(
    shared: House, time: Clock, ticket: Ticket, order: Order, daily: WorkingCalendar
) -> None:
    for promise in shared.promises(ticket):
        allowed = daily.between(promise.started_at, promise.due_at)
        assert promise.warn_at == daily.add(promise.started_at, allowed * 0.8)
    before = one(shared, ticket, "done")
    hold(shared, order, time, time.now(), time.now() + timedelta(hours=2), "material")
    after = one(shared, ticket, "done")
    allowed = daily.between(before.started_at, before.due_at) + timedelta(hours=2)
    assert after.warn_at == daily.add(before.started_at, allowed * 0.8)


def test_only_the_calendar_time_of_a_hold_is_added(
    shared: House, time: Clock, ticket: Ticket, order: Order, daily: WorkingCalendar
) -> None:
    base = one(shared, ticket, "done").base_due_at
    hold(shared, order, time, EVENING, NEXT_MORNING, "customer")  # fourteen hours, two of them on the clock
    after = one(shared, ticket, "done")
    assert after.held_seconds == 7200
    assert after.due_at == daily.add(base, timedelta(hours=2))


def test_two_holds_add_up_from_the_base(
    shared: House, time: Clock, ticket: Ticket, order: Order, daily: WorkingCalendar
) -> None:
    base = one(shared, ticket, "done").base_due_at
    for _ in range(2):
        hold(shared, order, time, time.now(), time.now() + timedelta(minutes=45), "weather")
    after = one(shared, ticket, "done")
    assert (after.base_due_at, after.due_at) == (base, daily.add(base, timedelta(minutes=90)))


def test_a_reason_that_is_the_offices_own_stops_no_clock(
    shared: House, time: Clock, ticket: Ticket, order: Order
) -> None:
    before = one(shared, ticket, "done")
    hold(shared, order, time, time.now(), time.now() + timedelta(hours=2), "staffing")
    after = one(shared, ticket, "done")
    assert (after.due_at, after.held_seconds) == (before.due_at, 0)


def test_the_tickets_own_promise_stands_still_only_while_every_order_does(
    shared: House, time: Clock, clara: Actor, ticket: Ticket, order: Order
) -> None:
    wes = shared.actor("wes")
    straight = Instruction(shared.department("ENG"), shared.staff("wes"))
    second = shared.do(ordering.order, clara, ticket, straight)
    shared.do(work.hold, wes, order, "material")
    assert one(shared, ticket, "resolve").paused_at is None
    shared.do(work.hold, wes, second, "material")
    assert one(shared, ticket, "resolve").paused_at == time.now()
    time.forward(hours=1)
    shared.do(work.resume, wes, second)
    resolve = one(shared, ticket, "resolve")
    assert (resolve.paused_at, resolve.held_seconds) == (None, 3600)


def test_no_step_falls_due_while_the_clock_stands(
    shared: House, time: Clock, ticket: Ticket, order: Order
) -> None:
    shared.do(work.hold, shared.actor("wes"), order, "material")
    for kind in ("done", "resolve"):
        assert one(shared, ticket, kind).next_at is None
    before = shared.kinds(ticket)
    time.forward(days=30)
    followup.tick(shared.database)
    late = [event.said.get("promise") for event in shared.events(ticket)[len(before) :]]
    assert not {"done", "resolve"} & set(late)


def test_a_resumed_promise_goes_on_towards_its_next_step(
    shared: House, time: Clock, ticket: Ticket, order: Order, daily: WorkingCalendar
) -> None:
    hold(shared, order, time, time.now(), time.now() + timedelta(hours=2), "material")
    done = one(shared, ticket, "done")
    assert done.next_at is not None
    allowed = daily.between(done.started_at, done.due_at)
    assert done.next_at == daily.add(done.started_at, allowed * 80 / 100)  # the ladder's first step: 80 %


def test_each_step_of_the_ladder_is_taken_once_at_its_time(
    shared: House, time: Clock, ticket: Ticket
) -> None:
    answer = one(shared, ticket, "answer")
    steps: list[tuple[str, int]] = []
    while (answer := one(shared, ticket, "answer")).next_at is not None:
        due = answer.next_at
        time.set(due - timedelta(seconds=1))
        followup.tick(shared.database)
        assert _steps(shared, ticket, "answer") == steps
        time.set(due)
        for _ in range(3):
            followup.tick(shared.database)
        now = _steps(shared, ticket, "answer")
        assert len(now) == len(steps) + 1
        steps = now
    assert [rank for _, rank in steps] == list(range(1, answer.steps_done + 1))
    assert [kind for kind, _ in steps] == ["urged", "escalated", "escalated"]


def test_steps_that_fell_due_while_the_hub_was_down_are_all_taken_once(
    shared: House, time: Clock, ticket: Ticket
) -> None:
    time.forward(days=60)
    for _ in range(2):
        followup.tick(shared.database)
    assert _steps(shared, ticket, "answer") == [("urged", 1), ("escalated", 2), ("escalated", 3)]
    assert _steps(shared, ticket, "resolve") == [("escalated", 1), ("escalated", 2)]
    assert one(shared, ticket, "resolve").next_at is None


def test_a_kept_promise_climbs_no_further(shared: House, time: Clock, clara: Actor, ticket: Ticket) -> None:
    shared.do(answering.answer, clara, ticket, "Somebody will come today")
    kept = one(shared, ticket, "answer")
    assert (kept.kept_at, kept.next_at, kept.is_running) == (time.now(), None, False)
    time.forward(days=60)
    followup.tick(shared.database)
    assert _steps(shared, ticket, "answer") == []
    assert not kept.is_late(time.now())


def test_a_promise_is_late_when_kept_after_its_due_time_or_running_past_it() -> None:
    due = datetime(2026, 3, 3, tzinfo=UTC)
    promise = Promise(
        ticket_id=1, office_id=1, kind="answer", priority="P3", started_at=due, base_due_at=due, due_at=due
    )
    second = timedelta(seconds=1)
    assert (promise.is_late(due), promise.is_late(due + second)) == (False, True)
    promise.kept_at = due
    assert not promise.is_late(due + second)
    promise.kept_at = due + second
    assert promise.is_late(due + second)
    promise.kept_at, promise.ended_at = None, due
    assert not promise.is_late(due + second)


def test_an_imported_matter_is_promised_but_nobody_is_urged(shared: House, time: Clock, clara: Actor) -> None:
    old = shared.receive(clara, leak(is_imported=True, received_at=time.now() - timedelta(days=400)))
    assert {promise.next_at for promise in shared.promises(old)} == {None}
    followup.tick(shared.database)
    assert not {"urged", "pressed", "escalated"} & set(shared.kinds(old))


def test_a_pause_told_twice_and_a_resume_told_first_change_nothing(
    shared: House, time: Clock, ticket: Ticket
) -> None:
    def fn(tx: Tx) -> Promise:
        book = catalogue.of(tx, shared.office())
        (promise,) = promises.running(tx, ticket.id, "resolve")
        promises.resume(promise, time.now(), book, is_quiet=False)
        promises.pause(promise, time.now())
        promises.pause(promise, time.now() + timedelta(hours=5))
        promises.resume(promise, time.now() - timedelta(hours=1), book, is_quiet=False)
        return promise

    before, after = one(shared, ticket, "resolve"), shared.database.write(fn)
    assert (after.due_at, after.held_seconds, after.next_at) == (before.due_at, 0, before.next_at)


def _steps(house: House, ticket: Ticket, promise: str) -> list[tuple[str, int]]:
    return [
        (event.kind, event.said["step"])
        for event in house.events(ticket)
        if event.said.get("promise") == promise and "step" in event.said
    ]


amounts = st.integers(0, 600)
steps_of_a_ladder = st.lists(
    st.one_of(
        st.builds(dict, percent=st.integers(0, 300)),
        st.builds(dict, minutes=amounts, since=st.sampled_from((START, DUE))),
    ),
    max_size=8,
)


@given(steps_of_a_ladder, st.integers(0, 8), st.integers(1, 3_000), st.integers(0, 7_200))
def test_the_next_step_is_the_first_of_all_that_are_left(
    told: list[dict[str, Any]], done: int, minutes: int, held: int
) -> None:
    steps = tuple(
        LadderStep(office_id=1, priority="P3", promise="answer", rank=n, action="warn", whom="owner", **one)
        for n, one in enumerate(told, start=1)
    )
    book = Catalogue(1, 1, {}, {}, (), {("P3", "answer"): steps}, {"P3": DAILY})
    promise = Promise(
        priority="P3",
        kind="answer",
        started_at=EVENING,
        base_due_at=EVENING,
        due_at=DAILY.add(EVENING, timedelta(minutes=minutes)),
        held_seconds=held,
        steps_done=done,
    )
    all_left = [promises.step_at(promise, step, book) for step in promises.left(promise, book)]
    assert promises.next_at(promise, book) == min(all_left, default=None)
