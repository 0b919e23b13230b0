"""The tick: every step of the ladder once, whenever the hub is awake to take it."""

import csv
import threading
from collections.abc import Sequence
from contextvars import copy_context
from datetime import timedelta
from importlib.resources import files

import pytest
from sqlmodel import col, select

from dispatch import followup, work
from hub import promises
from hub.access import Actor
from hub.catalogue import LadderStep
from hub.database import Tx
from hub.orders import Hold
from hub.organisation import Role
from hub.promises import Promise
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import work_off
from tests.house import House, leak, peddlers

LADDER = list(csv.DictReader(files("hub.data").joinpath("ladder.csv").read_text("utf-8").splitlines()))
EVENT = {"urge": "urged", "press": "pressed", "escalate": "escalated"}
SAID = {
    "P1": leak(item="Flooding", category="01-01"),
    "P2": leak(item="Drain blocked", category="01-04"),
    "P3": leak(),
    "P4": leak(item="Cracks", category="04-05"),
}
Step = tuple[str, int, str, str]


def climbed(hub: House, ticket: Ticket) -> list[Step]:
    """The steps taken on this ticket, in order: promise, rank, event, whom."""
    return [
        (said["promise"], said["step"], event.kind, said["whom"])
        for event in hub.events(ticket)
        if event.kind in EVENT.values() and (said := event.said)["why"] == "ladder"
    ]


def expected(priority: str, kinds: Sequence[str]) -> set[Step]:
    return {
        (row["promise"], int(row["rank"]), EVENT[row["action"]], row["whom"])
        for row in LADDER
        if row["priority"] == priority and row["promise"] in kinds
    }


@pytest.mark.seed("K2.2", "K2.5", "K0.1")
def test_each_priority_climbs_its_own_ladder_each_step_once(hub: House, time: Clock, clara: Actor) -> None:
    for priority, said in SAID.items():
        ticket = hub.receive(clara, said)
        assert ticket.priority == priority
        kinds = {promise.kind for promise in hub.running(ticket)}
        for _ in range(30):
            moments = [p.next_at for p in hub.running(ticket) if p.next_at]
            if not moments:
                break
            time.set(min(moments) - timedelta(seconds=1))
            before = climbed(hub, ticket)
            followup.tick(hub.database)
            assert climbed(hub, ticket) == before, "a step came early"
            time.forward(seconds=1)
            followup.tick(hub.database)
            assert len(climbed(hub, ticket)) > len(before), "a step did not come"
        steps = climbed(hub, ticket)
        assert set(steps) == expected(priority, sorted(kinds))
        assert len(steps) == len(set(steps))
        for kind in kinds:
            ranks = [rank for promise, rank, *_ in steps if promise == kind]
            assert ranks == sorted(ranks)


@pytest.mark.seed("K2.2")
def test_a_hub_that_slept_for_days_takes_every_step_once_and_in_order(
    hub: House, time: Clock, clara: Actor
) -> None:
    tickets = [hub.receive(clara, said) for said in SAID.values()]
    time.forward(days=60)
    followup.tick(hub.database)
    for priority, ticket in zip(SAID, tickets, strict=True):
        kinds = {promise.kind for promise in hub.running(ticket)}
        steps = climbed(hub, ticket)
        assert set(steps) == expected(priority, sorted(kinds))
        assert len(steps) == len(set(steps))
        for kind in kinds:
            ranks = [rank for promise, rank, *_ in steps if promise == kind]
            assert ranks == sorted(ranks)
    assert followup.tick(hub.database) == 0


def test_two_ticks_at_once_take_each_step_once(hub: House, time: Clock, clara: Actor) -> None:
    ticket = hub.receive(clara, SAID["P1"])
    time.forward(days=2)
    start = threading.Barrier(2)

    def wake() -> None:
        start.wait()
        followup.tick(hub.database)

    threads = [threading.Thread(target=copy_context().run, args=(wake,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    steps = climbed(hub, ticket)
    assert steps and len(steps) == len(set(steps))
    assert hub.verify().broken is None


def test_a_hub_that_is_going_down_begins_nothing_more_and_finds_it_again(
    hub: House, time: Clock, clara: Actor
) -> None:
    tickets = [hub.receive(clara, leak()) for _ in range(3)]
    time.forward(days=30)
    said = iter([False, True])
    assert followup.tick(hub.database, lambda: next(said, True)) == 1
    assert sum(bool(climbed(hub, ticket)) for ticket in tickets) == 1
    assert followup.tick(hub.database) > 0
    assert all(climbed(hub, ticket) for ticket in tickets)


def test_an_emergency_that_comes_due_amid_many_others_waits_for_few_of_them(
    house: House, time: Clock, clara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followup, "SLICE", 2)
    many = [house.receive(clara, leak()) for _ in range(4)]
    time.forward(days=30)
    emergency: list[Ticket] = []

    def meanwhile(seconds: float) -> None:
        if not emergency:
            emergency.append(house.receive(clara, SAID["P1"]))
            time.forward(hours=1)

    followup.tick(house.database, rest=meanwhile)

    def began(ticket: Ticket) -> int:
        return min(event.id for event in house.events(ticket) if event.kind in EVENT.values())

    assert sum(began(ticket) < began(emergency[0]) for ticket in many) <= 2
    assert all(climbed(house, ticket) for ticket in (*many, *emergency))


def test_an_emergency_waits_for_a_few_of_the_holds_that_end_together(
    house: House, time: Clock, clara: Actor, wes: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followup, "SLICE", 1)
    monkeypatch.setattr(followup, "AT_ONCE", 2)
    for _ in range(4):
        (order,) = house.orders(house.receive(clara, leak()))
        house.do(work.accept, wes, order)
        house.do(work.hold, wes, order, "material", time.now() + timedelta(hours=1))
    emergency = house.receive(clara, SAID["P1"])
    time.forward(hours=2)
    followup.tick(house.database)
    assert climbed(house, emergency)
    standing = house.look(lambda tx: len(tx.scalars(select(Hold).where(col(Hold.ends_at).is_(None))).all()))
    assert standing == 2, "the next tick goes on with them"


def test_it_rests_as_long_as_it_worked_save_for_what_is_urgent(
    house: House, time: Clock, clara: Actor
) -> None:
    house.receive(clara, SAID["P1"])
    time.forward(days=30)
    rests: list[float] = []
    assert followup.tick(house.database, rest=rests.append) and rests == []

    house.receive(clara, leak())
    time.forward(days=30)
    assert followup.tick(house.database, rest=rests.append) <= len(rests)
    assert all(seconds > 0 for seconds in rests)


def test_a_kept_promise_and_a_held_one_climb_nothing(
    hub: House, time: Clock, clara: Actor, wes: Actor
) -> None:
    ticket = hub.receive(clara, leak())
    (order,) = hub.orders(ticket)
    hub.do(work.accept, wes, order)
    hub.do(work.contact, wes, order)
    hub.do(work.hold, wes, order, "material")
    time.forward(days=30)
    assert followup.tick(hub.database) == 0
    assert climbed(hub, ticket) == []


def test_a_promise_that_comes_due_with_the_end_of_its_hold_is_acted_on_in_the_same_tick(
    hub: House, time: Clock, clara: Actor, wes: Actor
) -> None:
    ticket = hub.receive(clara, leak())
    (order,) = hub.orders(ticket)
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "material", time.now() + timedelta(hours=1))
    time.forward(days=30)
    followup.tick(hub.database)
    assert ("resolve", 2, "escalated", "director") in climbed(hub, ticket)


@pytest.mark.seed("K2.2")
def test_a_callback_that_is_put_off_is_urged_upon_the_owner(
    hub: House, time: Clock, clara: Actor, sid: Actor, gus: Actor
) -> None:
    ticket = work_off(hub, sid, gus, hub.receive(clara, peddlers()))
    time.forward(days=3)
    followup.tick(hub.database)
    urged = next(event for event in hub.events(ticket) if event.kind == "urged")
    assert (urged.said["promise"], urged.said["staff"]) == ("callback", [clara.staff_id])


def test_a_step_for_a_rank_nobody_holds_still_reaches_somebody(hub: House, time: Clock, clara: Actor) -> None:
    def leave(tx: Tx) -> None:
        for role in tx.scalars(select(Role)):
            if role.role in ("director", "customer_director"):
                role.ended_at = MORNING

    ticket = hub.receive(clara, leak())
    hub.do(leave)
    time.forward(days=30)
    followup.tick(hub.database)
    told = [event.said["staff"] for event in hub.events(ticket) if event.kind == "escalated"]
    assert told == [[clara.staff_id]] * len(told)
    assert told


def test_one_matter_that_fails_keeps_no_other_waiting(
    hub: House, time: Clock, clara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick, well = hub.receive(clara, leak()), hub.receive(clara, leak())
    real = promises.left

    def left(promise: Promise, book: object) -> list[LadderStep]:
        if promise.ticket_id == sick.id:
            raise ValueError("a calendar that never opens")
        return real(promise, book)  # type: ignore[arg-type]

    monkeypatch.setattr(promises, "left", left)
    time.forward(days=30)
    with pytest.raises(ExceptionGroup, match="some matters could not be followed up"):
        followup.tick(hub.database)
    assert climbed(hub, sick) == []
    assert set(climbed(hub, well)) == expected("P3", ("answer", "resolve", "accept", "arrive", "done"))
