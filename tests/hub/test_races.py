"""Two nodes on one PostgreSQL database do the same thing at once, and it comes out right."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from dispatch import followup, leading, ordering, work
from dispatch.deciding import Choice
from dispatch.hands import Seen
from dispatch.intake import prepare, receive
from dispatch.ordering import Instruction
from hub import checkpoints, clock, events, founding, organisation, tickets
from hub.access import HUB
from hub.checkpoints import Checkpoint
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.errors import AlreadyTaken, BadInput, NotNow
from hub.events import Event
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak, peddlers
from tests.hub.conftest import PATIENCE, Gate, Said

pytestmark = pytest.mark.postgres


@pytest.fixture
def stream(request: pytest.FixtureRequest) -> str:
    """A stream of this test alone."""
    return f"test:{request.node.name}"


def test_two_completions_of_one_ticket_take_it_on(race: Callable[..., list[Said]], here: House) -> None:
    clara, gus, sid = here.actor("clara"), here.actor("gus"), here.actor("sid")
    ticket = here.receive(clara, peddlers())
    here.do(ordering.order, clara, ticket, Instruction(here.department("SEC"), here.staff("gus")))
    here.do(work.assign, sid, here.orders(ticket)[0], here.staff("gus"))
    first, second = here.orders(ticket)
    for order in (first, second):
        here.do(work.accept, gus, order)

    said = race(
        lambda tx: work.complete(tx, gus, first, "Shown out"),
        lambda tx: work.complete(tx, gus, second, "Door locked"),
    )
    assert [order.status for order in said] == ["done", "done"]
    assert here.again(ticket).status == "awaiting_callback"
    assert [promise.kind for promise in here.running(ticket)] == ["callback"]
    assert here.verify().broken is None


def test_of_two_claims_one_wins_and_the_other_is_told_who_did(
    race: Callable[..., list[Said]], here: House
) -> None:
    wes, wen = here.actor("wes"), here.actor("wen")
    ticket = here.receive(here.actor("clara"), leak())
    (order,) = here.orders(ticket)

    said = race(lambda tx: work.accept(tx, wes, order), lambda tx: work.accept(tx, wen, order))
    (lost,) = [one for one in said if isinstance(one, BaseException)]
    winner = here.again(order)
    assert isinstance(lost, AlreadyTaken)
    assert lost.params["name"] == {wes.staff_id: wes.name, wen.staff_id: wen.name}[winner.worker_id]
    assert winner.status == "accepted"
    assert here.kinds(ticket).count("accepted") == 1


def test_two_who_put_each_household_behind_the_other_make_one_lead(
    race: Callable[..., list[Said]], here: House
) -> None:
    clara = here.actor("clara")
    a, b = (here.receive(clara, leak(room=room), Choice("desk")) for room in ("A-0301", "A-0302"))
    put = leading.put_behind
    said = race(lambda tx: put(tx, clara, a, b), lambda tx: put(tx, clara, b, a))
    (lost,) = [one for one in said if isinstance(one, BaseException)]
    assert isinstance(lost, BadInput | NotNow)
    assert sorted(here.again(row).lead_id is not None for row in (a, b)) == [False, True]


def test_nobody_put_behind_a_lead_misses_its_outcome(race: Callable[..., list[Said]], here: House) -> None:
    clara, gus = here.actor("clara"), here.actor("gus")
    lead = here.receive(clara, peddlers(), Choice("worker", "SEC", "gus"))
    other = here.receive(clara, peddlers(room="A-1203"), Choice("desk"))
    order = here.do(work.accept, gus, here.orders(lead)[0])
    _, put = race(
        lambda tx: work.complete(tx, gus, order, "Out"),
        lambda tx: leading.put_behind(tx, clara, other, lead),
    )
    stands = (here.again(other).lead_id, here.again(other).status)
    assert stands == ((None, "new") if isinstance(put, NotNow) else (lead.id, "awaiting_callback"))


def test_of_two_assignments_one_wins_and_the_other_is_told_who_has_it(
    race: Callable[..., list[Said]], here: House
) -> None:
    sue, cody = here.actor("sue"), here.actor("cody")
    ticket = here.receive(here.actor("clara"), leak())
    (order,) = here.orders(ticket)
    wes, wen, nobody = here.staff("wes"), here.staff("wen"), Seen(None)

    said = race(
        lambda tx: work.assign(tx, sue, order, wes, seen=nobody),
        lambda tx: work.assign(tx, cody, order, wen, seen=nobody),
    )
    (lost,) = [one for one in said if isinstance(one, BaseException)]
    assert isinstance(lost, AlreadyTaken)
    assert lost.params["name"] == {wes.id: wes.name, wen.id: wen.name}[here.again(order).worker_id]
    assert here.kinds(ticket).count("assigned") == 1


def test_of_an_assignment_and_a_claim_the_order_has_one_pair_of_hands(
    race: Callable[..., list[Said]], here: House
) -> None:
    sue, wen = here.actor("sue"), here.actor("wen")
    ticket = here.receive(here.actor("clara"), leak())
    (order,) = here.orders(ticket)
    wes = here.staff("wes")

    said = race(
        lambda tx: work.accept(tx, wen, order),
        lambda tx: work.assign(tx, sue, order, wes, seen=Seen(None)),
    )
    lost = [one for one in said if isinstance(one, BaseException)]
    assert len(lost) == 1 and isinstance(lost[0], AlreadyTaken)
    assert here.again(order).worker_id in (wes.id, wen.staff_id)


@pytest.mark.parametrize("is_new", [True, False])
def test_two_appends_to_one_stream_are_both_there_in_order(
    race: Callable[..., list[Said]], here: House, stream: str, is_new: bool
) -> None:
    if not is_new:
        here.do(_append, stream, 0)
    race(lambda tx: _append(tx, stream, 1), lambda tx: _append(tx, stream, 2))
    rows = here.look(_rows, stream)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert {row.said["n"] for row in rows} == {1, 2} | (set() if is_new else {0})
    assert here.verify().broken is None


def test_a_crowd_at_one_stream_all_get_in(here: House, there: House, stream: str) -> None:
    with ThreadPoolExecutor(24) as threads:
        list(threads.map(lambda n: (here, there)[n % 2].do(_append, stream, n), range(48)))
    assert {row.said["n"] for row in here.look(_rows, stream)} == set(range(48))
    assert here.verify().broken is None


def test_one_external_reference_twice_at_once_is_one_ticket(
    race: Callable[..., list[Said]], here: House
) -> None:
    before = here.look(_count, Ticket)
    take = _take(here, external=("311", f"10100411{before:04d}"))
    first, second = race(take, take)
    assert first.number == second.number
    assert here.look(_count, Ticket) == before + 1
    assert here.verify().broken is None


def test_a_new_phone_twice_at_once_is_one_contact_point(race: Callable[..., list[Said]], here: House) -> None:
    before = here.look(_count, ContactPoint)
    take = _take(here, phone=f"+852 9111 {before:04d}")
    first, second = race(take, take)
    assert first.number != second.number
    assert first.contact_id == second.contact_id
    assert here.look(_count, ContactPoint) == before + 1


@pytest.mark.seed("K1.2")
def test_of_two_customer_directors_appointed_at_once_one_is_refused(
    race: Callable[..., list[Said]], here: House
) -> None:
    lotus = here.do(_vacate)
    clara, cash = here.staff("clara"), here.staff("cash")
    said = race(
        lambda tx: organisation.grant(tx, clara, "customer_director", lotus),
        lambda tx: organisation.grant(tx, cash, "customer_director", lotus),
    )
    assert [type(one) for one in said].count(BadInput) == 1
    held = here.look(organisation.holders, lotus.id, "customer_director")
    assert len(held) == 1


def test_two_who_wait_for_each_other_both_get_through(here: House, there: House) -> None:
    clara = here.actor("clara")
    one, other = here.receive(clara, leak()), here.receive(clara, peddlers())
    together = threading.Barrier(2)

    def cross(house: House, first: Ticket, second: Ticket) -> None:
        tried: list[None] = []

        def fn(tx: Tx) -> None:
            tickets.lock(tx, first.id)
            if not tried:
                tried.append(None)
                together.wait(PATIENCE)
            for ticket in (first, tickets.lock(tx, second.id)):
                tickets.record(tx, "noted", ticket, clara.staff_id, words={"text": "crossed"})

        house.database.write(fn)

    with ThreadPoolExecutor(2) as threads:
        said = [threads.submit(cross, here, one, other), threads.submit(cross, there, other, one)]
        assert [future.result(PATIENCE) for future in said] == [None, None]
    assert [here.kinds(ticket).count("noted") for ticket in (one, other)] == [2, 2]


def test_two_ticks_at_once_climb_each_step_once(here: House, there: House, time: Clock) -> None:
    ticket = here.receive(here.actor("clara"), leak())
    time.forward(days=30)
    together, moment = threading.Barrier(2), time.now()

    def tick(house: House) -> int:
        with clock.at(moment):
            together.wait(PATIENCE)
            return followup.tick(house.database)

    with ThreadPoolExecutor(2) as threads:
        acted = sum(threads.map(tick, [here, there]))
    steps = [
        (row.kind, row.said["promise"], row.said["step"]) for row in here.events(ticket) if "step" in row.said
    ]
    assert acted
    assert steps and len(steps) == len(set(steps))


def test_a_seal_waits_for_the_writers_in_flight(here: House, there: House, stream: str) -> None:
    here.do(checkpoints.seal)
    before = here.look(_count, Event)
    gate = Gate(here.database)
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(here.do, _append, stream, 1)
        assert gate.reached.wait(PATIENCE)
        there.do(
            events.record, "settings_changed", stream="office:77"
        )  # has the higher number, is there first
        sealing = threads.submit(there.do, checkpoints.seal)
        threading.Event().wait(0.3)
        waits = not sealing.done()
        gate.opened.set()
        assert waits
        slow.result(PATIENCE)
        row = sealing.result(PATIENCE)
    assert row is not None
    assert row.events == here.look(_count, Event) - before == 2
    assert here.verify().broken is None


def test_two_seals_at_once_are_one(race: Callable[..., list[Said]], here: House, stream: str) -> None:
    here.do(_append, stream, 0)
    before = here.look(_count, Checkpoint)
    race(checkpoints.seal, checkpoints.seal)
    assert here.look(_count, Checkpoint) == before + 1
    here.do(_append, stream, 1)
    here.do(checkpoints.seal)
    assert here.verify().broken is None


def _append(tx: Tx, stream: str, n: int) -> None:
    events.record(tx, "settings_changed", stream=stream, facts={"n": n})


def _rows(tx: Tx, stream: str) -> list[Event]:
    return list(tx.scalars(select(Event).where(Event.stream == stream).order_by("seq")))


def _count(tx: Tx, table: type) -> int:
    return tx.scalars(select(func.count()).select_from(table)).one()


def _take(house: House, **said: Any) -> Callable[[Tx], Ticket]:
    office, clara = house.office(), house.actor("clara")
    prepared = house.look(prepare, office, leak(**said))
    return lambda tx: receive(tx, clara, prepared)


def _vacate(tx: Tx) -> organisation.Office:
    """The office without its customer director."""
    lotus = organisation.office_by_code(tx, "LG")
    for role in tx.scalars(select(organisation.Role).where(organisation.Role.role == "customer_director")):
        role.ended_at = clock.now()
    founding.record(tx, "role_ended", lotus, HUB.staff_id)
    return lotus
