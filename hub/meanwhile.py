"""What happened to a matter while somebody had it before them, so that nobody overwrites unknowingly.

A page carries the number of the last event it shows (`seen`); a step that would decide something is refused
when a colleague was there in between, and goes through when it is pressed again in full knowledge.
"""

from sqlmodel import col, select

from hub import events, tickets
from hub.access import Actor
from hub.database import Tx
from hub.errors import ChangedMeanwhile
from hub.events import Event, StreamHead
from hub.organisation import Staff
from hub.tickets import Ticket

LAST = 2**31 - 1  # the highest number an event of a stream can have

# What is added beside the matter decides nothing about it.
BESIDE = ("noted", "attached", "followed", "urged", "pressed", "escalated", "contacted")


def mark(tx: Tx, ticket_id: int) -> int:
    """The number of the matter's last event."""
    head = tx.get(StreamHead, events.stream_of_ticket(ticket_id))
    return head.seq if head else 0


def refuse_unseen(tx: Tx, me: Actor, ticket: Ticket, seen: str) -> None:
    """Let the step go on when nobody else decided anything since `seen`; without a mark nothing is asked.

    Locks the ticket. Raises ChangedMeanwhile naming the colleague who was last.
    """
    if not seen.isdecimal():
        return
    tickets.lock(tx, ticket.id)
    since = select(Event.by_id).where(
        Event.stream == events.stream_of_ticket(ticket.id),
        Event.seq > min(int(seen[:10]), LAST),
        col(Event.kind).not_in(BESIDE),
        col(Event.by_id).is_distinct_from(me.staff_id),
    )
    found = tx.execute(since.order_by(col(Event.seq).desc()).limit(1)).first()
    if found is None:
        return
    person = tx.get(Staff, found[0]) if found[0] else None
    if person is None:
        raise ChangedMeanwhile("this changed meanwhile; look, and press again if it still holds")
    raise ChangedMeanwhile(
        "%(name)s changed this meanwhile; look, and press again if it still holds", name=person.name
    )
