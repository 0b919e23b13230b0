"""Erase a customer's words from a closed matter: what was done stays on record, whose matter it was does not.

The chain still verifies, for it holds only a commitment to the words; that they were erased, by whom and on
what basis is a fact of its own. What stays: number, room, category, times, states, materials, the figures.
Source: house.md (the chain: "erased, by, basis").
"""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from dispatch.case import require, take
from hub import calls, clock, inbound, search, tickets
from hub.access import Actor
from hub.attachments import Attachment
from hub.callbacks import Callback
from hub.database import Tx
from hub.deliveries import Delivery
from hub.errors import BadInput, NotNow
from hub.events import EventWords
from hub.orders import Hold, Order
from hub.questions import Question
from hub.tickets import Ticket

# every text of a ticket in which somebody may have written who the customer is
TEXTS = ("item", "description", "caller_name", "caller_phone", "place", "spot", "answer", "words")


def erase(tx: Tx, actor: Actor, ticket: Ticket, basis: str, happened_at: datetime | None = None) -> Ticket:
    """Blank every personal word of a closed ticket and let go of its party and contact point.

    `basis` says why it may be done (a request, a retention term) and stays on record itself. A second time
    erases what was written since; when nothing was, nothing is recorded.
    Raises Forbidden for another's step, BadInput without a basis, NotNow while the ticket is open.
    """
    require(actor, "erase", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    if not basis.strip():
        raise BadInput("basis", "say on what basis the words are erased")
    if ticket.is_open:
        raise NotNow("close the ticket before its words are erased", legal=("close",))
    at = clock.claimed(happened_at)
    # The words first: what this erasure itself records is not personal and comes after them.
    count = _erase_events(tx, ticket.id, actor, basis.strip())
    if count:
        _blank_ticket(ticket)
        search.forget(tx, ticket.id)
        _blank_orders(tx, ticket.id)
        _blank_said(tx, ticket.id)
        tickets.record(tx, "erased", ticket, actor.staff_id, at, basis=basis.strip(), events=count)
    tx.flush()
    return ticket


def _erase_events(tx: Tx, ticket_id: int, actor: Actor, basis: str) -> int:
    """Take the words of the ticket's events away; answers of how many."""
    done = tx.execute(
        update(EventWords)
        .where(col(EventWords.ticket_id) == ticket_id, col(EventWords.words).is_not(None))
        .values(words=None, erased_at=clock.now(), erased_by=actor.staff_id, basis=basis)
    )
    return int(getattr(done, "rowcount", 0))


def _blank_ticket(ticket: Ticket) -> None:
    for name in TEXTS:
        setattr(ticket, name, "")
    ticket.unknown = dict.fromkeys(ticket.unknown, "")
    ticket.contact_id = ticket.party_id = None


def _blank_orders(tx: Tx, ticket_id: int) -> None:
    for order in tx.scalars(select(Order).where(Order.ticket_id == ticket_id)):
        order.instruction = order.done = order.return_reason = ""
        order.fields = {}
        tx.execute(update(Hold).where(col(Hold.order_id) == order.id).values(note=""))


def _blank_said(tx: Tx, ticket_id: int) -> None:
    """What the customer said on a callback, what messages quoted, how files were called."""
    tx.execute(update(Callback).where(col(Callback.ticket_id) == ticket_id).values(comment=""))
    inbound.blank(tx, ticket_id, [call.sid for call in calls.of_ticket(tx, ticket_id)])
    for question in tx.scalars(select(Question).where(Question.ticket_id == ticket_id)):
        question.held = dict.fromkeys(question.held, "")
    tx.execute(update(Attachment).where(col(Attachment.ticket_id) == ticket_id).values(name=""))
    for message in tx.scalars(select(Delivery).where(Delivery.ticket_id == ticket_id)):
        message.params, message.body = _without_words(message.params), ""


def _without_words(params: dict[str, Any]) -> dict[str, Any]:
    return {name: "" if isinstance(value, str) else value for name, value in params.items()}
