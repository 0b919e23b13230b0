"""How figures are divided: by office, department, category, hour …, one line each.

Every division but two is a property of the ticket (its hour and weekday are those of its receipt on the
office's wall clock). Department and worker are those of the order concerned; for what belongs to a ticket as
a whole, of its first order of that round that was not withdrawn: who was first keeps the lead (首接負責).
Source: domain.md §3.2, §7.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Label, Select, case, func, literal_column, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from hub.catalogue import KINDS, PRIORITIES, Category
from hub.database import Tx
from hub.errors import BadInput
from hub.estate import Room
from hub.orders import Order
from hub.organisation import Office
from hub.statistics import seconds
from hub.statistics.reading import columns
from hub.statistics.scope import Scope
from hub.statistics.seconds import Column
from hub.tickets import Ticket

BY = (
    "",
    "office",
    "department",
    "worker",
    "category",
    "group",
    "building",
    "channel",
    "priority",
    "kind",
    "hour",
    "weekday",
    "month",
    "room",
)
HANDS = ("department", "worker")
# what a division shows even where nothing happened
ALWAYS_SHOWN: dict[str, tuple[Any, ...]] = {
    "": (0,),
    "hour": tuple(range(24)),
    "weekday": tuple(range(1, 8)),
    "kind": KINDS,
    "priority": PRIORITIES,
}

Tallies = defaultdict[Any, Counter[str]]
Sums = dict[str, Tallies]
Lead = aliased(Order, name="lead")
_Hands = aliased(Order, name="hands")
_ALL_IN_ONE: Label[int] = literal_column("0").label("whole")


@dataclass(frozen=True)
class Hands:
    """Whose a fact is: its own order's, else the order's that leads its ticket, in one round or in all.

    Where `sent_back` holds, the worker is `by` and not who has the order now.
    """

    order: Column | None = None
    round: Column | None = None
    sent_back: ColumnElement[bool] | None = None
    by: Column | None = None

    @property
    def id(self) -> ColumnElement[Any]:
        """The order's id, inside a query on Ticket."""
        lead = lead_of(self.round)
        return lead if self.order is None else func.coalesce(self.order, lead)


class Division(Protocol):
    """One way to divide facts or several side by side: each fact goes to its part of every `by`."""

    @property
    def bys(self) -> tuple[str, ...]:
        """The divisions, of BY."""

    def tally(
        self,
        tx: Tx,
        into: Sums,
        base: Select[Any],
        hands: Hands,
        **when: ColumnElement[bool],
    ) -> None:
        """Count the facts of `base`, a selection joined to its Ticket, of which each named clause holds."""

    def rows(
        self, tx: Tx, base: Select[Any], hands: Hands, *values: Column
    ) -> Iterator[tuple[str, Iterable[Any]]]:
        """The values of every fact of `base`, by division; first of all its part's key."""


@dataclass(frozen=True)
class Cut:
    """One division alone, made by the database; `key` tells the parts apart, None when all is one."""

    by: str
    key: Column | None

    @property
    def bys(self) -> tuple[str, ...]:
        return (self.by,)

    def tally(
        self,
        tx: Tx,
        into: Sums,
        base: Select[Any],
        hands: Hands,
        **when: ColumnElement[bool],
    ) -> None:
        sums = [func.count().filter(clause) for clause in when.values()]
        query = self._divided(base, hands, is_grouped=True).add_columns(*sums)
        for part, *counts in tx.connection().execute(query):
            into[self.by][part].update(dict(zip(when, counts, strict=True)))

    def rows(
        self, tx: Tx, base: Select[Any], hands: Hands, *values: Column
    ) -> Iterator[tuple[str, Iterable[Any]]]:
        query = self._divided(base, hands, is_grouped=False).add_columns(*values)
        yield self.by, zip(*columns(tx, query), strict=True)

    def _divided(self, base: Select[Any], hands: Hands, is_grouped: bool) -> Select[Any]:
        """The selection with the part's key as its first column."""
        if self.key is None:
            return base.add_columns(_ALL_IN_ONE)
        query, key = base, self.key
        if self.by in HANDS:
            query = query.outerjoin(_Hands, col(_Hands.id) == hands.id)
        elif self.by == "group":
            query = query.outerjoin(Category, col(Category.id) == col(Ticket.category_id))
        elif self.by == "building":
            query = query.outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        if self.by == "worker" and hands.sent_back is not None:
            key = case((hands.sent_back, hands.by), else_=key)
        # said so that no index of tickets is gone through in the order of its parts, which reads them all
        query = query.add_columns(func.coalesce(key, key).label("cut_key"))
        return query.group_by("cut_key") if is_grouped else query


def cut(tx: Tx, scope: Scope, by: str) -> Cut:
    """The division of this name. Raises BadInput for one that is not in BY."""
    require(by)
    return Cut(by, key_of(tx, scope, by))


def require(by: str) -> None:
    """Raises BadInput for a division that is not in BY."""
    if by not in BY:
        raise BadInput("by", "must be one of: %(names)s", names=", ".join(name for name in BY if name))


def key_of(tx: Tx, scope: Scope, by: str) -> Column | None:
    """What tells the parts apart, in a query on Ticket (with its Room, Category or Hands); None: nothing."""
    keys: dict[str, Any] = {
        "office": Ticket.office_id,
        "department": _Hands.department_id,
        "worker": _Hands.worker_id,
        "category": Ticket.category_id,
        "group": Category.group_code,
        "building": Room.building_id,
        "room": Ticket.room_id,
        "channel": Ticket.channel,
        "priority": Ticket.priority,
        "kind": Ticket.kind,
    }
    if by in keys:
        return col(keys[by])
    if by in ("hour", "weekday"):
        found: Column = getattr(seconds, by)(_wall(tx, scope))
        return found
    return None


def pattern(clauses: Iterable[ColumnElement[bool]]) -> ColumnElement[int]:
    """Which of the clauses hold, as one number: a bit for each, the first the lowest."""
    return reduce(add, (case((clause, 1 << n), else_=0) for n, clause in enumerate(clauses)))


def lead_of(ticket_round: Column | None = None) -> ColumnElement[Any]:
    """The id of the order that has the lead of a query's Ticket, of one round or of all."""
    query = select(col(Lead.id)).where(col(Lead.ticket_id) == col(Ticket.id), col(Lead.status) != "withdrawn")
    if ticket_round is not None:
        query = query.where(col(Lead.round) == ticket_round)
    return query.order_by(col(Lead.seq)).limit(1).correlate_except(Lead).scalar_subquery()


def zones(tx: Tx, scope: Scope) -> dict[ZoneInfo, list[int]]:
    """The offices of the scope by the zone they live in, the first office's zone first."""
    found: dict[ZoneInfo, list[int]] = {}
    rows = tx.execute(
        select(col(Office.id), col(Office.zone))
        .where(col(Office.id).in_(scope.office_ids))
        .order_by(col(Office.id))
    )
    for office_id, zone in rows:
        found.setdefault(ZoneInfo(zone), []).append(office_id)
    return found


def _wall(tx: Tx, scope: Scope) -> ColumnElement[int]:
    earliest = tx.execute(
        select(func.min(col(Ticket.received_at))).where(col(Ticket.office_id).in_(scope.office_ids))
    ).scalar()
    return seconds.on_the_wall(
        col(Ticket.received_at),
        col(Ticket.office_id),
        zones(tx, scope),
        min(earliest or scope.start, scope.start),
        max(scope.end, scope.as_of),
    )
