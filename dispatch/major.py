"""A major complaint (重大投訴): the director owns it, speaks to the customer within a quarter of an hour,
has a plan within a day, an end within fifteen, and calls back in person.

Source: domain.md §4 (complaint overlay), §3.3 [a3, a8, a35].
"""

from datetime import datetime, timedelta

from dispatch import escalation, saying
from dispatch.case import Case, change_owner, require, require_open, take
from hub import organisation, promises, tickets
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden, HubError, NotNow
from hub.organisation import Staff
from hub.tickets import Ticket

GROUNDS = ("injury", "loss", "households", "media", "staff_offence")
CONTACT, PLAN, RESOLVE = "15m", "24h", timedelta(days=15)
AT_LEAST = "P2"


def declare(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    grounds: str,
    note: str = "",
    happened_at: datetime | None = None,
) -> Ticket:
    """Declare a complaint major, on one of the GROUNDS. A second time changes nothing.

    Raises BadInput for other grounds, NotNow for what is no complaint, is closed or waits for its callback.
    """
    require(actor, "declare major", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    at = case.moment(actor, happened_at)
    require_open(ticket)
    if grounds not in GROUNDS:
        raise BadInput("grounds", "must be one of: %(grounds)s", grounds=", ".join(GROUNDS))
    if ticket.kind != "complaint":
        raise NotNow("only a complaint is declared major; change its kind first", legal=("triage",))
    if ticket.status == "awaiting_callback":
        raise NotNow("the work is done; call the customer back first", legal=("callback",))
    note = saying.words("note", note)
    if ticket.major_since is not None:
        return ticket
    ticket.major_since = at
    ticket.priority = min(ticket.priority, AT_LEAST)
    _promise(case, at)
    head = _head(case)
    tickets.record(
        tx,
        "declared_major",
        ticket,
        actor.staff_id,
        at,
        words={"note": note} if note else None,
        grounds=grounds,
        staff=escalation.concerned(case, "director", None) if head else [],
    )
    if head is not None:
        change_owner(case, actor, head.id, at, why="major")
    return ticket


def plan(tx: Tx, actor: Actor, ticket: Ticket, text: str, happened_at: datetime | None = None) -> Ticket:
    """Write down what will be done, by whom and until when (處理方案).

    Raises NotNow when no plan is owed, BadInput without words, Forbidden for other roles.
    """
    require(actor, "plan", ticket)
    case = take(tx, ticket)
    at = case.moment(actor, happened_at)
    text = saying.words("text", text, HubError("write what will be done"))
    if not promises.running(tx, case.ticket.id, "plan"):
        raise NotNow("no plan is owed for this matter")
    promises.keep(tx, case.book, case.ticket, "plan", at)
    tickets.record(tx, "planned", case.ticket, actor.staff_id, at, words={"text": text})
    tx.flush()
    return case.ticket


def require_caller(case: Case, actor: Actor) -> None:
    """Raises Forbidden when somebody else than the head of the office would call a major complaint back."""
    if case.ticket.major_since is None or actor.is_hub:
        return
    head = _head(case)
    roles = actor.roles_in(case.office.id)
    if head is not None and actor.staff_id != head.id and not roles & {"director"}:
        raise Forbidden("the head of the office calls a major complaint back: %(name)s", name=head.name)


def may_call_back(case: Case, actor: Actor) -> bool:
    """Whether this person may call the customer back."""
    try:
        require_caller(case, actor)
    except Forbidden:
        return False
    return actor.may("call back", case.office.id)


def _head(case: Case) -> Staff | None:
    """The office director; in an office without one, the customer director."""
    directors = organisation.holders(case.tx, case.office.id, "director")
    return next(iter(directors), None) or organisation.customer_director(case.tx, case.office.id)


def _promise(case: Case, at: datetime) -> None:
    """Contact anew, a plan, and no later end than fifteen days from when it was received."""
    tx, ticket = case.tx, case.ticket
    if ticket.answered_at is None:
        promises.end(tx, ticket, at, "answer")
        promises.make(tx, case.book, ticket, "answer", at, CONTACT)
    promises.make(tx, case.book, ticket, "plan", at, PLAN)
    for old in promises.running(tx, ticket.id, "resolve"):
        latest = old.started_at + RESOLVE
        if old.base_due_at > latest:
            promises.resume(old, at, case.book, is_quiet=True)
            promises.end(tx, ticket, at, "resolve")
            new = promises.make(tx, case.book, ticket, "resolve", old.started_at, due=latest)
            promises.carry_over(old, new, case.book, ticket.is_imported)
