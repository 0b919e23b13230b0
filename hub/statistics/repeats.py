"""The same trouble again: repairs wanted once more, complaints made once more, in the same room.

One look at the receipts of the time and a search in order: a self-join would grow with the square of what a
busy room reports.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from hub.database import Tx
from hub.events import Event
from hub.statistics import judging
from hub.statistics.cuts import Division, Hands, Sums
from hub.statistics.reading import columns
from hub.statistics.scope import Scope
from hub.statistics.seconds import DAY, Seconds
from hub.statistics.volume import events_in, received_in
from hub.tickets import Ticket

# domain.md §3.5 (a guess there): the same place and fault again within this time is the same trouble
AGAIN = timedelta(days=30)
AGAIN_SECONDS = 30 * DAY
REPAIRS = ("repair", "emergency")
Receipts = dict[tuple[Any, Any], list[tuple[int, int]]]


def repairs(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """Repairs and emergencies with work done in the period (`repaired`), and those of them wanted again.

    `repaired_again`: the room reports the same category within 30 days after the work, as far as known at
    `as_of`; so a month's figure is final 30 days after its end.
    """
    base = events_in(scope).where(col(Event.kind) == "done", col(Ticket.kind).in_(REPAIRS))
    values = (col(Ticket.id), col(Ticket.room_id), col(Ticket.category_id))
    done_at = Seconds(col(Event.happened_at)).label("done_at")
    receipts = _receipts(tx, scope, scope.start, scope.end + AGAIN)
    done: dict[str, defaultdict[Any, set[int]]] = {by: defaultdict(set) for by in division.bys}
    again: dict[str, defaultdict[Any, set[int]]] = {by: defaultdict(set) for by in division.bys}
    known: dict[tuple[int, int], bool] = {}
    for by, rows in division.rows(tx, base, Hands(col(Event.order_id)), *values, done_at):
        for part, ticket_id, room, category, at in rows:
            done[by][part].add(ticket_id)
            came_back = known.get((ticket_id, at))
            if came_back is None:
                others = receipts.get((room, category), [])
                came_back = known[ticket_id, at] = _any_other(others, ticket_id, at, at + AGAIN_SECONDS)
            if came_back:
                again[by][part].add(ticket_id)
    for by, parts in done.items():
        for part, ids in parts.items():
            into[by][part].update(repaired=len(ids), repaired_again=len(again[by][part]))


def complaints(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """Complaints received in the period whose room made the same complaint in the 30 days before."""
    base = (
        select()
        .select_from(Ticket)
        .where(*received_in(scope), judging.counts(), judging.is_matter(), col(Ticket.kind) == "complaint")
    )
    values = (col(Ticket.id), col(Ticket.room_id), col(Ticket.category_id))
    received_at = Seconds(col(Ticket.received_at)).label("at")
    complained = col(Ticket.kind) == "complaint"
    receipts = _receipts(tx, scope, scope.start - AGAIN, scope.known_until, complained)
    for by, rows in division.rows(tx, base, Hands(), *values, received_at):
        again: Counter[Any] = Counter()
        for part, ticket_id, room, category, at in rows:
            again[part] += _any_before(receipts.get((room, category), []), (at, ticket_id))
        for part, times in again.items():
            into[by][part].update(complained_again=times)


def _receipts(tx: Tx, scope: Scope, first: datetime, until: datetime, *only: ColumnElement[bool]) -> Receipts:
    """When each room reported each category in [first, until), as (seconds, ticket id) in order."""
    query: Any = select(
        col(Ticket.room_id), col(Ticket.category_id), Seconds(col(Ticket.received_at)), col(Ticket.id)
    ).where(
        col(Ticket.office_id).in_(scope.office_ids),
        col(Ticket.received_at) >= first,
        col(Ticket.received_at) < min(scope.as_of, until),
        col(Ticket.room_id).is_not(None),
        col(Ticket.category_id).is_not(None),
        judging.counts(),
        *only,
    )
    found: defaultdict[tuple[Any, Any], list[tuple[int, int]]] = defaultdict(list)
    for room, category, at, ticket_id in zip(*columns(tx, query), strict=True):
        found[room, category].append((at, ticket_id))
    for known in found.values():
        known.sort()
    return found


def _any_other(known: list[tuple[int, int]], ticket_id: int, after: int, until: int) -> bool:
    """Whether another ticket came after that second, up to and with `until`."""
    first = bisect_right(known, after, key=lambda receipt: receipt[0])
    return any(at <= until and other != ticket_id for at, other in known[first : first + 2])


def _any_before(known: list[tuple[int, int]], mine: tuple[int, int]) -> bool:
    """Whether one came before this one, by 30 days at most; in the same second, the one with the lower id."""
    first = bisect_right(known, mine) - 1
    return first > 0 and mine[0] - known[first - 1][0] <= AGAIN_SECONDS
