"""The desk decides what kind of matter a ticket is, when the words did not say or said it wrong.

Source: seed 2-3 (F2: judge), domain.md §3.4 (wrongly categorised is counted).
"""

from datetime import datetime
from typing import Any

from dispatch import assignment, deciding, escalation
from dispatch.case import Case, require, require_open, settle, take
from dispatch.deciding import Choice
from dispatch.triage import Judgement
from hub import promises, tickets
from hub.access import Actor
from hub.catalogue import KINDS, PRIORITIES, Category
from hub.database import Tx
from hub.errors import BadInput, NotNow
from hub.estate import Room
from hub.tickets import Ticket


def judge_by_hand(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    kind: str | None = None,
    category: str | None = None,
    priority: str | None = None,
    then: Choice | None = None,
    happened_at: datetime | None = None,
) -> Ticket:
    """Say what kind of matter it is; its running promises are made anew from the time it was received.

    `then` sends it on its way in the same step. Raises BadInput for unknown values, NotNow when the work is
    done or the ticket closed.
    """
    require(actor, "triage", ticket)
    case = take(tx, ticket)
    at = case.moment(actor, happened_at)
    require_open(case.ticket)
    if case.ticket.status == "awaiting_callback":
        raise NotNow("the work is done; call the customer back first", legal=("callback",))
    was = _says(case)
    _apply(case, kind, _leaf(case, category), priority)
    _promise_again(case, at)
    tickets.record(tx, "retriaged", case.ticket, actor.staff_id, at, was=was, **_says(case))
    if case.ticket.priority in assignment.URGENT and was["priority"] not in assignment.URGENT:
        escalation.alarm(case, actor)
    if then is not None:
        _send(case, actor, then, at)
    settle(case, actor, at)
    return case.ticket


def _says(case: Case) -> dict[str, Any]:
    return {
        "kind": case.ticket.kind,
        "category": case.category.code if case.category else None,
        "priority": case.ticket.priority,
    }


def _leaf(case: Case, code: str | None) -> Category | None:
    if code is None:
        return None
    leaf = case.book.categories.get(code)
    if leaf is None:
        raise BadInput("category", "there is no such category")
    return leaf


def _apply(case: Case, kind: str | None, leaf: Category | None, priority: str | None) -> None:
    if kind is None and leaf is None and priority is None:
        raise BadInput("category", "say the kind, the category or the priority")
    if kind is not None and kind not in KINDS:
        raise BadInput("kind", "must be one of: %(kinds)s", kinds=", ".join(KINDS))
    if priority is not None and priority not in PRIORITIES:
        raise BadInput("priority", "must be one of: %(priorities)s", priorities=", ".join(PRIORITIES))
    ticket = case.ticket
    if leaf is not None:
        ticket.category_id, ticket.kind, ticket.priority = leaf.id, leaf.kind, leaf.priority
    ticket.kind, ticket.priority = kind or ticket.kind, priority or ticket.priority


def _promise_again(case: Case, at: datetime) -> None:
    """Answer and solution as the new category has them, from when they began, with what was held."""
    limits = {"answer": "respond", "resolve": "resolve"}
    if case.ticket.promised_for is not None:
        del limits["answer"]
    for old in promises.running(case.tx, case.ticket.id):
        if old.order_id is None and old.kind in limits:
            promises.resume(old, at, case.book, is_quiet=True)
            promises.end(case.tx, case.ticket, at, old.kind)
            limit = case.limit(limits[old.kind])
            new = promises.make(case.tx, case.book, case.ticket, old.kind, old.started_at, limit)
            promises.carry_over(old, new, case.book, case.ticket.is_imported)


def _send(case: Case, actor: Actor, then: Choice, at: datetime) -> None:
    ticket = case.ticket
    room = case.tx.get(Room, ticket.room_id) if ticket.room_id else None
    code = case.category.code if case.category else None
    judged = Judgement(ticket.kind, code, ticket.priority, True, ())
    decision = deciding.decide(case.tx, case.office, case.book, judged, room, at)
    deciding.carry_out(case, actor, then, decision, at)
