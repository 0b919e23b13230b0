"""Who hears when a promise comes near or is past: urge the holder, press the supervisor, escalate.

A step is taken by the ladder (data) or by a person; either way it is one event that names whom it concerns.
Source: seed 2-(5) (K2.5 催辦、督辦); domain.md §3.2 (escalation is a flag), §4.
"""

from datetime import datetime
from typing import Any

from dispatch import saying
from dispatch.case import Case, change_owner, require, require_open, take
from hub import clock, organisation, tickets
from hub.access import HUB, Actor
from hub.catalogue import LadderStep
from hub.database import Tx
from hub.errors import BadInput, HubError
from hub.orders import Order, of_round
from hub.promises import Promise
from hub.tickets import Ticket

EVENT = {"urge": "urged", "press": "pressed", "escalate": "escalated"}
WHOM = ("holder", "supervisor", "customer_director", "director")


def act(case: Case, promise: Promise, step: LadderStep) -> None:
    """Take one step of the ladder: the event that tells whom it concerns."""
    order = case.tx.get(Order, promise.order_id) if promise.order_id else None
    # an office without that rank: the matter still reaches the one who answers for it
    people = concerned(case, step.whom, order) or concerned(case, "holder", None)
    tickets.record(
        case.tx,
        EVENT[step.action],
        case.ticket,
        HUB.staff_id,
        order_id=order.id if order else None,
        promise=promise.kind,
        due=promise.due_at,
        step=step.rank,
        whom=step.whom,
        staff=people,
        why="ladder",
    )


def urge(tx: Tx, actor: Actor, ticket: Ticket, note: str = "", happened_at: datetime | None = None) -> Ticket:
    """The customer or the desk urges (催辦): whoever holds the matter now is told, and it is counted."""
    require(actor, "urge", ticket)
    case = take(tx, ticket)
    require_open(case.ticket)
    case.ticket.times_urged += 1
    order = next((o for o in of_round(tx, case.ticket) if o.is_open), None)
    _say(case, actor, "urged", "holder", order, note, happened_at, times=case.ticket.times_urged)
    return case.ticket


def escalate(
    tx: Tx, actor: Actor, ticket: Ticket, whom: str, note: str = "", happened_at: datetime | None = None
) -> Ticket:
    """A person takes the matter up (升級): the customer director or the director makes it their own."""
    require(actor, "escalate", ticket)
    case = take(tx, ticket)
    require_open(case.ticket)
    if whom not in ("customer_director", "director"):
        raise BadInput("whom", "must be customer_director or director")
    people = concerned(case, whom, None)
    if not people:
        raise BadInput("whom", "this office has nobody in that role")
    _say(case, actor, "escalated", whom, None, note, happened_at)
    change_owner(case, actor, people[0], why="escalated")
    return case.ticket


def supervise(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    note: str,
    reply_by: datetime | None = None,
    happened_at: datetime | None = None,
) -> Ticket:
    """Put the matter under supervision (督辦) with a date by which the department must reply."""
    require(actor, "supervise", ticket)
    case = take(tx, ticket)
    require_open(case.ticket)
    saying.words("text", note, HubError("write something"))
    saying.coming("reply_by", reply_by, clock.now())
    order = next((o for o in of_round(tx, case.ticket) if o.is_open), None)
    _say(case, actor, "supervised", "supervisor", order, note, happened_at, reply_by=reply_by)
    return case.ticket


def concerned(case: Case, whom: str, order: Order | None) -> list[int]:
    """The ids of the people a step concerns; never nobody while the ticket has an owner."""
    found: list[int] = []
    if order is not None and order.status == "returned":
        order = None  # it waits for the centre to rule, not for the hands that gave it back
    if whom == "holder" and order is not None and order.worker_id is not None:
        found = [order.worker_id]
    elif whom in ("holder", "supervisor") and order is not None:
        held = organisation.holders(case.tx, case.office.id, "supervisor", order.department_id)
        found = [person.id for person in held]
    elif whom == "customer_director":
        one = organisation.customer_director(case.tx, case.office.id)
        found = [one.id] if one else []
    elif whom == "director":
        found = [person.id for person in organisation.holders(case.tx, case.office.id, "director")]
    if not found and case.ticket.owner_id is not None and whom in ("holder", "supervisor"):
        found = [case.ticket.owner_id]
    return found


def _say(
    case: Case,
    actor: Actor,
    kind: str,
    whom: str,
    order: Order | None,
    note: str,
    happened_at: datetime | None,
    **facts: Any,
) -> None:
    tickets.record(
        case.tx,
        kind,
        case.ticket,
        actor.staff_id,
        case.moment(actor, happened_at),
        words={"note": said} if (said := saying.words("note", note)) else None,
        order_id=order.id if order else None,
        whom=whom,
        staff=concerned(case, whom, order),
        why="by hand",
        **facts,
    )
