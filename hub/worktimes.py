"""What work takes: minutes by category, as the office set it, else as finished orders teach, else by kind.

Learned once a day from real visits: arrival to end, without holds, without what a file only implied.
Source: domain.md §3.3 (limits found); peers.md §5-6 (load is more than a count).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.catalogue import Category
from hub.columns import Moment
from hub.database import Tx
from hub.orders import Hold, Order
from hub.organisation import Office
from hub.tickets import Ticket

BY_KIND = {"emergency": 90, "repair": 60, "complaint": 30, "service": 30, "enquiry": 10, "feedback": 10}
BY_PRIORITY = {"P1": 90, "P2": 60, "P3": 45, "P4": 45}
# An order on hold still costs a thought and a second visit, but nobody stands there meanwhile.
HELD_COUNTS = 0.25
LOOK_BACK = timedelta(days=180)
FEWEST = 5  # visits before their median says anything
SHORTEST, LONGEST = 5, 480


class WorkTime(SQLModel, table=True):
    """The median minutes of one category's visits in an office, and of how many."""

    __tablename__ = "work_time"
    office_id: int = Field(primary_key=True, foreign_key="office.id")
    category_id: int = Field(primary_key=True, foreign_key="category.id")
    minutes: int
    counted: int
    learned_at: datetime = Field(sa_type=Moment)


def expected(
    category: Category | None, priority: str, kind: str | None, learned: dict[int, int] | None = None
) -> int:
    """Minutes a visit of this kind takes: as set, else as learned, else by kind and priority."""
    if category is not None and category.minutes is not None:
        return category.minutes
    if category is not None and learned and category.id in learned:
        return learned[category.id]
    kind = kind or (category.kind if category else None)
    return max(BY_KIND[kind], 90 if priority == "P1" else 0) if kind else BY_PRIORITY[priority]


def learn(tx: Tx, office: Office) -> int:
    """Take the medians of the last months anew. Answers how many categories there is enough of."""
    visits: dict[int, list[float]] = {}
    for category_id, minutes in _visits(tx, office):
        visits.setdefault(category_id, []).append(minutes)
    known = {
        row.category_id: row for row in tx.scalars(select(WorkTime).where(WorkTime.office_id == office.id))
    }
    taught = {category: all_ for category, all_ in visits.items() if len(all_) >= FEWEST}
    for category_id, lengths in taught.items():
        minutes = min(max(round(median(lengths)), SHORTEST), LONGEST)
        row = known.get(category_id)
        if row is None:
            row = WorkTime(
                office_id=office.id,
                category_id=category_id,
                minutes=minutes,
                counted=0,
                learned_at=clock.now(),
            )
            tx.add(row)
        if (row.minutes, row.counted) != (minutes, len(lengths)):
            row.minutes, row.counted, row.learned_at = minutes, len(lengths), clock.now()
    tx.flush()
    return len(taught)


def _visits(tx: Tx, office: Office) -> Iterable[tuple[int, float]]:
    """(category, minutes) of every visit that was seen to begin and to end, and never stood still."""
    held = select(Hold.id).where(Hold.order_id == Order.id)
    rows = tx.execute(
        select(Ticket.category_id, Order.arrived_at, Order.done_at)
        .join(Ticket, col(Ticket.id) == col(Order.ticket_id))
        .where(
            Ticket.office_id == office.id,
            col(Ticket.received_at) >= clock.now() - LOOK_BACK,
            col(Ticket.category_id).is_not(None),
            ~col(Ticket.is_imported),
            Order.status == "done",
            col(Order.arrived_at).is_not(None),
            ~held.exists(),
        )
    )
    for category_id, arrived_at, done_at in rows:
        yield category_id, (done_at - arrived_at).total_seconds() / 60
