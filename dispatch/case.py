"""What every verb has in hand: the ticket, locked; its office; what is set there. And how a verb ends.

`settle` is the common end of all verbs: it asks the one pure function where the ticket stands now, decides
the callback when the work is done, starts and ends the ticket's promises, and closes when nothing is owed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hub import callbacks, catalogue, clock, events, orders, promises, tickets
from hub.access import Actor
from hub.catalogue import Catalogue, Category
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotNow
from hub.orders import Order
from hub.organisation import Office
from hub.tickets import NOT_OWED, OWED, UNDECIDED, Ticket


@dataclass
class Case:
    """One ticket in the hand of one transaction."""

    tx: Tx
    office: Office
    book: Catalogue
    ticket: Ticket
    began: datetime | None = None  # of the order in hand: nothing happened to it before

    @property
    def category(self) -> Category | None:
        return self.book.by_id.get(self.ticket.category_id) if self.ticket.category_id else None

    def is_told_by_file(self, actor: Actor) -> bool:
        """Whether a file tells this step: nobody takes it now, so no bound of ours on times applies."""
        return self.ticket.is_imported and actor.is_hub

    def moment(self, actor: Actor, happened_at: datetime | None) -> datetime:
        """When the step happened: as claimed, within bounds; as stated, where a file tells it."""
        from_file = self.is_told_by_file(actor)
        at = clock.claimed(happened_at, is_from_file=from_file)
        began = self.began or self.ticket.received_at
        if from_file or at >= began:
            return at
        if at < began - clock.AHEAD:
            raise BadInput("happened_at", "this time lies before the matter came in")
        return began

    def limit(self, which: str) -> str:
        """The limit `respond`, `on_site` or `resolve` of this matter."""
        if self.category and self.category.priority == self.ticket.priority:
            return self.category.limit(which)
        return catalogue.FALLBACK[self.ticket.priority][which]


def take(tx: Tx, ticket: Ticket) -> Case:
    """Lock the ticket and gather what its verbs need."""
    return _case(tx, tickets.lock(tx, ticket.id))


def hold_all(tx: Tx, ticket_ids: Iterable[int]) -> None:
    """Lock many tickets and have their orders, promises and records at hand, for a batch of steps."""
    ids = tickets.lock_all(tx, ticket_ids)
    orders.read_all(tx, ids)
    promises.read_all(tx, ids)
    events.read_heads(tx, [events.stream_of_ticket(ticket_id) for ticket_id in ids])


def take_order(tx: Tx, order: Order) -> tuple[Case, Order]:
    """Lock the order's ticket and read both anew."""
    ticket, fresh = orders.lock(tx, order.id)
    case = _case(tx, ticket)
    case.began = fresh.issued_at
    return case, fresh


def _case(tx: Tx, ticket: Ticket) -> Case:
    office = tx.standing(Office, ticket.office_id)
    return Case(tx, office, catalogue.of(tx, office), ticket)


def require_open(ticket: Ticket) -> None:
    """Raises NotNow for a closed ticket."""
    if not ticket.is_open:
        raise NotNow("this ticket is closed; reopen it first", legal=("reopen",))


def require(actor: Actor, step: str, ticket: Ticket) -> None:
    """Raises Forbidden when the step is another role's in the ticket's office."""
    if not actor.may(step, ticket.office_id):
        raise Forbidden("this step belongs to another role")


def start_promises(case: Case, start: datetime, resolve_by: datetime | None = None) -> None:
    """The ticket's own promises begin: an answer by, a solution by."""
    promises.make(case.tx, case.book, case.ticket, "answer", start, case.limit("respond"))
    promises.make(case.tx, case.book, case.ticket, "resolve", start, case.limit("resolve"), due=resolve_by)


def settle(case: Case, actor: Actor, at: datetime, outcome: str = "solved") -> None:
    """Bring the ticket to where its orders, its answer and its callback put it; the end of every verb."""
    ticket = case.ticket
    states = [order.status for order in orders.of_round(case.tx, ticket)]
    answered, taken = _stands(ticket)
    if tickets.state_of(states, answered, taken, NOT_OWED) == "closed" and ticket.callback == UNDECIDED:
        # what the answer said of the matter holds, unless work was done since
        _finish_work(case, at, outcome if "done" in states else ticket.outcome or outcome)
        share(case, actor, at)
    status = tickets.state_of(states, answered, taken, ticket.callback)
    if status == "new" and ticket.status == "in_hand":
        status = "in_hand"
    was = ticket.status
    tickets.move(ticket, status, at, ticket.outcome or outcome)
    if ticket.status == "closed" and was != "closed":
        conclude(case, actor, at)
    elif ticket.is_open:
        _hold_or_run(case, states, at)


def share(case: Case, actor: Actor, at: datetime) -> None:
    """The outcome of a lead comes to every household behind it; each owes its callback by its own policy.

    Those who were taken off, or had their own outcome meanwhile, are left alone.
    """
    lead, tx = case.ticket, case.tx
    if lead.is_imported or lead.lead_id is not None:
        return
    led = select(Ticket.id).where(Ticket.lead_id == lead.id, col(Ticket.status).in_(("new", "in_hand")))
    ids = list(tx.scalars(led))
    hold_all(tx, ids)
    for ticket_id in ids:
        one = Case(tx, case.office, case.book, tickets.lock(tx, ticket_id))
        ticket = one.ticket
        if ticket.lead_id != lead.id or ticket.status not in ("new", "in_hand"):
            continue
        ticket.solved_at, ticket.answer = at, lead.answer
        words = {"text": lead.answer} if lead.answer else None
        by, outcome = actor.staff_id, lead.outcome
        tickets.record(tx, "shared", ticket, by, at, words=words, lead=lead.number, outcome=outcome)
        settle(one, actor, at, lead.outcome or "solved")


def conclude(case: Case, actor: Actor, at: datetime, **facts: Any) -> None:
    """The ticket has just been closed: its promises end, the record says so."""
    promises.end(case.tx, case.ticket, at)
    case.ticket.callback_at = None
    tickets.record(
        case.tx,
        "closed",
        case.ticket,
        actor.staff_id,
        at,
        outcome=case.ticket.outcome,
        callback=case.ticket.callback,
        **facts,
    )


def begin_again(case: Case, actor: Actor, at: datetime, reason: str, by_callback: bool) -> None:
    """Open the next round: what was done stays on record, the promises run anew."""
    ticket = case.ticket
    tickets.move(ticket, "in_hand", at)
    promises.end(case.tx, ticket, at)
    # what this household still has is its own trouble now, not the incident's
    left, ticket.lead_id = ticket.lead_id is not None, None
    ticket.round += 1
    ticket.times_reopened += 1
    ticket.callback, ticket.callback_at, ticket.callback_tries = UNDECIDED, None, 0
    ticket.answered_at = ticket.solved_at = ticket.closed_at = ticket.promised_for = None
    ticket.outcome, ticket.answer = None, ""
    start_promises(case, at)
    tickets.record(
        case.tx,
        "reopened",
        ticket,
        actor.staff_id,
        at,
        words={"reason": reason},
        by_callback=by_callback,
        round=ticket.round,
        **({"left_lead": True} if left else {}),
    )


def change_owner(case: Case, actor: Actor, owner_id: int, at: datetime | None = None, why: str = "") -> None:
    """Make another person answer for the ticket; nothing happens when it is theirs already."""
    ticket = case.ticket
    if ticket.owner_id == owner_id:
        return
    tickets.record(case.tx, "owned", ticket, actor.staff_id, at, was=ticket.owner_id, owner=owner_id, why=why)
    ticket.owner_id = owner_id


def _stands(ticket: Ticket) -> tuple[bool, bool]:
    """Whether the customer's matter is answered, and whether somebody has it in hand without an order.

    Both may come from the lead a household stands behind.
    """
    is_led = ticket.lead_id is not None
    answered = ticket.answered_at is not None or (is_led and ticket.solved_at is not None)
    return answered, is_led or ticket.promised_for is not None or ticket.round > 1


def _finish_work(case: Case, at: datetime, outcome: str) -> None:
    ticket = case.ticket
    ticket.solved_at, ticket.outcome = at, outcome
    ticket.callback = callbacks.owes(case.tx, case.office, ticket, case.category)
    for kind in ("answer", "resolve"):
        promises.keep(case.tx, case.book, ticket, kind, at)
    if ticket.callback == OWED:
        ticket.callback_at = at
        promises.make(case.tx, case.book, ticket, "callback", at, callbacks.within(ticket.kind))


def _hold_or_run(case: Case, states: list[str], at: datetime) -> None:
    """The ticket's solution pauses only while every open order is on an approved hold."""
    open_orders = [order for order in orders.of_round(case.tx, case.ticket) if order.is_open]
    held = [
        orders.running_hold(case.tx, order.id) if order.status == "on_hold" else None for order in open_orders
    ]
    stands = bool(open_orders) and all(hold is not None and hold.pauses for hold in held)
    for promise in promises.running(case.tx, case.ticket.id, "resolve"):
        if stands:
            promises.pause(promise, at)
        else:
            promises.resume(promise, at, case.book, case.ticket.is_imported)


def self_approved(actor: Actor, *hands: int | None) -> bool:
    """Whether the same person now takes the second step of a four-eyes pair (seed 2-7, small offices)."""
    return actor.staff_id is not None and actor.staff_id in hands
