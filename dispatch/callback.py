"""The callback (回訪): the centre asks the customer whether it was reached, solved, and to their liking.

Satisfied closes; dissatisfied or unsolved opens the next round and tells those who closed it; nobody there
plans the next try. After three tries and a letter the ticket closes as unreached, counted apart.
Source: seed 2-(2) (K2.2), K5.4; domain.md §3.3 (callback timing), house.md (callback unreached).
"""

from datetime import datetime, timedelta

from dispatch import major, saying
from dispatch.case import Case, begin_again, conclude, require, self_approved, settle, take
from hub import callbacks, clock, orders, promises, tickets
from hub.access import HUB, Actor
from hub.callbacks import Callback
from hub.database import Tx
from hub.errors import BadInput, NotNow
from hub.limits import Limit
from hub.tickets import MADE, UNREACHED, Ticket

LETTER = "letter"


def call_back(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    reached: bool,
    solved: bool | None = None,
    satisfied: str | None = None,
    comment: str = "",
    means: str = "phone",
    happened_at: datetime | None = None,
) -> Ticket:
    """Write down one try and what the customer said, and take the ticket where that leads.

    Raises NotNow when the ticket does not wait for a callback, BadInput when a reached customer's answer is
    missing or not one of yes, fairly, no, Forbidden when a major complaint is not the actor's to call back.
    """
    require(actor, "call back", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    at = case.moment(actor, happened_at)
    major.require_caller(case, actor)
    if ticket.status != "awaiting_callback":
        raise NotNow("this ticket does not wait for a callback", legal=_legal(ticket))
    solved, comment = _check(reached, solved, satisfied, means), saying.words("comment", comment)
    row = _write(case, actor, reached, solved, satisfied, comment, means, at)
    if not reached:
        _plan_next(case, row, at)
    elif solved and satisfied != "no":
        ticket.callback = MADE
        settle(case, actor, at)
    else:
        begin_again(case, actor, at, comment, by_callback=True)
        settle(case, actor, at)
    return ticket


def give_up(tx: Tx, ticket: Ticket) -> bool:
    """Close a ticket whose customer answered neither the tries nor the letter. True when it was due."""
    case = take(tx, ticket)
    ticket = case.ticket
    present = clock.now()
    if ticket.status != "awaiting_callback" or not _used_up(case) or not _waited(ticket, present):
        return False
    ticket.callback = UNREACHED
    tickets.move(ticket, "closed", present)
    tickets.record(tx, "unreached", ticket, HUB.staff_id, present, tries=ticket.callback_tries)
    conclude(case, HUB, present)
    return True


def wants_letter(case: Case) -> bool:
    """Whether the tries are used up, so that a letter is the next one."""
    return _tries(case) >= int(case.office.policy["callback_tries"]) and _letter(case) is None


def _check(reached: bool, solved: bool | None, satisfied: str | None, means: str) -> bool | None:
    if means not in callbacks.MEANS:
        raise BadInput("means", "must be one of: %(means)s", means=", ".join(callbacks.MEANS))
    if not reached:
        if solved is not None or satisfied is not None:
            raise BadInput("reached", "a customer who was not reached cannot have answered")
        return None
    if satisfied not in callbacks.SATISFIED:
        raise BadInput("satisfied", "ask whether the customer is satisfied: yes, fairly or no")
    return satisfied != "no" if solved is None else solved


def _write(
    case: Case,
    actor: Actor,
    reached: bool,
    solved: bool | None,
    satisfied: str | None,
    comment: str,
    means: str,
    at: datetime,
) -> Callback:
    ticket = case.ticket
    ticket.callback_tries += 1
    hands = [order.worker_id for order in orders.of_round(case.tx, ticket)]
    row = Callback(
        ticket_id=ticket.id,
        office_id=ticket.office_id,
        round=ticket.round,
        attempt=ticket.callback_tries,
        means=means,
        tried_at=at,
        by_id=actor.staff_id,
        reached=reached,
        solved=solved,
        satisfied=satisfied,
        comment=comment,
        is_self_approved=self_approved(actor, *hands),
    )
    case.tx.add(row)
    if reached:
        promises.keep(case.tx, case.book, ticket, "callback", at)
    tickets.record(
        case.tx,
        "called_back",
        ticket,
        actor.staff_id,
        at,
        words={"comment": row.comment} if row.comment else None,
        attempt=row.attempt,
        means=means,
        reached=reached,
        solved=solved,
        satisfied=satisfied,
        self_approved=row.is_self_approved,
    )
    return row


def _plan_next(case: Case, row: Callback, at: datetime) -> None:
    """The next try: in the office's own hours, later each time; after the letter, the wait for an answer."""
    ticket, letter = case.ticket, _letter(case)
    if letter is not None and (row.means == LETTER or _used_up(case)):
        ticket.callback_at = letter.tried_at + timedelta(days=int(case.office.policy["letter_days"]))
        return
    step = callbacks.NEXT_TRY[min(row.attempt, len(callbacks.NEXT_TRY)) - 1]
    ticket.callback_at = Limit.parse(step).due(at, case.book.office_hours)


def _used_up(case: Case) -> bool:
    """Whether every try was made and the letter sent, so that nothing is left but to wait for an answer."""
    return _letter(case) is not None and _tries(case) >= int(case.office.policy["callback_tries"])


def _letter(case: Case) -> Callback | None:
    """The first letter of this round."""
    return next((row for row in _of_round(case) if row.means == LETTER), None)


def _tries(case: Case) -> int:
    return sum(row.means != LETTER for row in _of_round(case))


def _of_round(case: Case) -> list[Callback]:
    case.tx.flush()
    rows = callbacks.of_ticket(case.tx, case.ticket.id)
    return [row for row in rows if row.round == case.ticket.round]


def _waited(ticket: Ticket, present: datetime) -> bool:
    return ticket.callback_at is not None and ticket.callback_at <= present


def _legal(ticket: Ticket) -> tuple[str, ...]:
    return ("reopen",) if ticket.status == "closed" else ("answer", "order")
