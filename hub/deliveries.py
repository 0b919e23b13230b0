"""Deliveries (通知): one message to one person on one channel, born of an event.

The states of a message on its way: waiting → sending → sent → delivered → read; `failed` when this channel
will not bring it; `kept` when there is nothing to send it with, so that it only stands on the screen.
Source: domain.md §6 (status ranks), house.md (Delivery).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel, col, select

from hub.columns import BigKey, Data, Moment, only_where
from hub.database import Tx

WAITING, SENDING, SENT, DELIVERED, READ = "waiting", "sending", "sent", "delivered", "read"
FAILED, KEPT = "failed", "kept"
SCREEN = "screen"
CHANNELS = (SCREEN, "push", "sms", "voice", "email", "webhook")
# A message only ever climbs: what comes late, or twice, changes nothing.
RANK = {WAITING: 0, SENDING: 1, SENT: 2, DELIVERED: 3, READ: 4, FAILED: 5, KEPT: 5}
_IS_ON_ITS_WAY = text("state IN ('waiting', 'sending')")
_HAS_REF = text("ref <> ''")
_IS_OWED = text("is_owed")


def topic(staff_id: int | None) -> str:
    """What rings when a message on the screen has come for this person."""
    return f"messages:{staff_id}"


class Delivery(SQLModel, table=True):
    """A message; unique per event, person and step, so a second drain of the same event adds none.

    `person` is staff:7, contact:12 or endpoint:3. `text` is a message of the locale files and `params` its
    places; `body` is what was really sent, written down before the first try, and `handed_at` that try. `way`
    holds the channels still to be tried after this one; `rank` is 0 for an emergency, up to 3. `ref` is the
    provider's number of it. `is_owed`: no channel reached them, a person has to.
    """

    __table_args__ = (
        Index("uq_delivery_event_id_person_step", "event_id", "person", "step", unique=True),
        Index("ix_delivery_staff_id_state", "staff_id", "state"),
        Index("ix_delivery_ticket_id", "ticket_id"),
        Index(
            "ix_delivery_due",
            *("channel", "rank", "next_at"),
            **only_where(_IS_ON_ITS_WAY),
        ),
        Index("uq_delivery_ref", "ref", unique=True, **only_where(_HAS_REF)),
        Index("ix_delivery_owed", "office_id", **only_where(_IS_OWED)),
    )
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    event_id: int = Field(foreign_key="event.id", sa_type=BigKey)
    person: str = ""
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    contact_id: int | None = Field(default=None, foreign_key="contact_point.id")
    endpoint_id: int | None = Field(default=None, foreign_key="webhook_endpoint.id")
    office_id: int | None = Field(default=None, foreign_key="office.id")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigKey)
    step: int = 0
    channel: str
    way: str = ""
    rank: int = 2
    urgency: str = "normal"
    text: str = Field(sa_type=Text)
    params: dict[str, Any] = Field(default_factory=dict, sa_type=Data)
    locale: str = ""
    body: str = Field(default="", sa_type=Text)
    state: str = WAITING
    ref: str = ""
    why: str = ""
    parts: int = 0
    tries: int = 0
    is_owed: bool = False
    is_in_doubt: bool = False
    next_at: datetime | None = Field(default=None, sa_type=Moment)
    claimed_at: datetime | None = Field(default=None, sa_type=Moment)
    claimed_by: str = ""
    handed_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)


def climb(row: Delivery, state: str, at: datetime) -> bool:
    """Take the message to a later state. False, with nothing changed, for one it has passed or ended at."""
    if RANK[state] <= RANK[row.state] or row.state in (READ, FAILED, KEPT):
        return False
    if state == FAILED and row.state == DELIVERED:
        return False  # it has arrived; what comes late is not believed
    row.state, row.settled_at = state, at
    return True


def unread(tx: Tx, staff_id: int, limit: int = 50) -> list[Delivery]:
    """The on-screen messages this person has not read, newest first."""
    return list(
        tx.scalars(
            select(Delivery)
            .where(Delivery.staff_id == staff_id, Delivery.channel == SCREEN, Delivery.state == DELIVERED)
            .order_by(col(Delivery.id).desc())
            .limit(limit)
        )
    )


def by_ref(tx: Tx, ref: str) -> Delivery | None:
    """The message that the provider knows under this number, held by this transaction."""
    return tx.exec_one(
        select(Delivery)
        .where(Delivery.ref == ref, Delivery.ref != "")
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def hold(tx: Tx, delivery_id: int) -> Delivery | None:
    """The message with this id, held by this transaction."""
    return tx.exec_one(
        select(Delivery)
        .where(Delivery.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def of_machines(tx: Tx, before: datetime, most: int) -> Sequence[int]:
    """The ids of what other systems were sent, or not, and what ended before that moment."""
    return tx.scalars(
        select(Delivery.id)
        .where(col(Delivery.endpoint_id).is_not(None), col(Delivery.settled_at) < before)
        .order_by(col(Delivery.id))
        .limit(most)
    ).all()
