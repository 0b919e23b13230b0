"""The outbox: turns pending events into deliveries, exactly once, and keeps what people did with them."""

from functools import partial

from sqlmodel import col, select

from hub import clock, deliveries
from hub.database import Database, Tx
from hub.deliveries import SCREEN, Delivery
from hub.errors import NotFound
from hub.events import SPEAK, Event, Pending
from notifications.speaking import NOTHING_OPEN, Open, speak

__all__ = ["SCREEN", "drain", "read", "read_all"]

BATCH = 100


def drain(database: Database, ways: Open = NOTHING_OPEN) -> int:
    """Work every pending event that must be spoken of. Answers how many there were."""
    worked = 0
    while count := database.write(partial(_batch, ways=ways)):
        worked += count
    return worked


def read(tx: Tx, staff_id: int, delivery_id: int) -> None:
    """The person has read this message. Raises NotFound for another person's."""
    row = tx.get(Delivery, delivery_id)
    if row is None or row.staff_id != staff_id:
        raise NotFound("there is no such message")
    row.state, row.settled_at = "read", clock.now()


def read_all(tx: Tx, staff_id: int) -> int:
    """The person has read everything. Answers how many that were."""
    waiting = deliveries.unread(tx, staff_id, limit=10_000)
    for row in waiting:
        row.state, row.settled_at = "read", clock.now()
    return len(waiting)


def _batch(tx: Tx, ways: Open) -> int:
    """Claim and work one batch; the deliveries and the end of the pending rows are one transaction."""
    claimed = tx.scalars(
        select(Pending)
        .where(Pending.consumer == SPEAK)
        .order_by(col(Pending.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for pending in claimed:
        speak(tx, tx.get_one(Event, pending.event_id), ways)
        tx.delete(pending)
    return len(claimed)
