"""Who else a ticket concerns: the staff who want to hear of it, and the tickets it is joined to.

Source: seed K5.4 (the relaying employee hears the outcome).
"""

from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Field, SQLModel, col, select

from hub import clock, tickets
from hub.columns import BigKey, Moment
from hub.database import Tx
from hub.tickets import Ticket


class Follower(SQLModel, table=True):
    """A member of the staff who wants to hear of this ticket; the relaying employee always does (K5.4)."""

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_type=BigKey)
    # whose screens it is on is asked with every list
    staff_id: int = Field(primary_key=True, foreign_key="staff.id", index=True)


class Link(SQLModel, table=True):
    """Two tickets that belong together: `duplicate_of`, `continues`, `related`."""

    ticket_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_type=BigKey)
    other_id: int = Field(primary_key=True, foreign_key="ticket.id", sa_type=BigKey, index=True)
    kind: str = "related"
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    since: datetime = Field(sa_type=Moment)


def follow(tx: Tx, ticket: Ticket, staff_id: int) -> bool:
    """Let a member of the staff hear of this ticket. True when that is new."""
    if tx.get(Follower, (ticket.id, staff_id)):
        return False
    tx.add(Follower(ticket_id=ticket.id, staff_id=staff_id))
    tx.flush()
    tickets.stir(tx, ticket.id, "follower")
    return True


def followers(tx: Tx, ticket_id: int) -> list[int]:
    """The members of the staff who want to hear of this ticket."""
    return tickets.at_hand(tx, ticket_id, "follower", lambda: tx.scalars(_FOLLOWERS, {"ticket": ticket_id}))


_FOLLOWERS = select(Follower.staff_id).where(Follower.ticket_id == bindparam("ticket"))


def link(tx: Tx, ticket: Ticket, other: Ticket, kind: str, by_id: int | None) -> None:
    """Join two tickets; a second time changes the kind of the link."""
    tx.merge(Link(ticket_id=ticket.id, other_id=other.id, kind=kind, by_id=by_id, since=clock.now()))
    tx.flush()
    for end in (ticket.id, other.id):
        tickets.stir(tx, end, "link")


def links(tx: Tx, ticket_id: int) -> list[tuple[Ticket, str]]:
    """The tickets joined to this one, in both directions."""
    out = (
        select(Ticket, Link.kind)
        .join(Link, col(Link.other_id) == col(Ticket.id))
        .where(Link.ticket_id == ticket_id)
    )
    back = (
        select(Ticket, Link.kind)
        .join(Link, col(Link.ticket_id) == col(Ticket.id))
        .where(Link.other_id == ticket_id)
    )
    return [(other, kind) for query in (out, back) for other, kind in tx.execute(query)]
