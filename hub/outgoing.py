"""What is on its way out, what did not arrive, who is owed a word: for desk, API and watchman."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from hub import clock, deliveries, finding
from hub.access import Actor
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.deliveries import DELIVERED, FAILED, KEPT, READ, SCREEN, SENDING, SENT, WAITING, Delivery
from hub.errors import NotFound
from hub.organisation import Staff
from hub.tickets import Ticket

MORNING = timedelta(hours=24)
VIEWS = ("owed", "failed", "kept", "waiting", "sent")
_STATES = {
    "failed": (FAILED,),
    "kept": (KEPT,),
    "waiting": (WAITING, SENDING),
    "sent": (SENT, DELIVERED, READ),
}


@dataclass(frozen=True)
class Outgoing:
    """One message with the matter it speaks of and whom it goes to."""

    delivery: Delivery
    ticket: Ticket | None
    staff: Staff | None
    contact: ContactPoint | None

    @property
    def to(self) -> str:
        """Whom it goes to: one of our people by name, a customer by the number or address."""
        return self.staff.name if self.staff else self.contact.value if self.contact else ""


def messages(tx: Tx, me: Actor, view: str, before: int | None, limit: int) -> list[Outgoing]:
    """The messages of one view in the offices where the asker may tell customers, newest first.

    `owed` are those that reached nobody and wait for a person, however old; the others are of the last day.
    """
    query = (
        select(Delivery, Ticket, Staff, ContactPoint)
        .outerjoin(Ticket, col(Ticket.id) == col(Delivery.ticket_id))
        .outerjoin(Staff, col(Staff.id) == col(Delivery.staff_id))
        .outerjoin(ContactPoint, col(ContactPoint.id) == col(Delivery.contact_id))
        .where(*_seen(tx, me), _view(view))
        .order_by(col(Delivery.id).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Delivery.id < before)
    return [Outgoing(*row) for row in tx.execute(query)]


def owed(tx: Tx, me: Actor, delivery_id: int) -> Delivery:
    """A message that reached nobody, held by this transaction, for one who may tell the customers there.

    Raises NotFound.
    """
    row = deliveries.hold(tx, delivery_id)
    found = row is not None and row.is_owed and row.ticket_id is not None
    if row is None or not found or row.office_id not in _offices(tx, me):
        raise NotFound("there is no such message")
    return row


def counts(tx: Tx, me: Actor) -> dict[str, int]:
    """How many messages each view holds."""
    seen = _seen(tx, me)
    return {
        view: tx.scalars(select(func.count(col(Delivery.id))).where(*seen, _view(view))).one()
        for view in VIEWS
    }


def oldest_due(tx: Tx) -> datetime | None:
    """Since when the oldest message that is due has waited for a provider; None when none does."""
    return tx.scalars(
        select(Delivery.next_at)
        .where(col(Delivery.state).in_((WAITING, SENDING)), col(Delivery.next_at) <= clock.now())
        .order_by(col(Delivery.next_at))
        .limit(1)
    ).first()


def by_state(tx: Tx) -> list[tuple[str, str, int]]:
    """How many messages of the last day stand where: (channel, state, count)."""
    rows = tx.execute(
        select(col(Delivery.channel), col(Delivery.state), func.count(col(Delivery.id)))
        .where(Delivery.created_at >= clock.now() - MORNING)
        .group_by(col(Delivery.channel), col(Delivery.state))
    )
    return [(str(channel), str(state), int(count)) for channel, state, count in rows]


def _seen(tx: Tx, me: Actor) -> tuple[ColumnElement[bool], ...]:
    return (col(Delivery.office_id).in_(_offices(tx, me)), col(Delivery.channel) != SCREEN)


def _offices(tx: Tx, me: Actor) -> list[int]:
    return [office.id for office in finding.offices(tx, me, "tell")]


def _view(view: str) -> ColumnElement[bool]:
    if view == "owed":
        return col(Delivery.is_owed).is_(True)
    fresh = col(Delivery.created_at) >= clock.now() - MORNING
    return col(Delivery.state).in_(_STATES[view]) & fresh
