"""Orders that come back (退單) and how the centre rules; and orders the centre takes back.

A department returns with a reason, it cannot refuse in silence; the centre rules. The second return of one
ticket by the same department is ruled by the customer director, so that orders are not passed around.
Source: seed 2-1 (K1.1 中心高於其他部門); domain.md §3.2 (return once, 終審).
"""

from datetime import datetime

from sqlmodel import col, func, select

from dispatch import hands, ordering, saying
from dispatch.case import Case, change_owner, require, self_approved, settle, take_order
from dispatch.work import lift_hold
from hub import orders, organisation, promises, tickets
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden, HubError, NotNow
from hub.orders import Order
from hub.organisation import Department, Staff
from hub.roster import Member

REISSUE, WITHDRAW = "reissue", "withdraw"


def send_back(tx: Tx, actor: Actor, order: Order, reason: str, happened_at: datetime | None = None) -> Order:
    """Return the order to the centre with a reason (退回). Its promises run on: a return wins no time.

    Raises BadInput without a reason, NotNow when the order cannot be returned.
    """
    case, order = take_order(tx, order)
    at = case.moment(actor, happened_at)
    _require_department(case, actor, order)
    reason = saying.words("reason", reason, HubError("say why the order is returned"))
    lift_hold(case, order, at)
    orders.move(order, "return")
    order.times_returned += 1
    order.return_reason, order.returned_by = reason, actor.staff_id
    times = returns_by(case, order.department_id)
    orders.record(
        tx,
        "returned",
        case.ticket,
        order,
        actor.staff_id,
        at,
        words={"reason": order.return_reason},
        department=order.department_id,
        times=times,
    )
    if times > 1:
        _to_customer_director(case, actor, order, at)
    settle(case, actor, at)
    return order


def rule(
    tx: Tx,
    actor: Actor,
    order: Order,
    ruling: str,
    department: Department | None = None,
    worker: Staff | Member | None = None,
    reason: str = "",
    happened_at: datetime | None = None,
) -> Order:
    """The centre rules on a returned order: reissue it (to the same or another department) or withdraw it.

    To the same department the order goes back with its promises as they ran; for another a new order is
    issued and this one is withdrawn. Answers the order that now stands.
    Raises NotNow when the order was not returned, Forbidden when the customer director must rule.
    """
    case, order = take_order(tx, order)
    require(actor, "rule", case.ticket)
    _require_rank(case, actor, order)
    reason = saying.words("reason", reason)
    at = case.moment(actor, happened_at)
    if order.status != "returned":
        raise NotNow("only a returned order is ruled on", legal=tuple(orders.MOVES[order.status]))
    if ruling not in (REISSUE, WITHDRAW):
        raise BadInput("ruling", "must be reissue or withdraw")
    orders.record(
        tx,
        "ruled",
        case.ticket,
        order,
        actor.staff_id,
        at,
        words={"reason": reason} if reason else None,
        ruling=ruling,
        department=department.id if department else None,
        self_approved=self_approved(actor, order.returned_by),
    )
    standing = _carry_out(case, actor, order, ruling, department, worker, at)
    settle(case, actor, at)
    return standing


def withdraw(
    tx: Tx, actor: Actor, order: Order, reason: str = "", happened_at: datetime | None = None
) -> Order:
    """The centre takes the order back; its promises end, neither kept nor broken."""
    case, order = take_order(tx, order)
    require(actor, "withdraw", case.ticket)
    if order.status == "returned":
        _require_rank(case, actor, order)
    reason = saying.words("reason", reason)
    at = case.moment(actor, happened_at)
    _withdraw(case, actor, order, at, reason)
    settle(case, actor, at)
    return order


def returns_by(case: Case, department_id: int) -> int:
    """How often this department has returned orders of this ticket, in its present round."""
    case.tx.flush()
    return (
        case.tx.scalars(
            select(func.sum(col(Order.times_returned))).where(
                Order.ticket_id == case.ticket.id,
                Order.department_id == department_id,
                Order.round == case.ticket.round,
            )
        ).one()
        or 0
    )


def _carry_out(
    case: Case,
    actor: Actor,
    order: Order,
    ruling: str,
    department: Department | None,
    worker: Staff | Member | None,
    at: datetime,
) -> Order:
    if ruling == WITHDRAW:
        _withdraw(case, actor, order, at, "")
        return order
    if department is not None and department.id != order.department_id:
        _withdraw(case, actor, order, at, "")
        again = ordering.Instruction(department, worker, order.instruction, order.appointment_at)
        return ordering.issue(case, actor, again, at)
    orders.move(order, "reissue")
    order.worker_id = order.assigned_at = order.accepted_at = None
    if worker is not None:
        hands.give(case, actor, order, worker, at, "to.worker")
    return order


def _withdraw(case: Case, actor: Actor, order: Order, at: datetime, reason: str) -> None:
    lift_hold(case, order, at)
    orders.move(order, "withdraw")
    order.ended_at = at
    promises.end(case.tx, case.ticket, at, order=order)
    words = {"reason": reason} if reason else None
    orders.record(case.tx, "withdrawn", case.ticket, order, actor.staff_id, at, words=words)


def _require_rank(case: Case, actor: Actor, order: Order) -> None:
    """A second return is the customer director's to rule on, in whatever way it is ruled on."""
    if returns_by(case, order.department_id) > 1 and not actor.may("rule again", case.office.id):
        raise Forbidden("returned twice by one department: the customer director rules")


def _require_department(case: Case, actor: Actor, order: Order) -> None:
    own = order.worker_id is not None and order.worker_id == actor.staff_id
    if not own and not actor.may("assign", case.office.id):
        raise Forbidden("this step belongs to another role")


def _to_customer_director(case: Case, actor: Actor, order: Order, at: datetime) -> None:
    director = organisation.customer_director(case.tx, case.office.id)
    if director is None:
        return
    change_owner(case, actor, director.id, at, why="returned twice")
    tickets.record(
        case.tx,
        "escalated",
        case.ticket,
        actor.staff_id,
        at,
        order_id=order.id,
        whom="customer_director",
        staff=[director.id],
        why="returned twice",
    )
