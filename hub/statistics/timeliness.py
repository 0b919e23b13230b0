"""Whether promises were kept in time, how long the steps took, and which open matters are late or nearly.

On time is judged on the due time with its approved holds; `base_late_*` shows how it would be without them.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import col

from hub import catalogue
from hub.catalogue import Catalogue
from hub.database import Tx
from hub.limits import at_share
from hub.organisation import Office
from hub.promises import Promise
from hub.statistics import judging, seconds
from hub.statistics.cuts import Cut, Tallies, lead_of
from hub.statistics.scope import Scope
from hub.statistics.volume import open_matters
from hub.tickets import Ticket

NEAR_PERCENT = 80  # house.md: screens colour at 80 and 100 %
STEPS = ("answer", "accept", "arrive", "done", "resolve")
Lengths = dict[Any, dict[str, timedelta]]


def kept_or_late(tx: Tx, cut: Cut, scope: Scope, into: Tallies) -> None:
    """Promises that fell due in the period, of each kind: `due_*`, `late_*`, `base_late_*`."""
    base = (
        _promises(col(Promise.kind).label("what"))
        .where(
            col(Promise.kind).in_((*STEPS, "callback")),
            col(Promise.office_id).in_(scope.office_ids),
            judging.fell_due(scope.start, scope.known_until),
            judging.is_stated(),
        )
        .group_by("what")
    )
    ended = func.coalesce(col(Promise.kept_at), scope.as_of)
    rows = cut.rows(
        tx,
        base,
        _hands(),
        func.count().label("due"),
        func.count().filter(judging.is_late(scope.as_of)).label("late"),
        func.count().filter(ended > col(Promise.base_due_at)).label("base_late"),
    )
    for part, what, due, late, base_late in rows:
        into[part].update({f"due_{what}": due, f"late_{what}": late, f"base_late_{what}": base_late})


def durations(tx: Tx, cut: Cut, scope: Scope) -> Lengths:
    """Median and 90th percentile of each step kept in the period: "answer", "answer_p90" … by part.

    Whole time on the wall from the start of the promise, holds included; steps nobody stated (inferred) are
    left out. The median of an even number is the middle of the two; p90 is the value at ceil(0.9 n).
    """
    base = _promises(col(Promise.kind).label("what")).where(
        col(Promise.office_id).in_(scope.office_ids),
        col(Promise.kept_at) >= scope.start,
        col(Promise.kept_at) < scope.known_until,
        col(Promise.ended_at).is_(None),
        ~col(Promise.is_inferred),
        col(Promise.kind).in_(STEPS),
    )
    took = seconds.between(col(Promise.started_at), col(Promise.kept_at)).label("took")
    spread: defaultdict[tuple[Any, str], list[int]] = defaultdict(list)
    for part, what, length in cut.rows(tx, base, _hands(), took, grouped=False):
        spread[part, what].append(length)
    found: Lengths = defaultdict(dict)
    for (part, what), lengths in spread.items():
        found[part][what], found[part][f"{what}_p90"] = _median_and_p90(sorted(lengths))
    return found


def at_risk(tx: Tx, cut: Cut, scope: Scope, into: Tallies) -> None:
    """Matters open at `as_of`, none of their promises late, one with at least 80 % of its open time gone."""
    near = near_ids(tx, open_matters(scope.office_ids, scope.as_of), scope.as_of)
    base = select().select_from(Ticket)
    for start in range(0, len(near), 500):
        chunk = base.where(col(Ticket.id).in_(near[start : start + 500]))
        cut.tally(tx, into, chunk, lead_of(), at_risk=func.count())


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


def _promises(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Promise)
        .join(Ticket, col(Ticket.id) == col(Promise.ticket_id))
        .where(judging.counts(), judging.solved_once())
    )


def _hands() -> ColumnElement[Any]:
    return func.coalesce(col(Promise.order_id), lead_of(col(Promise.round)))


def _median_and_p90(lengths: list[int]) -> tuple[timedelta, timedelta]:
    """Of whole seconds in ascending order."""
    total = len(lengths)
    middle = (lengths[(total - 1) // 2] + lengths[total // 2]) / 2
    return timedelta(seconds=middle), timedelta(seconds=lengths[-(-9 * total // 10) - 1])
