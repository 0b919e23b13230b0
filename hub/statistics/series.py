"""The headline counts bucket by bucket, in one look: for trends, control charts and what adds up.

A bucket's counts are those `indicators.figures` gives for the same stretch once it is over; a test holds them
together. Counting twenty-six weeks one by one would read everything twenty-six times.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import col

from hub.callbacks import Callback
from hub.catalogue import Category
from hub.database import Tx
from hub.events import Event
from hub.promises import Promise
from hub.statistics import judging
from hub.statistics.scope import Scope
from hub.statistics.seconds import Column
from hub.statistics.volume import events_in, received_in
from hub.tickets import Ticket

# what one bucket holds, and so what a share of it can be made from
NAMES = (
    "received",
    "complaint",
    "closed",
    "due_answer",
    "late_answer",
    "due_resolve",
    "late_resolve",
    "tried",
    "reached",
    "satisfied",
    "fairly",
    "solved",
)


def counts(tx: Tx, office_ids: tuple[int, ...], edges: Sequence[datetime]) -> list[Counter[str]]:
    """NAMES for each stretch between two neighbouring edges (aware, ascending), oldest first."""
    buckets: list[Counter[str]] = [Counter() for _ in edges[1:]]
    scope = Scope(office_ids, edges[0], edges[-1], edges[-1])
    for query in (_received(scope, edges), _closed(scope, edges), _asked(scope, edges)):
        for row in tx.execute(query):
            said = row._asdict()
            buckets[said.pop("bucket")].update({name: int(value) for name, value in said.items()})
    for bucket, kind, due, late in tx.execute(_due(scope, edges)):
        buckets[bucket].update({f"due_{kind}": int(due), f"late_{kind}": int(late)})
    return buckets


def by_group(tx: Tx, office_ids: tuple[int, ...], edges: Sequence[datetime]) -> dict[str | None, list[int]]:
    """Matters received in each stretch, by category group (None: no category yet)."""
    scope = Scope(office_ids, edges[0], edges[-1], edges[-1])
    found: dict[str | None, list[int]] = defaultdict(lambda: [0] * (len(edges) - 1))
    query = (
        select(_bucket(col(Ticket.received_at), edges), col(Ticket.category_id), func.count())
        .where(*received_in(scope), judging.counts(), judging.is_matter())
        .group_by("bucket", col(Ticket.category_id))
    )
    groups = {row[0]: row[1] for row in tx.execute(select(col(Category.id), col(Category.group_code)))}
    for bucket, category, count in tx.execute(query):
        group = groups[category] if category is not None else None
        found[group][bucket] += int(count)
    return dict(found)


def bucket_of(at: datetime, edges: Sequence[datetime]) -> int:
    """Which stretch a moment falls in; -1 or len(edges) - 1 outside of them."""
    return bisect_right(edges, at) - 1


def _bucket(at: Column, edges: Sequence[datetime]) -> ColumnElement[int]:
    """The later edges first: the first comparison that holds decides."""
    starts = list(enumerate(start for start, _ in pairwise(edges)))
    return case(*((at >= start, number) for number, start in reversed(starts)), else_=0).label("bucket")


def _received(scope: Scope, edges: Sequence[datetime]) -> Any:
    complaint = func.count().filter(col(Ticket.kind) == "complaint")
    return (
        select(_bucket(col(Ticket.received_at), edges), func.count().label("received"))
        .add_columns(complaint.label("complaint"))
        .where(*received_in(scope), judging.counts(), judging.is_matter())
        .group_by("bucket")
    )


def _closed(scope: Scope, edges: Sequence[datetime]) -> Any:
    return (
        events_in(scope)
        .add_columns(_bucket(col(Event.happened_at), edges), func.count().label("closed"))
        .where(col(Event.kind) == "closed", judging.is_matter())
        .group_by("bucket")
    )


def _due(scope: Scope, edges: Sequence[datetime]) -> Any:
    late = func.count().filter(judging.is_late(scope.as_of))
    return (
        select(_bucket(col(Promise.due_at), edges), col(Promise.kind), func.count(), late)
        .select_from(Promise)
        .join(Ticket, col(Ticket.id) == col(Promise.ticket_id))
        .where(
            col(Promise.kind).in_(("answer", "resolve")),
            col(Promise.office_id).in_(scope.office_ids),
            judging.fell_due(scope.start, scope.known_until),
            judging.is_stated(),
            judging.counts(),
        )
        .group_by("bucket", col(Promise.kind))
    )


def _asked(scope: Scope, edges: Sequence[datetime]) -> Any:
    reached = col(Callback.reached)
    said = {
        "tried": col(Callback.means) != "letter",
        "reached": reached,
        "satisfied": and_(reached, col(Callback.satisfied) == "yes"),
        "fairly": and_(reached, col(Callback.satisfied) == "fairly"),
        "solved": and_(reached, col(Callback.solved).is_(True)),
    }
    return (
        select(_bucket(col(Callback.tried_at), edges))
        .add_columns(*(func.count().filter(when).label(name) for name, when in said.items()))
        .select_from(Callback)
        .join(Ticket, col(Ticket.id) == col(Callback.ticket_id))
        .where(
            col(Callback.office_id).in_(scope.office_ids),
            col(Callback.tried_at) >= scope.start,
            col(Callback.tried_at) < scope.known_until,
            judging.counts(),
            ~col(Ticket.is_imported),
        )
        .group_by("bucket")
    )
