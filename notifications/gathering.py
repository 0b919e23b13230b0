"""What a batch of events is spoken of with, read a table at a time and not once for every message."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlmodel import SQLModel, col, select

from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Party, Room
from hub.events import Event, EventWords
from hub.orders import Order
from hub.tickets import Ticket

Row = TypeVar("Row", bound=SQLModel)


def gather(tx: Tx, event_ids: Sequence[int]) -> tuple[dict[int, Event], list[SQLModel]]:
    """The events by id, and the rows around them: as long as they are kept, `tx.get` finds them at hand."""
    told = _rows(tx, Event, event_ids)
    tickets = _rows(tx, Ticket, (one.ticket_id for one in told))
    named = (one.said.get("contact") for one in told)
    around: list[SQLModel] = [
        *tickets,
        *_rows(tx, Order, (one.order_id for one in told)),
        *_rows(tx, ContactPoint, [*(one.contact_id for one in tickets), *named]),
        *_rows(tx, Room, (one.room_id for one in tickets)),
        *_rows(tx, Party, (one.party_id for one in tickets)),
        *tx.scalars(select(EventWords).where(col(EventWords.event_id).in_(event_ids))),
    ]
    return {one.id: one for one in told}, around


def _rows(tx: Tx, model: type[Row], ids: Iterable[int | None]) -> list[Row]:
    wanted = {one for one in ids if isinstance(one, int)}
    key = col(model.id)  # type: ignore[attr-defined]
    return list(tx.scalars(select(model).where(key.in_(wanted)))) if wanted else []
