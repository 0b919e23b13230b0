"""Whether promises were kept in time, how long the steps took, and which open matters are late or nearly.

On time is judged on the due time with its approved holds; `base_late_*` shows how it would be without them.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true
from sqlmodel import col

from hub import catalogue
from hub.calendars import WorkingCalendar
from hub.database import Tx
from hub.open_time import OpenTime
from hub.organisation import Office
from hub.promises import AT_RISK, Promise
from hub.statistics import judging, packing, seconds
from hub.statistics.cuts import Division, Hands, Sums, Tallies, pattern
from hub.statistics.packing import STEPS
from hub.statistics.scope import Scope
from hub.statistics.volume import open_matters
from hub.tickets import Ticket

Lengths = dict[Any, dict[str, timedelta]]
_Running = tuple[int, datetime, datetime]  # a ticket's promise: its ticket, from when, till when


def kept_or_late(tx: Tx, division: Division, scope: Scope, into: Sums) -> dict[str, Lengths]:
    """Promises that fell due in the period, of each kind: `due_*`, `late_*`, `base_late_*`.

    Answers the median and 90th percentile of each step kept in the period: "answer", "answer_p90" … by part.
    Whole time on the wall from the start of the promise, holds included; steps nobody stated (inferred) are
    left out. The median of an even number is the middle of the two; p90 is the value at ceil(0.9 n).

    Nearly everything is kept in the month it fell due: such a promise is read once for both.
    """
    fell_due = and_(col(Promise.due_at) >= scope.start, col(Promise.due_at) < scope.known_until)
    was_kept = and_(col(Promise.kept_at) >= scope.start, col(Promise.kept_at) < scope.known_until)
    kept = and_(was_kept, ~col(Promise.is_inferred), col(Promise.kind).in_(STEPS))
    due = _promises(tx, scope, fell_due, col(Promise.kind).in_(packing.KINDS))
    rest = _promises(tx, scope, was_kept, ~fell_due).where(kept)
    clauses = (
        and_(judging.is_not_held(), judging.is_stated()),
        judging.is_late(scope.as_of),
        func.coalesce(col(Promise.kept_at), scope.as_of) > col(Promise.base_due_at),
    )
    took = case((kept, seconds.between(col(Promise.started_at), col(Promise.kept_at))))
    kind = col(Promise.kind)
    found = {by: defaultdict[Any, packing.Cells](packing.cells) for by in division.bys}
    for base, number in (
        (due, packing.packed(kind, pattern(clauses))),
        (rest, packing.packed(kind, literal(0))),
    ):
        for by, rows in division.rows(tx, base, _hands(), number, took):
            mine = found[by]
            for part, at, length in rows:
                mine[part][at].append(length)
    return {by: _unpacked(parts, into[by]) for by, parts in found.items()}


def in_time(tx: Tx, division: Division, scope: Scope, into: Sums, kinds: Sequence[str]) -> None:
    """Promises of these kinds that fell due in the period, and no lengths: `due_*`, `late_*`."""
    kind, late = col(Promise.kind), judging.is_late(scope.as_of)
    fell_due = (col(Promise.due_at) >= scope.start, col(Promise.due_at) < scope.known_until)
    due = _promises(tx, scope, *fell_due, kind.in_(kinds)).where(judging.is_not_held(), judging.is_stated())
    clauses = {f"due_{name}": kind == name for name in kinds}
    clauses |= {f"late_{name}": and_(kind == name, late) for name in kinds}
    division.tally(tx, into, due, _hands(), **clauses)


def at_risk(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """Matters open at `as_of`, none of their promises late, one with at least 80 % of its open time gone."""
    near = near_ids(tx, open_matters(scope.office_ids, scope.as_of), scope.as_of)
    base = select().select_from(Ticket)
    for start in range(0, len(near), 500):
        chunk = base.where(col(Ticket.id).in_(near[start : start + 500]))
        division.tally(tx, into, chunk, Hands(), at_risk=true())


def near_ids(tx: Tx, matters: Select[Any], at: datetime) -> list[int]:
    """The ids among these tickets that are at risk: by what their promises say, as on the desk.

    Of those kept before promises said it only a calendar can tell, so each candidate is asked.
    """
    rows = tx.connection().execute(
        matters.join(Promise, col(Promise.ticket_id) == col(Ticket.id))
        .where(
            judging.is_running(at),
            judging.is_stated(),
            col(Promise.paused_at).is_(None),
            col(Promise.started_at) <= at,
            col(Promise.due_at) >= at,
            ~judging.has_promise(judging.is_running_late(at)),
            or_(col(Promise.warn_at).is_(None), col(Promise.warn_at) <= at),
        )
        .add_columns(
            col(Ticket.id),
            col(Ticket.office_id),
            col(Promise.priority),
            col(Promise.started_at),
            col(Promise.due_at),
            col(Promise.warn_at),
        )
    )
    found: set[int] = set()
    by_calendar: dict[WorkingCalendar, list[_Running]] = {}
    known: dict[tuple[int, str], list[_Running]] = {}
    for ticket_id, office_id, priority, started_at, due_at, warn_at in rows:
        if warn_at is not None:
            found.add(ticket_id)
            continue
        if (office_id, priority) not in known:
            book = catalogue.of(tx, tx.get_one(Office, office_id))
            known[office_id, priority] = by_calendar.setdefault(book.calendar(priority), [])
        known[office_id, priority].append((ticket_id, started_at, due_at))
    for calendar, running in by_calendar.items():
        first = min(started_at for _, started_at, _ in running)
        open_time = OpenTime(calendar, first, max(due_at for _, _, due_at in running))
        found.update(
            ticket_id
            for ticket_id, started_at, due_at in running
            if ticket_id not in found and open_time.is_past(started_at, due_at, AT_RISK, at)
        )
    return sorted(found)


def _promises(tx: Tx, scope: Scope, *which: ColumnElement[bool]) -> Select[Any]:
    """The promises of the scope of which this holds (what an index knows), and that count."""
    chosen = and_(col(Promise.office_id).in_(scope.office_ids), *which)
    if tx.database.is_sqlite:
        # Taken in the order of the table: an index names them in an order of its own, and each would be
        # fetched from another page. PostgreSQL sorts them so by itself.
        chosen = col(Promise.id).in_(select(col(Promise.id)).where(chosen).correlate(None))
    return (
        select()
        .select_from(Promise)
        .join(Ticket, col(Ticket.id) == col(Promise.ticket_id))
        .where(chosen, col(Promise.ended_at).is_(None), judging.counts(), judging.solved_once())
    )


def _hands() -> Hands:
    return Hands(col(Promise.order_id), col(Promise.round))


def _unpacked(parts: dict[Any, packing.Cells], into: Tallies) -> Lengths:
    lengths: Lengths = {}
    for part, cells in parts.items():
        tally, lengths[part] = into[part], {}
        for what, times, took in packing.by_kind(cells):
            for bits, count in times.items():
                if bits & 1:
                    names = ("due", "late", "base_late")
                    tally.update({f"{name}_{what}": count for n, name in enumerate(names) if bits >> n & 1})
            if took:
                lengths[part][what], lengths[part][f"{what}_p90"] = _median_and_p90(took)
    return lengths


def _median_and_p90(lengths: Sequence[int]) -> tuple[timedelta, timedelta]:
    """Of whole seconds in ascending order."""
    total = len(lengths)
    middle = (lengths[(total - 1) // 2] + lengths[total // 2]) / 2
    return timedelta(seconds=middle), timedelta(seconds=lengths[-(-9 * total // 10) - 1])
