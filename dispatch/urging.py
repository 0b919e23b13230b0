"""The customer urges (催辦), by the portal or a message: always counted, passed on with measure.

Each urging passed on reaches one rank more; one that follows soon after is answered with what is known.
Source: seed K2.5; domain.md §4; contract.md (portal: urge).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from dispatch import escalation, saying
from dispatch.case import require_open, take
from hub import clock, events, promises, tickets
from hub.access import Actor
from hub.database import Tx
from hub.events import Event
from hub.orders import of_round
from hub.tickets import Ticket

BY_CUSTOMER = "customer"
# how long after an urging the next one disturbs nobody, in minutes
MINUTES = {"P1": 5, "P2": 30, "P3": 60, "P4": 120}
RANKS = ("holder", "supervisor", "customer_director")


@dataclass(frozen=True)
class Urging:
    """What to tell the customer: whether it was passed on now, when last, how often, and what is promised."""

    is_passed_on: bool
    passed_on_at: datetime
    times: int
    due_at: datetime | None


def urge(tx: Tx, actor: Actor, ticket: Ticket, text: str = "", channel: str = "portal") -> Urging:
    """The customer asks how it stands. Whoever holds the matter hears; a second time their supervisor too.

    `actor` is the hub, or whoever took the message. Raises NotNow on a closed ticket.
    """
    case = take(tx, ticket)
    ticket = case.ticket
    require_open(ticket)
    text, now = saying.words("text", text), clock.now()
    ticket.times_urged += 1
    words = {"note": text} if text else None
    wait = timedelta(minutes=MINUTES[ticket.priority])
    if ticket.urged_at is not None and now < ticket.urged_at + wait:
        if words:  # what was said is never lost, though it disturbs nobody
            tickets.record(tx, "noted", ticket, actor.staff_id, now, words={"text": text}, why=BY_CUSTOMER)
        return Urging(False, ticket.urged_at, ticket.times_urged, _due(tx, ticket))
    ticket.urged_at = now
    order = next((one for one in of_round(tx, ticket) if one.is_open), None)
    ranks = RANKS[: _passed_on(tx, ticket) + 1]
    people = [one for rank in ranks for one in escalation.concerned(case, rank, order)]
    tickets.record(
        tx,
        "urged",
        ticket,
        actor.staff_id,
        now,
        words=words,
        order_id=order.id if order else None,
        whom=ranks[-1],
        staff=list(dict.fromkeys(people)),
        why=BY_CUSTOMER,
        channel=channel,
        times=ticket.times_urged,
    )
    return Urging(True, now, ticket.times_urged, _due(tx, ticket))


def _passed_on(tx: Tx, ticket: Ticket) -> int:
    """How many urgings of the customer were passed on before, in the whole life of the ticket."""
    tx.flush()
    stream = events.stream_of_ticket(ticket.id)
    said = tx.scalars(select(Event).where(Event.stream == stream, col(Event.kind) == "urged"))
    return sum(event.said.get("why") == BY_CUSTOMER for event in said)


def _due(tx: Tx, ticket: Ticket) -> datetime | None:
    """When the customer was promised the solution, or the answer that comes before it."""
    return min((one.due_at for one in promises.running(tx, ticket.id, "resolve")), default=None)
