"""One's own inbox: the messages the hub has for the asker, and having read them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from hub import finding
from hub.database import Tx
from hub.deliveries import Delivery
from notifications import outbox
from web.api import paging
from web.api.names import Names
from web.api.paging import Page, Paged
from web.api.steps import RowId
from web.deps import Db, Me, Once
from web.templating import words_of
from web.words import Words

router = APIRouter(prefix="/deliveries", tags=["deliveries"])
LIST = "deliveries"


class DeliveriesWanted(Paged):
    unread: bool = False


class DeliveryOut(BaseModel):
    """One message on the screen, in the reader's words; `state` delivered | read."""

    id: str
    text: str
    ticket: str | None
    urgency: str
    state: str
    created_at: datetime

    @classmethod
    def of(cls, row: Delivery, names: Names, words: Words) -> "DeliveryOut":
        return cls(
            id=str(row.id),
            text=words.gettext(row.text, **row.params),
            ticket=names.ticket(row.ticket_id),
            urgency=row.urgency,
            state=row.state,
            created_at=row.created_at,
        )


class ReadOut(BaseModel):
    id: str
    state: str


@router.get("")
def find(wanted: Annotated[DeliveriesWanted, Query()], request: Request, me: Me, db: Db) -> Page[DeliveryOut]:
    """The asker's messages, newest first."""

    def look(tx: Tx) -> Page[DeliveryOut]:
        rows = finding.messages(tx, me, wanted.unread, wanted.after(LIST, int), wanted.limit + 1)
        shown, next_cursor = paging.cut(LIST, rows, wanted.limit, lambda row: row.id)
        names = Names(tx)
        items = [DeliveryOut.of(row, names, words_of(request)) for row in shown]
        return Page(items=items, next_cursor=next_cursor)

    return db.read(look)


@router.post("/{id}/reading")
def read(id: RowId, me: Me, db: Db, once: Once) -> ReadOut:
    """The asker has read this message."""

    def step(tx: Tx) -> ReadOut:
        assert me.staff_id is not None
        outbox.read(tx, me.staff_id, int(id))
        return ReadOut(id=id, state="read")

    return db.write(step, once)
