"""Matters the centre answers itself: at once, or later with a promised date and an owner; and notes.

Source: M4.8.2a (未能解答→詳細記錄、研究後答復), seed 2-3 (F2: can it be answered at once?).
"""

from datetime import datetime, timedelta

from dispatch import saying
from dispatch.case import change_owner, require, require_open, settle, take
from hub import access, promises, tickets
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, HubError, NotNow
from hub.organisation import Staff
from hub.tickets import Ticket

# what an answer may say about the matter; work that was done is said by the order
ANSWERS = ("answered", "solved", "cannot_solve", "not_ours")
FARTHEST = timedelta(days=180)


def answer(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    text: str,
    outcome: str = "answered",
    happened_at: datetime | None = None,
) -> Ticket:
    """Give the customer the answer. The ticket closes, or waits for its callback when it owes one.

    With orders still open the answer is on record and the ticket stays in hand.
    Raises BadInput without words, NotNow when the ticket is closed or answered already.
    """
    require(actor, "answer", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    at = case.moment(actor, happened_at)
    _require_answerable(ticket)
    text = saying.words("text", text, HubError("write what the customer was told"))
    if outcome not in ANSWERS:
        raise BadInput("outcome", "must be one of: %(outcomes)s", outcomes=", ".join(ANSWERS))
    ticket.answer, ticket.answered_at, ticket.outcome = text, at, outcome
    ticket.first_contact_at = ticket.first_contact_at or at
    promises.keep(tx, case.book, ticket, "answer", at)
    tickets.record(tx, "answered", ticket, actor.staff_id, at, words={"text": ticket.answer}, outcome=outcome)
    settle(case, actor, at, outcome)
    return ticket


def answer_later(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    promised_for: datetime,
    owner: Staff,
    happened_at: datetime | None = None,
) -> Ticket:
    """Promise the customer an answer by a date; `owner` looks into it (研究後答復).

    Raises BadInput for a date gone by or too far and for an owner who may not answer here, NotNow when the
    ticket is closed or answered.
    """
    require(actor, "answer", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    at = case.moment(actor, happened_at)
    _require_answerable(ticket)
    saying.coming("promised_for", promised_for, at)
    if promised_for > at + FARTHEST:
        raise BadInput("promised_for", "promise an answer within %(days)s days", days=FARTHEST.days)
    if not access.actor_of(tx, owner).may("answer", case.office.id):
        raise BadInput("owner", "%(name)s does not work at the centre", name=owner.name)
    ticket.promised_for = promised_for
    ticket.first_contact_at = ticket.first_contact_at or at
    promises.end(tx, ticket, at, "answer")
    promises.make(tx, case.book, ticket, "answer", at, due=promised_for)
    change_owner(case, actor, owner.id, at, why="answers later")
    tickets.record(
        tx, "answer_promised", ticket, actor.staff_id, at, promised_for=promised_for, owner=owner.id
    )
    settle(case, actor, at)
    return ticket


def note(tx: Tx, actor: Actor, ticket: Ticket, text: str, happened_at: datetime | None = None) -> Ticket:
    """Write a note on the ticket, open or closed."""
    require(actor, "note", ticket)
    case = take(tx, ticket)
    text = saying.words("text", text, HubError("write something"))
    at = case.moment(actor, happened_at)
    tickets.record(tx, "noted", case.ticket, actor.staff_id, at, words={"text": text})
    return case.ticket


def _require_answerable(ticket: Ticket) -> None:
    require_open(ticket)
    if ticket.status == "awaiting_callback":
        raise NotNow("the work is done; call the customer back first", legal=("callback",))
