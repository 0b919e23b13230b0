"""The outbox: turns pending events into deliveries, exactly once, and keeps what people did with them."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from sqlmodel import col, delete, select

from hub import clock, contacts, deliveries, setaside
from hub.database import Database, Tx
from hub.deliveries import SCREEN, Delivery
from hub.errors import NotFound
from hub.events import SPEAK, Pending
from hub.rows import anew, later
from notifications.gathering import gather
from notifications.speaking import NOTHING_OPEN, Open, Spoken, speak

log = logging.getLogger(__name__)

__all__ = ["SCREEN", "drain", "prune", "read", "read_all"]

BATCH = 50  # short, so that those who take matters in do not wait behind it
KEPT_FOR = timedelta(days=30)  # what machines were sent; the event itself stays
AT_ONCE = 500
Batch = list[tuple[int, list[Spoken]]]  # pending rows, each with what is said of its event


def drain(database: Database, ways: Open = NOTHING_OPEN, is_over: Callable[[], bool] = lambda: False) -> int:
    """Work every pending event that must be spoken of, or until it `is_over`. Answers how many there were."""
    worked = 0
    while not is_over() and (ids := database.read(_due)):
        kept = _together(database, ids, ways)
        if not kept:
            break  # another worker has them in hand, or they are set aside
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


def prune(database: Database) -> int:
    """Forget what other systems were sent long ago: every event makes one for each. Answers how many."""
    pruned, before = 0, clock.now() - KEPT_FOR
    while old := database.read(lambda tx: deliveries.of_machines(tx, before, AT_ONCE)):
        database.write(partial(_forget, old))
        pruned += len(old)
    return pruned


def _forget(ids: Sequence[int], tx: Tx) -> None:
    tx.execute(delete(Delivery).where(col(Delivery.id).in_(ids)))


def _due(tx: Tx) -> Sequence[int]:
    """The next pending rows to speak of: emergencies first, then in the order they were written."""
    return tx.scalars(
        select(Pending.id)
        .where(Pending.consumer == SPEAK, ~setaside.waits(SPEAK, col(Pending.id)))
        .order_by(col(Pending.priority), col(Pending.id))
        .limit(BATCH)
    ).all()


def _together(database: Database, ids: Sequence[int], ways: Open) -> int:
    """Speak of these events at once; where that fails, of one after the other, and one that fails waits."""
    try:
        return _work(database, ids, ways)
    except Exception:
        log.exception("one of %s events cannot be spoken of", len(ids))
    return sum(setaside.one(database, SPEAK, one, partial(_work, database, [one], ways)) for one in ids)


def _work(database: Database, ids: Sequence[int], ways: Open) -> int:
    batch = database.read(partial(_thought_over, ids=ids, ways=ways))
    return database.write(partial(_keep, batch=batch))


def _thought_over(tx: Tx, ids: Sequence[int], ways: Open) -> Batch:
    """These events, each with its deliveries. Reads only, so that no writer waits for it."""
    waiting = tx.scalars(select(Pending).where(col(Pending.id).in_(ids)).order_by(col(Pending.id))).all()
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
        row = anew(spoken.delivery)
        row.contact_id = contacts.keep(tx, spoken.point).id if spoken.point else None
        later(tx, row)
        if row.channel == SCREEN and row.staff_id is not None:
            tx.tell(deliveries.topic(row.staff_id))
    tx.execute(delete(Pending).where(col(Pending.id).in_(mine)))
    setaside.forget(SPEAK, mine, tx)
    return len(mine)
