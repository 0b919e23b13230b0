"""Whether promises were kept in time, how long the steps took, and which open matters are late or nearly.

On time is judged on the due time with its approved holds; `base_late_*` shows how it would be without them.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select, true
from sqlmodel import col

from hub import catalogue
from hub.catalogue import Catalogue
from hub.database import Tx
from hub.limits import at_share
from hub.organisation import Office
from hub.promises import Promise
from hub.statistics import judging, packing, seconds
from hub.statistics.cuts import Division, Hands, Sums, Tallies, pattern
from hub.statistics.packing import STEPS
from hub.statistics.scope import Scope
from hub.statistics.volume import open_matters
from hub.tickets import Ticket

NEAR_PERCENT = 80  # house.md: screens colour at 80 and 100 %
Lengths = dict[Any, dict[str, timedelta]]


def kept_or_late(tx: Tx, division: Division, scope: Scope, into: Sums) -> dict[str, Lengths]:
    """Promises that fell due in the period, of each kind: `due_*`, `late_*`, `base_late_*`.

    Answers the median and 90th percentile of each step kept in the period: "answer", "answer_p90" … by part.
    Whole time on the wall from the start of the promise, holds included; steps nobody stated (inferred) are
    left out. The median of an even number is the middle of the two; p90 is the value at ceil(0.9 n).

    Nearly everything is kept in the month it fell due: such a promise is read once for both.
    """
    fell_due = and_(col(Promise.due_at) >= scope.start, col(Promise.due_at) < scope.known_until)
    kept = and_(
        col(Promise.kept_at) >= scope.start,
        col(Promise.kept_at) < scope.known_until,
        ~col(Promise.is_inferred),
        col(Promise.kind).in_(STEPS),
    )
    due = _promises(scope).where(fell_due, col(Promise.kind).in_(packing.KINDS))
    clauses = (
        and_(judging.is_not_held(), judging.is_stated()),
        judging.is_late(scope.as_of),
        func.coalesce(col(Promise.kept_at), scope.as_of) > col(Promise.base_due_at),
    )
    took = seconds.between(col(Promise.started_at), col(Promise.kept_at))
    both = packing.packed(col(Promise.kind), case((kept, took)), pattern(clauses))
    only_kept = packing.packed(col(Promise.kind), took, literal(0))
    found: dict[str, defaultdict[Any, list[int]]] = {by: defaultdict(list) for by in division.bys}
    for base, code in ((due, both), (_promises(scope).where(kept, ~fell_due), only_kept)):
        for by, rows in division.rows(tx, base, _hands(), code, in_order=True):
            mine = found[by]
            for part, packed in rows:
                mine[part].append(packed)
    return {by: _unpacked(parts, into[by]) for by, parts in found.items()}


def in_time(tx: Tx, division: Division, scope: Scope, into: Sums, kinds: Sequence[str]) -> None:
    """Promises of these kinds that fell due in the period, and no lengths: `due_*`, `late_*`."""
    kind, late = col(Promise.kind), judging.is_late(scope.as_of)
    due = _promises(scope).where(
        col(Promise.due_at) >= scope.start,
        col(Promise.due_at) < scope.known_until,
        kind.in_(kinds),
        judging.is_not_held(),
        judging.is_stated(),
    )
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
    """The ids among these tickets that are at risk: only a calendar can say, so each candidate is asked."""
    rows = tx.execute(
        matters.join(Promise, col(Promise.ticket_id) == col(Ticket.id))
        .where(
            judging.is_running(at),
            judging.is_stated(),
            col(Promise.paused_at).is_(None),
            col(Promise.started_at) <= at,
            col(Promise.due_at) >= at,
            ~judging.has_promise(judging.is_running_late(at)),
        )
        .add_columns(
            col(Ticket.id),
            col(Ticket.office_id),
            col(Promise.priority),
            col(Promise.started_at),
            col(Promise.due_at),
        )
    )
    books: dict[int, Catalogue] = {}
    found: set[int] = set()
    for ticket_id, office_id, priority, started_at, due_at in rows:
        if ticket_id in found:
            continue
        if office_id not in books:
            books[office_id] = catalogue.of(tx, tx.get_one(Office, office_id))
        if at_share(started_at, due_at, NEAR_PERCENT, books[office_id].calendar(priority)) <= at:
            found.add(ticket_id)
    return sorted(found)


def _promises(scope: Scope) -> Select[Any]:
    return (
        select()
        .select_from(Promise)
        .join(Ticket, col(Ticket.id) == col(Promise.ticket_id))
        .where(
            col(Promise.office_id).in_(scope.office_ids),
            col(Promise.ended_at).is_(None),
            judging.counts(),
            judging.solved_once(),
        )
    )


def _hands() -> Hands:
    return Hands(col(Promise.order_id), col(Promise.round))


def _unpacked(parts: dict[Any, list[int]], into: Tallies) -> Lengths:
    lengths: Lengths = {}
    for part, codes in parts.items():
        tally, lengths[part] = into[part], {}
        for what, times, took in packing.by_kind(sorted(codes)):
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
