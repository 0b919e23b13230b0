"""The record of a ticket, as its readers may see it: ids become names, erased words are shown as erased."""

import json
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from sqlmodel import col, select

from hub import access, events
from hub.database import Tx
from hub.events import Event, EventWords
from hub.orders import Order
from hub.organisation import Staff
from web.api import paging
from web.api.names import Names
from web.api.paging import ByPage, Page
from web.api.steps import TicketNumber
from web.deps import Db, Me

router = APIRouter(prefix="/tickets", tags=["record"])
LIST = "events"
# facts that name a person, a department or a room by its id
_PEOPLE = ("owner", "worker", "was", "received_by", "approved_by", "follower", "staff")


class Erased(BaseModel):
    at: datetime
    by: str | None
    basis: str


class EventOut(BaseModel):
    """One fact. `words` are the personal ones; after an erasure they are null and `erased` says why."""

    seq: int
    kind: str
    by: str | None
    order: str | None
    happened_at: datetime
    recorded_at: datetime
    facts: dict[str, Any]
    words: dict[str, Any] | None
    erased: Erased | None
    hash: str


@router.get("/{number}/events")
def read(number: TicketNumber, paged: ByPage, me: Me, db: Db) -> Page[EventOut]:
    """Every fact of the ticket, first to last; `by` null means the hub itself."""

    def look(tx: Tx) -> Page[EventOut]:
        ticket = access.ticket(tx, me, number)
        rows = tx.execute(
            select(Event, EventWords)
            .outerjoin(EventWords, col(EventWords.event_id) == col(Event.id))
            .where(
                Event.stream == events.stream_of_ticket(ticket.id),
                Event.seq > (paged.after(LIST, int) or 0),
            )
            .order_by(col(Event.seq))
            .limit(paged.limit + 1)
        ).all()
        shown, next_cursor = paging.cut(LIST, rows, paged.limit, lambda row: row[0].seq)
        return Page(items=_drawn(tx, [(row[0], row[1]) for row in shown]), next_cursor=next_cursor)

    return db.read(look)


def _drawn(tx: Tx, rows: list[tuple[Event, EventWords | None]]) -> list[EventOut]:
    names = Names(tx)
    names.load({Staff: [e.by_id for e, _ in rows], Order: [e.order_id for e, _ in rows]})
    return [_one(event, kept, names) for event, kept in rows]


def _one(event: Event, kept: EventWords | None, names: Names) -> EventOut:
    erased = _erased(kept, names)
    return EventOut(
        seq=event.seq,
        kind=event.kind,
        by=names.login(event.by_id),
        order=names.order(event.order_id),
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        facts={name: _named(name, value, names) for name, value in event.said.items()},
        words=json.loads(kept.words) if kept and kept.words and not erased else None,
        erased=erased,
        hash=event.hash,
    )


def _erased(kept: EventWords | None, names: Names) -> Erased | None:
    if kept is None or kept.erased_at is None:
        return None
    return Erased(at=kept.erased_at, by=names.login(kept.erased_by), basis=kept.basis)


def _named(name: str, value: Any, names: Names) -> Any:
    if name in _PEOPLE and isinstance(value, list):
        return [_named(name, one, names) for one in value]
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    if name in _PEOPLE:
        return names.login(value)
    if name == "department":
        return names.department(value)
    return names.room(value) if name == "room" else value
