"""My messages (/messages): what the hub told me on this screen, with a bell that counts the unread.

Source: seed K1.4 (the centre emits to whoever must know), K5.4 (the relaying employee hears the outcome).
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import ColumnElement, func
from sqlalchemy import select as rows
from sqlmodel import col, select
from starlette.responses import Response

from hub import access, deliveries
from hub.access import Actor, orders_seen
from hub.database import Tx
from hub.deliveries import Delivery
from hub.events import Event
from hub.orders import Order
from hub.tickets import Ticket
from notifications import outbox
from web.deps import Db
from web.live.views import Seen, View
from web.pages.shell import Reader, SignedIn
from web.session import inward
from web.templating import render

router = APIRouter(prefix="/messages", include_in_schema=False)

MOST = 100
UNREAD = "delivered"


def _mine_alone(tx: Tx, me: Actor, _: str) -> Seen:
    return Seen(me.staff_id or 0, deliveries.topic(me.staff_id), access.home(tx, me).zone)


VIEWS = {"messages": View(_mine_alone, beat=None)}


@dataclass(frozen=True)
class Message:
    """One message, with the matter it speaks of and where that is seen by this person ("" when nowhere)."""

    delivery: Delivery
    item: str
    href: str

    @property
    def is_unread(self) -> bool:
        return self.delivery.state == UNREAD


@router.get("")
def my_messages(request: Request, reader: Reader, db: Db) -> Response:
    """The latest messages, unread first."""
    found = db.read(lambda tx: _messages(tx, reader))
    unread = sum(one.is_unread for one in found)
    may_tell = reader.me.may("tell", reader.office.id)
    return render(request, "messages/page.html", messages=found, unread=unread, may_tell=may_tell)


@router.get("/bell")
def bell(request: Request, reader: Reader, db: Db) -> Response:
    """The bell of the page's head with the count of the unread, asked for anew every half minute."""
    return render(request, "messages/_bell.html", bell_count=db.read(lambda tx: _count(tx, reader)))


@router.post("/{delivery_id}/read")
def read(delivery_id: int, reader: Reader, db: Db, next: Annotated[str, Form()] = "/messages") -> Response:
    """Read: and on to the matter it speaks of. Another person's message is not found."""
    db.write(lambda tx: outbox.read(tx, reader.me.staff_id or 0, delivery_id))
    return RedirectResponse(inward(next), 303)


@router.post("/read")
def read_all(reader: Reader, db: Db) -> Response:
    """Everything is read."""
    db.write(lambda tx: outbox.read_all(tx, reader.me.staff_id or 0))
    return RedirectResponse("/messages", 303)


def _count(tx: Tx, reader: SignedIn) -> int:
    unread = select(func.count()).where(*_mine(reader), Delivery.state == UNREAD)
    return tx.scalars(unread).one()


def _messages(tx: Tx, reader: SignedIn) -> list[Message]:
    query = (
        rows(Delivery, Ticket, Order)
        .join(Event, col(Event.id) == col(Delivery.event_id))
        .outerjoin(Ticket, col(Ticket.id) == col(Delivery.ticket_id))
        .outerjoin(Order, (col(Order.id) == col(Event.order_id)) & orders_seen(reader.me))
        .where(*_mine(reader))
        .order_by(col(Delivery.state) != UNREAD, col(Delivery.id).desc())
        .limit(MOST)
    )
    return [_message(reader, *row) for row in tx.execute(query)]


def _message(reader: SignedIn, delivery: Delivery, ticket: Ticket | None, order: Order | None) -> Message:
    href = f"/t/{ticket.number}" if ticket is not None else ""
    if "report" in delivery.params:
        href = f"/office/reports/{delivery.params['report']}"
    if order is not None and order.worker_id == reader.me.staff_id:
        href = f"/mine/{order.number}"
    return Message(delivery, ticket.item if ticket else "", href)


def _mine(reader: SignedIn) -> tuple[ColumnElement[bool], ...]:
    return (col(Delivery.staff_id) == reader.me.staff_id, col(Delivery.channel) == outbox.SCREEN)
