"""Deliveries (通知): one message to one person on one channel, born of an event."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col, select

from hub.columns import BigKey, Data, Moment
from hub.database import Tx


def topic(staff_id: int | None) -> str:
    """What rings when a message on the screen has come for this person."""
    return f"messages:{staff_id}"


class Delivery(SQLModel, table=True):
    """A message; unique per event, person and step, so a second drain of the same event adds none.

    `text` is a message of the locale files and `params` its places; `state` is waiting, sending, sent,
    delivered, read or failed.
    """

    __table_args__ = (
        Index("uq_delivery_event_id_staff_id_step", "event_id", "staff_id", "step", unique=True),
        Index("ix_delivery_staff_id_state", "staff_id", "state"),
    )
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    event_id: int = Field(foreign_key="event.id", sa_type=BigKey)
    staff_id: int = Field(foreign_key="staff.id")
    office_id: int | None = Field(default=None, foreign_key="office.id")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigKey)
    step: int = 0
    channel: str
    urgency: str = "normal"
    text: str
    params: dict[str, Any] = Field(default_factory=dict, sa_type=Data)
    state: str = "waiting"
    created_at: datetime = Field(sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)


def unread(tx: Tx, staff_id: int, limit: int = 50) -> list[Delivery]:
    """The on-screen messages this person has not read, newest first."""
    return list(
        tx.scalars(
            select(Delivery)
            .where(Delivery.staff_id == staff_id, Delivery.channel == "screen", Delivery.state == "delivered")
            .order_by(col(Delivery.id).desc())
            .limit(limit)
        )
    )
