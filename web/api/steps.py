"""How a verb is reached over HTTP: find what one may see, take one step, answer what stands now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

from hub import access, numbers
from hub.access import Actor
from hub.database import Database, Tx
from hub.errors import BadInput, NotFound
from hub.idempotency import Key
from hub.orders import Order
from hub.tickets import Ticket
from web.api.shapes import TicketOut
from web.api.work_shapes import OrderOut

LARGEST_ID = 2**31 - 1


def _of_ticket(number: str) -> str:
    if not numbers.is_number(number) or len(number) > 20:
        raise NotFound("there is no such ticket")
    return number


def _of_order(number: str) -> str:
    ticket, _, seq = number.partition("-")
    if not numbers.is_number(ticket) or not (seq.isascii() and seq.isdigit()) or len(number) > 30:
        raise NotFound("there is no such order")
    return number


def _of_row(id: str) -> str:
    if not (id.isascii() and id.isdigit()) or int(id[:11]) > LARGEST_ID:
        raise NotFound("there is no such thing")
    return id


# What is in no number of ours is not a bad field: there is no such thing.
TicketNumber = Annotated[str, AfterValidator(_of_ticket), Path(examples=["100000012"])]
OrderNumber = Annotated[str, AfterValidator(_of_order), Path(examples=["100000012-1"])]
RowId = Annotated[str, AfterValidator(_of_row), Path(examples=["7"])]


def on_ticket(
    db: Database, me: Actor, number: str, key: Key | None, verb: Callable[[Tx, Ticket], object]
) -> TicketOut:
    """Take one step on a ticket and answer how it stands then."""

    def step(tx: Tx) -> TicketOut:
        found = access.ticket(tx, me, number)
        verb(tx, found)
        return TicketOut.of(tx, found)

    return db.write(step, key)


def on_order(
    db: Database, me: Actor, number: str, key: Key | None, verb: Callable[[Tx, Order], Order]
) -> OrderOut:
    """Take one step on an order and answer the order that stands then."""
    return db.write(lambda tx: OrderOut.of(tx, verb(tx, access.order(tx, me, number))), key)


@contextmanager
def naming(field: str) -> Iterator[None]:
    """What is not found here was named in this field of the body: a bad field, not a missing address."""
    try:
        yield
    except NotFound as missing:
        raise BadInput(field, missing.message, **missing.params) from None


@contextmanager
def under(place: str) -> Iterator[None]:
    """An order's fields stand under another name in this body: `to.worker` is `dispatch.worker` here."""
    try:
        yield
    except BadInput as wrong:
        raise BadInput.of({_moved(field, place): why for field, why in wrong.fields.items()}) from None


def _moved(field: str, place: str) -> str:
    if field == "lead":
        return f"{place}.lead"
    head, dot, rest = field.partition(".")
    return f"{place}.{rest}" if head == "to" and dot else field
