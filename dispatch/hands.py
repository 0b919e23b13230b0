"""An order and its hands: given by somebody, claimed by the worker, taken already.

The one place where an order gets its worker, so that what is asked of a worker is asked everywhere.
Source: seed 2-1 remark 3 (K1.7), P4.2.2b; house.md (the second is told who was first).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch import qualifying
from dispatch.case import Case
from hub import orders, organisation
from hub.access import Actor
from hub.errors import AlreadyTaken, BadInput
from hub.orders import Order
from hub.organisation import Staff
from hub.roster import Member


@dataclass(frozen=True)
class Seen:
    """Who had the order when somebody decided about it (None: nobody had)."""

    worker_id: int | None


def give(
    case: Case,
    actor: Actor,
    order: Order,
    worker: Staff | Member,
    at: datetime,
    where: str = "worker",
    **facts: Any,
) -> None:
    """The order gets this worker, on record. The way there and the visit were another's.

    Raises BadInput, naming the field `where`, for somebody of another department or without the certificate
    that the work requires; NotNow when the order is past that.
    """
    if worker.id not in {person.id for person in organisation.field_staff(case.tx, order.department_id)}:
        raise BadInput(where, "%(name)s does not work in this department", name=worker.name)
    paper = qualifying.check(case, actor, worker, where)
    orders.move(order, "assign")
    was, order.worker_id = order.worker_id, worker.id
    order.assigned_at, order.accepted_at = at, None
    order.departed_at = order.arrived_at = None
    told = qualifying.facts(paper) | facts
    orders.record(
        case.tx, "assigned", case.ticket, order, actor.staff_id, at, worker=worker.id, was=was, **told
    )


def claim(case: Case, actor: Actor, order: Order, at: datetime) -> None:
    """An order that nobody has becomes the actor's, where they take orders of its department."""
    people = {person.id: person for person in organisation.field_staff(case.tx, order.department_id)}
    if actor.staff_id in people:
        give(case, actor, order, people[actor.staff_id], at)


def require_as_seen(case: Case, order: Order, seen: Seen | None) -> None:
    """Raises AlreadyTaken when somebody else has the order by now than the actor saw."""
    if seen is not None and order.worker_id not in (None, seen.worker_id):
        raise taken(case, order)


def taken(case: Case, order: Order) -> AlreadyTaken:
    """The refusal that says who has the order."""
    return AlreadyTaken("%(name)s has this order", name=case.tx.get_one(Staff, order.worker_id).name)


def paper(case: Case, actor: Actor, order: Order) -> dict[str, Any]:
    """What the record says of the worker's certificate now. Raises BadInput where it no longer suffices."""
    if order.worker_id is None:
        return {}
    return qualifying.facts(qualifying.check(case, actor, case.tx.get_one(Staff, order.worker_id)))
