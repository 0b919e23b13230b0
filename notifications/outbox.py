"""The outbox: turns pending events into deliveries, exactly once, and keeps what people did with them."""

from collections.abc import Callable
from functools import partial

from sqlmodel import col, delete, select

from hub import clock, contacts, deliveries
from hub.database import Database, Tx
from hub.deliveries import SCREEN, Delivery
from hub.errors import NotFound
from hub.events import SPEAK, Pending
from hub.rows import later
from notifications.gathering import gather
from notifications.speaking import NOTHING_OPEN, Open, Spoken, speak

__all__ = ["SCREEN", "drain", "read", "read_all"]

BATCH = 25  # short, so that those who take matters in do not wait behind it
Batch = list[tuple[int, list[Spoken]]]  # pending rows, each with what is said of its event


def drain(database: Database, ways: Open = NOTHING_OPEN, is_over: Callable[[], bool] = lambda: False) -> int:
    """Work every pending event that must be spoken of, or until it `is_over`. Answers how many there were."""
    worked = 0
    while not is_over() and (batch := database.read(partial(_thought_over, ways=ways))):
        kept = database.write(partial(_keep, batch=batch))
        if not kept:
            break  # another worker has them in hand
        worked += kept
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


def _thought_over(tx: Tx, ways: Open) -> Batch:
    """The next events to speak of, each with its deliveries. Reads only, so that no writer waits for it."""
    waiting = tx.scalars(
        select(Pending).where(Pending.consumer == SPEAK).order_by(col(Pending.id)).limit(BATCH)
    ).all()
    told, _kept_at_hand = gather(tx, [row.event_id for row in waiting])
    return [(row.id, speak(tx, told[row.event_id], ways)) for row in waiting]


def _keep(tx: Tx, batch: Batch) -> int:
    """Write the deliveries of those events that no other worker took meanwhile. Answers how many events."""
    mine = set(
        tx.scalars(
            select(Pending.id)
            .where(col(Pending.id).in_([pending_id for pending_id, _ in batch]))
            .order_by(col(Pending.id))
            .with_for_update(skip_locked=True)
        )
    )
    for spoken in (one for pending_id, said in batch if pending_id in mine for one in said):
        row = spoken.delivery
        row.contact_id = contacts.keep(tx, spoken.point).id if spoken.point else None
        later(tx, row)
        if row.channel == SCREEN and row.staff_id is not None:
            tx.tell(deliveries.topic(row.staff_id))
    tx.execute(delete(Pending).where(col(Pending.id).in_(mine)))
    return len(mine)
