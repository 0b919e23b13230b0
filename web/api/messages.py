"""Messages to the outside: tell a ticket's customer, see the outbox, say that a person has told them."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dispatch import reaching
from hub import outgoing
from hub.database import Tx
from hub.outgoing import Outgoing
from web.api import paging
from web.api.bounds import Said, Words
from web.api.paging import Page, Paged
from web.api.shapes import TicketOut
from web.api.steps import RowId, TicketNumber, on_ticket
from web.deps import Db, Me, Once

router = APIRouter(tags=["messages"])
LIST = "outbox"


class MessageIn(Said):
    """What the customer is told, by text or read aloud on the telephone."""

    text: Annotated[Words, Field(max_length=reaching.LONGEST)]
    channel: Literal["sms", "voice"] = "sms"


class OutboxWanted(Paged):
    view: Literal["owed", "failed", "kept", "waiting", "sent"] = "owed"


class ToldIn(Said):
    text: Words = ""


class OutgoingOut(BaseModel):
    """One message on its way out; `why` is the last refusal, `owed` that a person has to tell them."""

    id: str
    ticket: str | None
    to: str
    channel: str
    state: str
    body: str
    parts: int
    tries: int
    why: str
    owed: bool
    created_at: datetime

    @classmethod
    def of(cls, one: Outgoing) -> "OutgoingOut":
        row = one.delivery
        return cls(
            id=str(row.id),
            ticket=one.ticket.number if one.ticket else None,
            to=one.to,
            channel=row.channel,
            state=row.state,
            body=row.body,
            parts=row.parts,
            tries=row.tries,
            why=row.why,
            owed=row.is_owed,
            created_at=row.created_at,
        )


class ToldOut(BaseModel):
    id: str
    owed: bool


@router.post("/tickets/{number}/messages")
def tell(number: TicketNumber, said: MessageIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Have the customer of this ticket texted, or rung and read to."""
    return on_ticket(
        db,
        me,
        number,
        once,
        lambda tx, row: reaching.tell(tx, me, row, said.text, said.channel, said.happened_at),
    )


@router.get("/outbox")
def find(wanted: Annotated[OutboxWanted, Query()], me: Me, db: Db) -> Page[OutgoingOut]:
    """The outbox, newest first: what reached nobody, what failed, what is kept, on its way or sent."""

    def look(tx: Tx) -> Page[OutgoingOut]:
        rows = outgoing.messages(tx, me, wanted.view, wanted.after(LIST, int), wanted.limit + 1)
        shown, next_cursor = paging.cut(LIST, rows, wanted.limit, lambda row: row.delivery.id)
        return Page(items=[OutgoingOut.of(row) for row in shown], next_cursor=next_cursor)

    return db.read(look)


@router.post("/outbox/{id}/telling")
def told(id: RowId, said: ToldIn, me: Me, db: Db, once: Once) -> ToldOut:
    """A person has told them otherwise."""

    def step(tx: Tx) -> ToldOut:
        row = reaching.told_by_hand(tx, me, int(id), said.text)
        return ToldOut(id=id, owed=row.is_owed)

    return db.write(step, once)
