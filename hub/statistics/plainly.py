"""Promises in time, stretch by stretch: what is plain is counted in an index, and the rest is looked at.

Nearly every promise was kept in time, by a matter that counts. Such a one fell due and was not late, and the
index of due times says when; the few others stand in indexes of their own. The clauses are those of a period.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, case, func, select, union
from sqlmodel import col

from hub.database import Tx
from hub.promises import IS_ODD, RUNS, Promise
from hub.statistics import judging
from hub.tickets import IS_SET_APART, Ticket


def in_time(
    tx: Tx, office_ids: Sequence[int], edges: Sequence[datetime], kinds: Sequence[str]
) -> list[Counter[str]]:
    """Promises of these kinds that fell due in each stretch between two edges: `due_*`, `late_*`.

    As `timeliness.in_time` counts a period seen from its end.
    """
    stretches = list(pairwise(edges))
    found = [
        Counter({f"due_{kind}": _all(tx, office_ids, kind, *stretch) for kind in kinds})
        for stretch in stretches
    ]
    if not stretches:
        return found
    in_which = case(*((col(Promise.due_at) < end, n) for n, (_, end) in enumerate(stretches)))
    counts, late = _counts(), judging.is_late(edges[-1])
    rows = tx.execute(
        select(col(Promise.kind), in_which.label("stretch"), func.count())
        .add_columns(func.count().filter(counts), func.count().filter(and_(counts, late)))
        .join(Ticket, col(Ticket.id) == col(Promise.ticket_id))
        .where(col(Promise.id).in_(_odd_ids(office_ids, kinds, edges[0], edges[-1])))
        .group_by(col(Promise.kind), "stretch")
    )
    for kind, stretch, odd, due, broken in rows:
        found[stretch].update({f"due_{kind}": due - odd, f"late_{kind}": broken})
    return found


def _all(tx: Tx, office_ids: Sequence[int], kind: str, start: datetime, end: datetime) -> int:
    query = select(func.count()).select_from(Promise).where(*_fell_due(office_ids, (kind,), start, end))
    return int(tx.execute(query).scalar_one())


def _counts() -> ColumnElement[bool]:
    clauses = (judging.counts(), judging.solved_once(), judging.is_not_held(), judging.is_stated())
    return and_(col(Promise.ended_at).is_(None), *clauses)


def _odd_ids(
    office_ids: Sequence[int], kinds: Sequence[str], start: datetime, end: datetime
) -> CompoundSelect[Any]:
    """What runs, was late, held or ended, or is of a matter that figures look at twice."""
    due = select(col(Promise.id)).where(*_fell_due(office_ids, kinds, start, end)).correlate(None)
    apart = select(col(Ticket.id)).where(col(Ticket.office_id).in_(office_ids), IS_SET_APART).correlate(None)
    return union(
        # said, for SQLite takes these for as many as there are promises
        due.where(IS_ODD).with_hint(Promise, "INDEXED BY ix_promise_odd", "sqlite"),
        due.where(RUNS).with_hint(Promise, "INDEXED BY ix_promise_running", "sqlite"),
        due.where(
            col(Promise.ticket_id).in_(apart.with_hint(Ticket, "INDEXED BY ix_ticket_set_apart", "sqlite"))
        ),
    )


def _fell_due(
    office_ids: Sequence[int], kinds: Sequence[str], start: datetime, end: datetime
) -> tuple[ColumnElement[bool], ...]:
    at = col(Promise.due_at)
    return col(Promise.office_id).in_(office_ids), col(Promise.kind).in_(kinds), at >= start, at < end
