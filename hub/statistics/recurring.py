"""What comes back: rooms with the same complaint, topics of many households, places that break again.

Source: domain.md §7-7 (rooms with two same complaints in 30 days, topics with three households in a month,
assets with two breakdowns). Where no asset is on record, the place and the kind of trouble stand for it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import col

from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Room
from hub.statistics import judging
from hub.statistics.hotspots import Repeat, repeated
from hub.statistics.scope import Scope
from hub.statistics.volume import received_in
from hub.tickets import Ticket

HOUSEHOLDS = 3
BREAKDOWNS = 2
BROKEN = ("repair", "emergency")


@dataclass(frozen=True)
class Topic:
    """One kind of trouble that several households reported in the period."""

    category: str
    households: int
    matters: int


@dataclass(frozen=True)
class Breakdown:
    """A place where the same kind of thing broke more than once in the period."""

    place: str
    group: str
    times: int
    last_at: datetime


def rooms(tx: Tx, scope: Scope, most: int) -> list[Repeat]:
    """Rooms that complained of the same twice or more in the 30 days before the period's end."""
    return repeated(tx, scope.office_ids, scope.known_until, most)


def topics(tx: Tx, scope: Scope, most: int) -> list[Topic]:
    """Categories that three or more rooms complained of or reported in the period, most households first."""
    households = func.count(col(Ticket.room_id).distinct())
    query = (
        _received(scope, col(Category.code), households, func.count())
        .where(col(Ticket.room_id).is_not(None), col(Ticket.kind).in_(("complaint", *BROKEN)))
        .group_by(col(Category.code))
        .having(households >= HOUSEHOLDS)
        .order_by(households.desc(), col(Category.code))
        .limit(most)
    )
    return [Topic(code, int(rooms), int(matters)) for code, rooms, matters in tx.execute(query)]


def places(tx: Tx, scope: Scope, most: int) -> list[Breakdown]:
    """Rooms and common places with two or more breakdowns of one group in the period, most first."""
    times = func.count()
    query = (
        _received(scope, col(Room.code), col(Category.group_code), times, func.max(col(Ticket.received_at)))
        .join(Room, col(Room.id) == col(Ticket.room_id))
        .where(col(Ticket.kind).in_(BROKEN))
        .group_by(col(Room.code), col(Category.group_code))
        .having(times >= BREAKDOWNS)
        .order_by(times.desc(), col(Room.code), col(Category.group_code))
        .limit(most)
    )
    return [Breakdown(place, group, int(n), last) for place, group, n, last in tx.execute(query)]


def _received(scope: Scope, *columns: Any) -> Select[Any]:
    counted: tuple[ColumnElement[bool], ...] = (
        *received_in(scope),
        judging.counts(),
        judging.is_matter(),
    )
    return (
        select(*columns)
        .select_from(Ticket)
        .join(Category, col(Category.id) == col(Ticket.category_id))
        .where(*counted)
    )
