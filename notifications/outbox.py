"""The outbox: turns pending events into deliveries, one per person, exactly once.

For now every delivery goes to the screen, which cannot fail: it is there when the person looks. Nothing
pretends to have been sent by another way.
"""

from sqlmodel import col, select

from hub import clock, deliveries
from hub.database import Database, Tx
from hub.deliveries import Delivery
from hub.errors import NotFound
from hub.events import KINDS, SPEAK, Event, Pending
from hub.organisation import Staff
from hub.tickets import Ticket
from notifications import audience

BATCH = 100
SCREEN = "screen"


def drain(database: Database) -> int:
    """Work every pending event that must be spoken of. Answers how many there were."""
    worked = 0
    while count := database.write(_batch):
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


def _batch(tx: Tx) -> int:
    """Claim and work one batch; the deliveries and the end of the pending rows are one transaction."""
    claimed = tx.scalars(
        select(Pending)
        .where(Pending.consumer == SPEAK)
        .order_by(col(Pending.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for pending in claimed:
        _speak(tx, tx.get_one(Event, pending.event_id))
        tx.delete(pending)
    return len(claimed)


def _speak(tx: Tx, event: Event) -> None:
    ticket = tx.get(Ticket, event.ticket_id) if event.ticket_id is not None else None
    about = {"number": ticket.number} if ticket else {"number": "", **_texts(event)}
    for staff_id in audience.hearers(tx, event):
        tx.add(
            Delivery(
                event_id=event.id,
                staff_id=staff_id,
                office_id=event.office_id,
                ticket_id=event.ticket_id,
                channel=SCREEN,
                urgency="urgent" if ticket and audience.is_urgent(ticket) else "normal",
                text=KINDS[event.kind].says,
                params={"by": _name(tx, event.by_id), "kind": event.kind, **about},
                state="delivered",
                created_at=clock.now(),
                settled_at=None,
            )
        )


def _texts(event: Event) -> dict[str, str]:
    """What an event beside any matter says in its own words: its facts that are text."""
    return {name: value for name, value in event.said.items() if isinstance(value, str)}


def _name(tx: Tx, staff_id: int | None) -> str:
    person = tx.get(Staff, staff_id) if staff_id else None
    return person.name if person else "hub"
