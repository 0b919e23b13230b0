"""What takes a step back: the verb that is its inverse, offered beside the sentence that says it is done.

An undo is a step like any other, on record and refused as one. Closing has none here: to reopen is counted as
what a customer wanted, so it is said with its reason on the page.
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from hub.access import Actor
from hub.catalogue import Category
from hub.database import Tx
from hub.errors import NotFound
from hub.orders import Order
from hub.organisation import Staff
from hub.tickets import Ticket
from web.pages import order_steps
from web.pages.said import Said
from web.words import N_, Words

MISTAKEN = N_("sent by mistake, taken back at once")


@dataclass(frozen=True)
class Undo:
    """A step of the same matter (web.pages.steps) and what its form would say."""

    step: str
    values: dict[str, str]


def before(tx: Tx, me: Actor, ticket: Ticket, name: str, said: Said) -> Undo | None:
    """What would take the step `name` back, seen from where the matter stands before it."""
    match name:
        case "triage":
            return _triage(tx, ticket, said)
        case "owner":
            return Undo("owner", {"owner": tx.get_one(Staff, ticket.owner_id).login})
        case "assignment":
            return _assignment(tx, me, ticket, said)
        case "hold":
            return Undo("resumption", {"order": said.text("order")})
        case "lead" if not said.text("withdraw"):
            return Undo("separation", {})
    return None


def after(tx: Tx, ticket: Ticket, name: str, words: Words) -> Undo | None:
    """What takes a dispatch back: the order it made is withdrawn."""
    if name != "order":
        return None
    made = tx.scalars(
        select(Order).where(Order.ticket_id == ticket.id).order_by(col(Order.seq).desc())
    ).first()
    return Undo("withdrawal", {"order": made.number, "reason": words.gettext(MISTAKEN)}) if made else None


def _triage(tx: Tx, ticket: Ticket, said: Said) -> Undo | None:
    """As it was judged before, where it had been; a dispatch in the same step is not taken back with it."""
    category = tx.get(Category, ticket.category_id) if ticket.category_id else None
    if category is None or said.text("send"):
        return None
    was: dict[str, Any] = {"category": category.code, "kind": ticket.kind, "priority": ticket.priority}
    return Undo("triage", {field: value for field, value in was.items() if value})


def _assignment(tx: Tx, me: Actor, ticket: Ticket, said: Said) -> Undo | None:
    try:
        worker_id = order_steps.order_of(tx, me, ticket, said).worker_id
    except NotFound:
        return None  # the step itself says so
    had = tx.get(Staff, worker_id) if worker_id else None
    return Undo("assignment", {"order": said.text("order"), "worker": had.login}) if had else None
