"""What must be done about an event: one table, kind of event → a verb of dispatch. Nothing else crosses.

Source: house.md (between the wings).
"""

from collections.abc import Callable

from sqlmodel import col, select

from dispatch import reaching, survey
from hub.database import Database, Tx
from hub.events import REACT, Event, Pending

BATCH = 50


def _undelivered(tx: Tx, event: Event) -> None:
    """A person takes over: rings where the question was not put, else tells what was to be told."""
    if not survey.unasked(tx, event):
        reaching.hand_to_person(tx, event)


REACTIONS: dict[str, Callable[[Tx, Event], object]] = {
    "undelivered": _undelivered,
}


def drain(database: Database) -> int:
    """Work every event that must be acted upon. Answers how many there were."""
    worked = 0
    while count := database.write(_batch):
        worked += count
    return worked


def _batch(tx: Tx) -> int:
    claimed = tx.scalars(
        select(Pending)
        .where(Pending.consumer == REACT)
        .order_by(col(Pending.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for pending in claimed:
        event = tx.get_one(Event, pending.event_id)
        REACTIONS[event.kind](tx, event)
        tx.delete(pending)
    return len(claimed)
