"""Who has a ticket open now, as a lease: whoever stops renewing it is gone.

A convenience for two agents on one matter, no fact: it stands in no event and in no backup's figures.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import BigKey, Moment
from hub.database import Tx
from hub.organisation import Staff

LEASE_SECONDS = 60


class Presence(SQLModel, table=True):
    """One page of one person with this ticket open, until when unless renewed; `page` names the socket."""

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_type=BigKey)
    page: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    until: datetime = Field(sa_type=Moment, index=True)


def topic(ticket_id: int) -> str:
    """What rings when somebody opens or leaves the ticket: apart from "ticket:7", for nothing has changed."""
    return f"here:{ticket_id}"


def enter(tx: Tx, ticket_id: int, staff_id: int, page: str) -> None:
    """This page has the ticket open for the next LEASE_SECONDS."""
    insert = sqlite.insert if tx.database.is_sqlite else postgresql.insert
    until = clock.now() + timedelta(seconds=LEASE_SECONDS)
    statement = insert(Presence).values(ticket_id=ticket_id, page=page, staff_id=staff_id, until=until)
    tx.execute(statement.on_conflict_do_update(index_elements=["ticket_id", "page"], set_={"until": until}))
    tx.tell(topic(ticket_id))


def renew(tx: Tx, pages: Sequence[str]) -> None:
    """These pages are still there; those of dead processes are swept away."""
    present = clock.now()
    until = present + timedelta(seconds=LEASE_SECONDS)
    tx.execute(update(Presence).where(col(Presence.page).in_(pages)).values(until=until))
    tx.execute(delete(Presence).where(col(Presence.until) <= present))


def leave(tx: Tx, ticket_id: int, page: str) -> None:
    """The page has closed, or shows another ticket."""
    tx.execute(delete(Presence).where(col(Presence.ticket_id) == ticket_id, col(Presence.page) == page))
    tx.tell(topic(ticket_id))


def others(tx: Tx, ticket_id: int, staff_id: int | None) -> Sequence[Staff]:
    """Who else has the ticket open, each once, in the order of their names."""
    here = select(Presence.staff_id).where(
        Presence.ticket_id == ticket_id, Presence.until > clock.now(), Presence.staff_id != staff_id
    )
    return tx.scalars(select(Staff).where(col(Staff.id).in_(here)).order_by(col(Staff.name))).all()
