"""Where it comes together (熱點): building by group of categories, and rooms that complain again.

Source: domain.md §7-7 (heat table, repeated complaints), §3.5 (two in 30 days), screens.md (/office).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Room
from hub.statistics import judging
from hub.statistics.scope import Scope
from hub.tickets import Ticket

REPEATED = 2
AGAIN_DAYS = 30


@dataclass(frozen=True)
class Repeat:
    """A room with the same complaint again and again: how often in the last 30 days, and when last."""

    room_id: int
    room: str
    category_id: int
    times: int
    last_at: datetime


def heat(tx: Tx, scope: Scope) -> dict[tuple[int | None, str | None], int]:
    """Matters received, by (building id, category group); None where there is no room or no category."""
    rows = tx.execute(
        select(col(Room.building_id), col(Category.group_code), func.count())
        .select_from(Ticket)
        .outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        .outerjoin(Category, col(Category.id) == col(Ticket.category_id))
        .where(
            col(Ticket.office_id).in_(scope.office_ids),
            col(Ticket.received_at) >= scope.start,
            col(Ticket.received_at) < scope.known_until,
            judging.counts(),
            judging.is_matter(),
        )
        .group_by(col(Room.building_id), col(Category.group_code))
    )
    return {(building, group): int(count) for building, group, count in rows}


def repeated(tx: Tx, office_ids: Sequence[int], at: datetime, most: int = 20) -> list[Repeat]:
    """Rooms with the same complaint twice or more in the 30 days before `at`, the most frequent first."""
    times = func.count()
    rows = tx.execute(
        select(
            col(Room.id), col(Room.code), col(Ticket.category_id), times, func.max(col(Ticket.received_at))
        )
        .select_from(Ticket)
        .join(Room, col(Room.id) == col(Ticket.room_id))
        .where(
            col(Ticket.office_id).in_(office_ids),
            col(Ticket.kind) == "complaint",
            col(Ticket.category_id).is_not(None),
            col(Ticket.received_at) > at - timedelta(days=AGAIN_DAYS),
            col(Ticket.received_at) <= at,
            judging.counts(),
        )
        .group_by(col(Room.id), col(Room.code), col(Ticket.category_id))
        .having(times >= REPEATED)
        .order_by(times.desc(), col(Room.code))
        .limit(most)
    )
    return [
        Repeat(room_id, room, category_id or 0, count, last_at)
        for room_id, room, category_id, count, last_at in rows
    ]
