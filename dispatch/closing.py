"""Closing without work (not ours, withdrawn, a duplicate), opening again, and linking.

A ticket that owes a callback is never closed here, neither one by one nor in bulk.
Source: K2.2, domain.md §3.2 (outcomes), peers.md §5-2, §5-3 (reopen window), §5-12 (bulk must not slip past).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch import saying
from dispatch.case import (
    Case,
    begin_again,
    conclude,
    require,
    require_open,
    self_approved,
    settle,
    share,
    take,
)
from hub import access, callbacks, clock, incidents, orders, tickets, ties
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, CallbackOwed, HubError, NotNow
from hub.tickets import NOT_OWED, OUTCOMES, OWED, UNDECIDED, Ticket

# the customer no longer asks, or asks elsewhere: there is nobody to ask whether it was solved
NOBODY_TO_ASK = ("withdrawn", "duplicate")
LINKS = ("duplicate_of", "continues", "related")


@dataclass(frozen=True)
class Refused:
    """A ticket that a bulk step left alone, and why."""

    number: str
    refusal: HubError


def close(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    outcome: str,
    note: str = "",
    duplicate_of: Ticket | None = None,
    happened_at: datetime | None = None,
) -> Ticket:
    """Close a ticket that has no work in hand, with its outcome.

    Raises CallbackOwed when the customer must be called back first, NotNow while orders are open or when it
    is closed already, BadInput for an unknown outcome or a duplicate of nothing.
    """
    require(actor, "close", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    at = case.moment(actor, happened_at)
    require_open(ticket)
    _check(case, outcome, duplicate_of)
    if outcome == "duplicate" and not case.is_told_by_file(actor):
        _require_other(ticket, tickets.lock(tx, duplicate_of.id) if duplicate_of else None)
    note = saying.words("note", note)
    if duplicate_of is not None:
        ties.link(tx, ticket, duplicate_of, "duplicate_of", actor.staff_id)
    ticket.callback = NOT_OWED
    tickets.move(ticket, "closed", at, outcome)
    words = {"note": note} if note else None
    if words:
        tickets.record(tx, "noted", ticket, actor.staff_id, at, words={"text": note})
    approved = self_approved(actor, *[order.worker_id for order in orders.of_ticket(tx, ticket.id)])
    conclude(case, actor, at, self_approved=approved)
    share(case, actor, at)
    tx.flush()
    return ticket


def close_many(tx: Tx, actor: Actor, numbers: list[str], outcome: str) -> tuple[list[Ticket], list[Refused]]:
    """Close each ticket by the same rules as one; answers the closed ones and the refused ones with why."""
    closed: list[Ticket] = []
    refused: list[Refused] = []
    for number in numbers:
        try:
            closed.append(close(tx, actor, access.ticket(tx, actor, number, "close"), outcome))
        except HubError as refusal:
            refused.append(Refused(number, refusal))
    return closed, refused


def reopen(tx: Tx, actor: Actor, ticket: Ticket, reason: str, happened_at: datetime | None = None) -> Ticket:
    """Open a closed ticket again, its history kept. Raises NotNow when it is open or the window has passed.

    After the window (`office.policy.reopen_days`) a new ticket linked to this one is the way; see
    `dispatch.intake.continue_matter`.
    """
    require(actor, "reopen", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    at = case.moment(actor, happened_at)
    if ticket.is_open:
        raise NotNow("this ticket is open", legal=tickets.MOVES[ticket.status])
    reason = saying.words("reason", reason, HubError("say why the ticket is reopened"))
    if not case.is_told_by_file(actor):
        # by our clock: a claimed time widens no window, and nothing is reopened before it was closed
        at = max(at, ticket.closed_at or at)
        _require_window(case)
    begin_again(case, actor, at, reason, by_callback=False)
    settle(case, actor, at)
    return ticket


def _require_window(case: Case) -> None:
    if not can_reopen(case, clock.now()):
        raise NotNow(
            "the time to reopen has passed; register it anew, linked to this one", legal=("continue",)
        )


def can_reopen(case: Case, at: datetime) -> bool:
    """Whether the ticket was closed within the office's window."""
    window = timedelta(days=int(case.office.policy["reopen_days"]))
    return case.ticket.closed_at is not None and at <= case.ticket.closed_at + window


def link(tx: Tx, actor: Actor, ticket: Ticket, other: Ticket, kind: str) -> Ticket:
    """Join two tickets. Only a person links (house.md). Raises BadInput for an unknown kind or itself."""
    require(actor, "link", ticket)
    case = take(tx, ticket)
    if kind not in LINKS:
        raise BadInput("kind", "must be one of: %(kinds)s", kinds=", ".join(LINKS))
    if other.id == case.ticket.id:
        raise BadInput("number", "a ticket cannot be linked to itself")
    ties.link(tx, case.ticket, other, kind, actor.staff_id)
    tickets.record(tx, "linked", case.ticket, actor.staff_id, other=other.number, link=kind)
    return case.ticket


def _check(case: Case, outcome: str, duplicate_of: Ticket | None) -> None:
    if outcome not in OUTCOMES:
        raise BadInput("outcome", "must be one of: %(outcomes)s", outcomes=", ".join(OUTCOMES))
    if case.ticket.callback == OWED:
        raise CallbackOwed("the customer is still to be called back", legal=("callback",))
    open_orders = [order.number for order in orders.of_round(case.tx, case.ticket) if order.is_open]
    if open_orders:
        raise NotNow("orders are still open: %(orders)s", legal=("withdraw",), orders=", ".join(open_orders))
    if outcome in NOBODY_TO_ASK and incidents.has_open_behind(case.tx, case.ticket.id):
        raise NotNow("others stand behind this ticket; let one of them lead first", legal=("promote",))
    if outcome in NOBODY_TO_ASK or case.ticket.callback != UNDECIDED:
        return
    if callbacks.owes(case.tx, case.office, case.ticket, case.category) == OWED:
        raise CallbackOwed("give the customer the answer, then call back", legal=("answer", "order"))


def _require_other(ticket: Ticket, duplicate_of: Ticket | None) -> None:
    """A duplicate is one of another ticket; only a file may leave open which.

    That one stands for both, so it may not itself have been closed as a duplicate: two tickets that name each
    other would both be gone with nobody called back.
    """
    if duplicate_of is None or duplicate_of.id == ticket.id or duplicate_of.office_id != ticket.office_id:
        raise BadInput("duplicate_of", "say which other ticket this repeats")
    if duplicate_of.outcome == "duplicate":
        raise BadInput("duplicate_of", "that one is a duplicate itself; name the ticket it repeats")
