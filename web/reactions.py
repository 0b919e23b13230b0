"""What must be done about an event: one table, kind of event → a verb of dispatch. Nothing else crosses.

Source: house.md (between the wings).
"""

from collections.abc import Callable, Sequence

from sqlmodel import col, select

from dispatch import reaching, survey
from hub import setaside
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
    """Work every event that must be acted upon, one by one. Answers how many there were."""
    worked = 0
    while ids := database.read(_due):
        done = setaside.each(database, REACT, ids, _react)
        if not done:
            break  # another worker has them in hand, or they are set aside
        worked += done
    return worked


def _due(tx: Tx) -> Sequence[int]:
    return tx.scalars(
        select(Pending.id)
        .where(Pending.consumer == REACT, ~setaside.waits(REACT, col(Pending.id)))
        .order_by(col(Pending.id))
        .limit(BATCH)
    ).all()


def _react(pending_id: int, tx: Tx) -> bool:
    pending = tx.exec_one(select(Pending).where(Pending.id == pending_id).with_for_update(skip_locked=True))
    if pending is None:
        return False
    event = tx.get_one(Event, pending.event_id)
    REACTIONS[event.kind](tx, event)
    tx.delete(pending)
    return True
