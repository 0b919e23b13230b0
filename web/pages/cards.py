"""Order cards: an order with everything a person in the field must see beside it, read in four look-ups."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from hub import catalogue, clock
from hub.access import Actor, orders_seen
from hub.catalogue import Category
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Building, Room
from hub.orders import Hold, Order
from hub.organisation import Department, Office, Staff
from hub.promises import Promise
from hub.tickets import Ticket


@dataclass(frozen=True)
class Due:
    """A promise as its clock is drawn."""

    promise: Promise

    @property
    def warn_at(self) -> datetime | None:
        return self.promise.warn_at

    @property
    def state(self) -> str:
        """running, at_risk, overdue or paused, now."""
        if self.promise.paused_at is not None:
            return "paused"
        now = clock.now()
        if now > self.promise.due_at:
            return "overdue"
        return "at_risk" if self.warn_at and now >= self.warn_at else "running"

    @property
    def rank(self) -> tuple[bool, datetime]:
        """Sorts the promise that falls first to the front; a paused one waits behind."""
        return (self.promise.paused_at is not None, self.promise.due_at)


@dataclass(frozen=True)
class Card:
    """One order as the field sees it; `dues` soonest first, `call` the number to tap."""

    order: Order
    ticket: Ticket
    department: Department
    worker: Staff | None
    room: Room | None
    building: Building | None
    contact: ContactPoint | None
    category: Category | None
    hold: Hold | None
    dues: tuple[Due, ...]

    @property
    def call(self) -> str:
        """The number to ring: as the exchange takes it where it could be read, else as it was said."""
        return self.contact.value if self.contact else "".join(self.ticket.caller_phone.split())

    @property
    def next_due(self) -> Due | None:
        return next(iter(self.dues), None)

    @property
    def worst(self) -> str:
        """overdue, at_risk, running, paused, or "" without a running promise."""
        states = {due.state for due in self.dues}
        return next((s for s in ("overdue", "at_risk", "running", "paused") if s in states), "")

    @property
    def late(self) -> tuple[Due, ...]:
        """The promises that are broken or about to be, worst first."""
        return tuple(due for due in self.dues if due.state in ("overdue", "at_risk"))

    @property
    def rank(self) -> tuple[bool, datetime, int]:
        """Sorts by promise, the most pressing first."""
        due = self.next_due
        paused, at = due.rank if due else (True, self.order.issued_at)
        return (paused, at, self.order.id)


def of(tx: Tx, me: Actor, office: Office, *where: ColumnElement[bool]) -> list[Card]:
    """The cards of the orders this person may see and that fit, the most pressing first."""
    # put in order here: asked for it, SQLite goes through every order there ever was
    found = sorted(tx.execute(_wide().where(orders_seen(me), *where)), key=lambda row: row[0].id)
    ids = [row[0].id for row in found]
    dues, holds = _dues(tx, ids), _holds(tx, ids)
    book = catalogue.of(tx, office).by_id
    return sorted((_card(row, book, holds, dues) for row in found), key=lambda card: card.rank)


def _wide() -> Select[Any, Any, Any, Any, Any, Any, Any]:
    return (
        select(Order, Ticket, Department, Staff, Room, Building, ContactPoint)
        .join(Ticket, col(Ticket.id) == col(Order.ticket_id))
        .join(Department, col(Department.id) == col(Order.department_id))
        .outerjoin(Staff, col(Staff.id) == col(Order.worker_id))
        .outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        .outerjoin(Building, col(Building.id) == col(Room.building_id))
        .outerjoin(ContactPoint, col(ContactPoint.id) == col(Ticket.contact_id))
    )


def _card(
    row: Sequence[Any], book: dict[int, Category], holds: dict[int, Hold], dues: dict[int, list[Due]]
) -> Card:
    order, ticket, department, worker, room, building, contact = row
    return Card(
        order,
        ticket,
        department,
        worker,
        room,
        building,
        contact,
        book.get(ticket.category_id or 0),
        holds.get(order.id),
        tuple(sorted(dues.get(order.id, ()), key=lambda due: due.rank)),
    )


def _dues(tx: Tx, order_ids: Iterable[int]) -> dict[int, list[Due]]:
    found: dict[int, list[Due]] = {}
    running = select(Promise).where(
        col(Promise.order_id).in_(order_ids), col(Promise.kept_at).is_(None), col(Promise.ended_at).is_(None)
    )
    for promise in tx.scalars(running):
        found.setdefault(promise.order_id or 0, []).append(Due(promise))
    return found


def _holds(tx: Tx, order_ids: Iterable[int]) -> dict[int, Hold]:
    standing = select(Hold).where(col(Hold.order_id).in_(order_ids), col(Hold.ends_at).is_(None))
    return {hold.order_id: hold for hold in tx.scalars(standing)}
