"""What is counted in an index and what is looked at make together what a period's own count makes."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlmodel import col, func, select

from hub import clock
from hub.access import Actor
from hub.database import Tx
from hub.promises import IS_ODD, Promise
from hub.statistics import plainly, timeliness
from hub.statistics.cuts import cut
from hub.statistics.packing import KINDS
from hub.statistics.scope import Scope
from hub.tickets import IS_SET_APART, Ticket
from tests.conftest import MORNING, Clock
from tests.house import House, leak
from tests.hub.statistics.history import History


def both_ways(hub: House, edges: list[Any]) -> tuple[list[Counter[str]], list[Counter[str]]]:
    """Stretch by stretch from the indexes, and each as a period of its own."""
    office = (hub.office().id,)

    def one_by_one(tx: Tx) -> list[Counter[str]]:
        found = []
        for start, end in pairwise(edges):
            scope, sums = Scope(office, start, end, end), {"": defaultdict[Any, Counter[str]](Counter)}
            timeliness.in_time(tx, cut(tx, scope, ""), scope, sums, KINDS)
            found.append(+sums[""][0])
        return found

    return [+one for one in hub.look(plainly.in_time, office, edges, KINDS)], hub.look(one_by_one)


def test_from_indexes_or_one_by_one_the_same_fell_due_and_was_late(hub: House, time: Clock) -> None:
    History(hub, time, 5).make(40)
    edges = [MORNING - timedelta(days=1) + (clock.now() - MORNING) / 6 * n for n in range(9)]
    plain, looked_at = both_ways(hub, edges)
    assert plain == looked_at
    whole = sum(plain, Counter())
    assert whole["late_resolve"] and whole["due_resolve"] > whole["late_resolve"]


def test_matters_that_were_imported_linked_or_withdrawn_are_counted_as_they_are_elsewhere(
    hub: House, time: Clock
) -> None:
    History(hub, time, 6).make(30)

    def set_apart(tx: Tx) -> None:
        rows = tx.scalars(select(Ticket).order_by(col(Ticket.id))).all()
        for n, ticket in enumerate(rows):
            ticket.is_imported = n % 3 == 0
            if n % 5 == 1 and ticket.status == "closed":
                ticket.outcome = "duplicate"
            if n % 7 == 2:
                ticket.lead_id = rows[0].id
        for n, promise in enumerate(tx.scalars(select(Promise).order_by(col(Promise.id)))):
            promise.is_inferred = n % 2 == 0
            promise.limit = "" if n % 4 == 0 else promise.limit
            if n % 11 == 3 and promise.kept_at is None:
                promise.paused_at = promise.started_at
            if n % 13 == 4 and promise.kept_at is None:
                promise.ended_at = promise.started_at

    before, _ = both_ways(hub, [MORNING - timedelta(days=1), clock.now()])
    hub.do(set_apart)
    for edges in (
        [MORNING - timedelta(days=1), clock.now()],
        [MORNING + (clock.now() - MORNING) / 4 * n for n in range(6)],
    ):
        plain, looked_at = both_ways(hub, edges)
        assert plain == looked_at
    (whole,), _ = both_ways(hub, [MORNING - timedelta(days=1), clock.now()])
    assert whole["due_resolve"] < before[0]["due_resolve"]


def test_no_edges_have_no_stretch_between_them(hub: House) -> None:
    assert hub.look(plainly.in_time, (hub.office().id,), [MORNING], KINDS) == []


def test_an_ordinary_intake_is_in_neither_index(hub: House, clara: Actor) -> None:
    hub.receive(clara, leak())

    def apart(tx: Tx) -> tuple[int, int, int]:
        promises = select(func.count()).select_from(Promise)
        matters = select(func.count()).select_from(Ticket).where(IS_SET_APART)
        return tx.scalars(promises).one(), tx.scalars(promises.where(IS_ODD)).one(), tx.scalars(matters).one()

    made, odd, set_apart = hub.look(apart)
    assert made >= 3 and (odd, set_apart) == (0, 0)
