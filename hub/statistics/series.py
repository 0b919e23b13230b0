"""The headline counts stretch by stretch: for trends, control charts and what adds up.

Each stretch is counted by the functions that count a period, so it has the figures of that period once it is
over; only of fewer things, for a year is long.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import col

from hub.database import Tx
from hub.statistics import judging, plainly, voices, volume
from hub.statistics.cuts import Cut, Hands, Sums
from hub.statistics.scope import Scope
from hub.tickets import Ticket

# what one stretch holds, and so what a share of it can be made from
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
KINDS = ("answer", "resolve")


def counts(tx: Tx, office_ids: tuple[int, ...], edges: Sequence[datetime]) -> list[Counter[str]]:
    """NAMES for each stretch between two neighbouring edges (aware, ascending), oldest first."""
    found = [_counted(tx, Scope(office_ids, start, end, end)) for start, end in pairwise(edges)]
    for counted, in_time in zip(found, plainly.in_time(tx, office_ids, edges, KINDS), strict=True):
        counted.update(in_time)
    return [Counter({name: counted[name] for name in NAMES if counted[name]}) for counted in found]


def by_category(
    tx: Tx, office_ids: tuple[int, ...], edges: Sequence[datetime]
) -> dict[int | None, list[int]]:
    """Matters received in each stretch, by the id of their category (None: no category yet)."""
    found: defaultdict[int | None, list[int]] = defaultdict(lambda: [0] * (len(edges) - 1))
    for stretch, (start, end) in enumerate(pairwise(edges)):
        query = (
            select(col(Ticket.category_id), func.count())
            .where(*volume.received_in(Scope(office_ids, start, end, end)))
            .where(judging.counts(), judging.is_matter())
            .group_by(col(Ticket.category_id))
        )
        for category, count in tx.execute(query):
            found[category][stretch] = int(count)
    return dict(found)


class _Few(Cut):
    """Of what is counted, what NAMES names: the same clauses, and no more of them."""

    def tally(self, tx: Tx, into: Sums, base: Select[Any], hands: Hands, **when: ColumnElement[bool]) -> None:
        named = {name: clause for name, clause in when.items() if name in NAMES}
        super().tally(tx, into, base, hands, **named)


def _counted(tx: Tx, scope: Scope) -> Counter[str]:
    whole, sums = _Few("", None), Sums({"": defaultdict(Counter)})
    for count in (volume.intake, volume.closings, voices.answers):
        count(tx, whole, scope, sums)
    (found,) = sums[""].values()
    return found
