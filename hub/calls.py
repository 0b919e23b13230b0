"""Telephone calls that came in: who rings, where in the menu they are, and what became of it.

Source: domain.md §6 (inbound voice, call states); screens.md (incoming-call strip).
"""

from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, select

from hub import clock, setaside
from hub.columns import BigKey, Moment
from hub.database import Tx

# where a caller is: hears the menu, is put through, speaks to somebody, speaks to the tape, has gone
PLACES = ("ringing", "menu", "duty", "clerk", "talking", "message", "progress", "ended")
WANTS = ("emergency", "matter", "progress", "clerk")
SHOWN_FOR = timedelta(minutes=30)  # a call nobody has ended by then is over


class Call(SQLModel, table=True):
    """One call by its carrier's id. `wanted` is what the caller chose; `settled` what came of it."""

    __tablename__ = "phone_call"
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    sid: str = Field(unique=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    contact_id: int | None = Field(default=None, foreign_key="contact_point.id", index=True)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigKey, index=True)
    place: str = "ringing"
    wanted: str = ""
    speech: str = ""
    is_answered: bool = False
    is_told: bool = False
    began_at: datetime = Field(sa_type=Moment)
    moved_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


def by_sid(tx: Tx, sid: str) -> Call | None:
    """The call with this id, held by this transaction."""
    return tx.exec_one(select(Call).where(Call.sid == sid).with_for_update())


def of_ticket(tx: Tx, ticket_id: int) -> list[Call]:
    """The calls this ticket came of, or was spoken of in."""
    return list(tx.scalars(select(Call).where(Call.ticket_id == ticket_id).order_by(col(Call.id))))


def running(tx: Tx, office_id: int) -> list[Call]:
    """The calls that are on the line now, the newest first."""
    return list(
        tx.scalars(
            select(Call)
            .where(
                Call.office_id == office_id,
                col(Call.ended_at).is_(None),
                col(Call.began_at) > clock.now() - SHOWN_FOR,
            )
            .order_by(col(Call.id).desc())
        )
    )


def forgotten(tx: Tx, work: str, most: int) -> list[int]:
    """Calls whose end nobody told us of, but those that this work has set aside."""
    return list(
        tx.scalars(
            select(Call.id)
            .where(
                col(Call.ended_at).is_(None),
                col(Call.moved_at) <= clock.now() - SHOWN_FOR,
                ~setaside.waits(work, col(Call.id)),
            )
            .order_by(col(Call.id))
            .limit(most)
        )
    )
