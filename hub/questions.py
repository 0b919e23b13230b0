"""What the hub has asked somebody, on which channel, and until when an answer counts: one open at a time.

Without it a message that says "2" means nothing.
Source: house.md (Questions).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, col, select

from hub import clock, setaside
from hub.columns import BigKey, Data, Moment, only_where
from hub.database import Tx

SATISFIED, WHICH, ROOM, NAME = "satisfied", "which", "room", "name"
LAPSED = "lapsed_question"  # the work of placing words whose question nobody answered
_IS_OPEN = text("ended_at IS NULL")


class Question(SQLModel, table=True):
    """One question to one contact point. `options` maps the digits that may be answered to what they mean.

    `held` is what the answer decides about: the words that wait for it. `ended_at` is set by an answer, by
    the next question, or by nobody: then `expires_at` ends it.
    """

    __table_args__ = (
        Index(
            "uq_question_one_open",
            "contact_id",
            "channel",
            unique=True,
            **only_where(_IS_OPEN),
        ),
    )
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    office_id: int = Field(foreign_key="office.id")
    contact_id: int = Field(foreign_key="contact_point.id")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigKey, index=True)
    channel: str
    kind: str
    options: dict[str, Any] = Field(default_factory=dict, sa_type=Data)
    held: dict[str, Any] = Field(default_factory=dict, sa_type=Data)
    asked_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    answer: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


def ask(
    tx: Tx,
    office_id: int,
    contact_id: int,
    channel: str,
    kind: str,
    *,
    ticket_id: int | None = None,
    options: Mapping[str, Any] | None = None,
    held: Mapping[str, Any] | None = None,
    hours: float = 24,
) -> Question:
    """Ask; what was asked before on this channel no longer waits."""
    before = _standing(tx, contact_id, channel)
    if before is not None:
        before.ended_at = clock.now()
        tx.flush()
    row = Question(
        office_id=office_id,
        contact_id=contact_id,
        ticket_id=ticket_id,
        channel=channel,
        kind=kind,
        options=dict(options or {}),
        held=dict(held or {}),
        asked_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=hours),
    )
    tx.add(row)
    tx.flush()
    return row


def waiting(tx: Tx, contact_id: int, channel: str) -> Question | None:
    """The question whose answer still counts."""
    row = _standing(tx, contact_id, channel)
    return row if row is not None and row.expires_at > clock.now() else None


def end(row: Question, answer: str | None = None) -> None:
    """It was answered (or no longer matters, with no answer)."""
    row.answer, row.ended_at = answer, clock.now()


def of_ticket(tx: Tx, ticket_id: int, kind: str) -> list[Question]:
    """What was asked about this ticket, first to last."""
    return list(
        tx.scalars(
            select(Question)
            .where(Question.ticket_id == ticket_id, Question.kind == kind)
            .order_by(col(Question.id))
        )
    )


def lapsed(tx: Tx, kind: str, most: int) -> list[int]:
    """The ids of questions of this kind that nobody answered in their time."""
    return list(
        tx.scalars(
            select(Question.id)
            .where(
                Question.kind == kind,
                col(Question.ended_at).is_(None),
                col(Question.expires_at) <= clock.now(),
                ~setaside.waits(LAPSED, col(Question.id)),
            )
            .order_by(col(Question.id))
            .limit(most)
        )
    )


def _standing(tx: Tx, contact_id: int, channel: str) -> Question | None:
    return tx.exec_one(
        select(Question)
        .where(
            Question.contact_id == contact_id, Question.channel == channel, col(Question.ended_at).is_(None)
        )
        .with_for_update()
    )
