"""A person who leaves, or loses a role: what they had in hand goes to somebody at once.

Orders go to the best of the department who may do them, else to its supervisor, else back to the centre;
matters they answer for go to the heir, else to the customer director. Every one of them is listed.
Source: seed K4.1 (one owner for every event), P4.2.2e (a key person leaves).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from dispatch import assignment, hands
from dispatch.case import Case, change_owner, settle, take, take_order
from dispatch.work import lift_hold
from hub import clock, events, founding, orders, organisation, tickets
from hub.access import DESK, HUB, Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotNow
from hub.estate import Room
from hub.orders import OPEN, Order
from hub.organisation import FIELD_ROLES, Company, Department, Office, Role, Staff
from hub.roster import Member
from hub.tickets import Ticket

LEFT = "left"
IN_HAND = tuple(state for state in OPEN if state != "returned")
# How long after a role has ended the tick still looks for what was left behind.
LOOKS_BACK = timedelta(days=30)
NAMED = 5


@dataclass(frozen=True)
class Left:
    """What was in somebody's hands: order and ticket ids."""

    orders: tuple[int, ...] = ()
    tickets: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.orders or self.tickets)


@dataclass(frozen=True)
class Handed:
    """Where everything went: by order and ticket number the name of who has it now ("" the centre)."""

    orders: dict[str, str]
    tickets: dict[str, str]


def leave(tx: Tx, actor: Actor, person: Staff, heir: Staff | None = None) -> Handed:
    """The person is no longer with us: every role ends, and what they had goes to the heir or the best.

    Raises Forbidden for whoever does not administer each of their offices, BadInput for an heir who left too
    and where nobody is left to answer for a matter.
    """
    held = tx.scalars(select(Role).where(Role.staff_id == person.id, col(Role.ended_at).is_(None))).all()
    for role in held:
        _require(actor, role)
    if heir is not None and (heir.id == person.id or heir.ended_at is not None):
        raise BadInput("heir", "%(name)s cannot take this over", name=heir.name)
    for role in held:
        _end(tx, actor, role)
    person = tx.get_one(Staff, person.id)
    person.ended_at = clock.now()
    tx.flush()
    home = next((role.office_id for role in held if role.office_id is not None), None)
    _record(tx, actor, "staff_left", home, person.company_id, staff=person.id, heir=heir.id if heir else None)
    return _hand_on(tx, actor, left_behind(tx, [person.id]), heir)


def end_role(
    tx: Tx, actor: Actor, role: Role, heir: Staff | None = None, is_handing_over: bool = False
) -> Handed:
    """End one role. What only this role let the person hold is refused, or handed over when that is said.

    Raises NotNow naming what is still in hand, Forbidden for whoever does not administer the office.
    """
    role = tx.get_one(Role, role.id)
    if role.ended_at is not None:
        raise NotNow("this role has ended")
    _require(actor, role)
    _end(tx, actor, role)
    left = left_behind(tx, [role.staff_id])
    if left and heir is None and not is_handing_over:
        numbers = _numbers(tx, left)
        raise NotNow(
            "%(name)s still has in hand: %(numbers)s. Say who takes it over",
            name=tx.get_one(Staff, role.staff_id).name,
            numbers=", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else ""),
        )
    return _hand_on(tx, actor, left, heir)


def left_behind(tx: Tx, staff_ids: Sequence[int]) -> Left:
    """What these people have in hand and may no longer have: without the role it takes, or gone."""
    works = select(Role.id).where(
        Role.staff_id == Order.worker_id,
        Role.department_id == Order.department_id,
        col(Role.role).in_((*FIELD_ROLES, "supervisor")),
        col(Role.ended_at).is_(None),
        col(Role.staff_id).in_(select(Staff.id).where(col(Staff.ended_at).is_(None))),
    )
    answers = select(Role.id).where(
        Role.staff_id == Ticket.owner_id,
        Role.office_id == Ticket.office_id,
        col(Role.role).in_((*DESK, "cashier")),
        col(Role.ended_at).is_(None),
        col(Role.staff_id).in_(select(Staff.id).where(col(Staff.ended_at).is_(None))),
    )
    ids = list(staff_ids)
    return Left(
        tuple(
            tx.scalars(
                select(Order.id)
                .where(col(Order.worker_id).in_(ids), col(Order.status).in_(IN_HAND), ~works.exists())
                .order_by(col(Order.id))
            )
        ),
        tuple(
            tx.scalars(
                select(Ticket.id)
                .where(col(Ticket.owner_id).in_(ids), Ticket.status != "closed", ~answers.exists())
                .order_by(col(Ticket.id))
            )
        ),
    )


def gone(tx: Tx) -> list[int]:
    """Who lost a role, or left, of late: the tick looks at what they left behind."""
    since = clock.now() - LOOKS_BACK
    roles = tx.scalars(select(Role.staff_id).where(col(Role.ended_at) >= since))
    return sorted({*roles, *tx.scalars(select(Staff.id).where(col(Staff.ended_at) >= since))})


def hand_on_order(tx: Tx, order_id: int) -> bool:
    """Give an order that was left behind to somebody. True when it still was."""
    case, order = take_order(tx, tx.get_one(Order, order_id))
    if order.worker_id is None or order.id not in left_behind(tx, [order.worker_id]).orders:
        return False
    _give_on(case, HUB, order, None)
    return True


def hand_on_ticket(tx: Tx, ticket_id: int) -> bool:
    """Find a ticket that was left behind a new owner. True when there is one."""
    case = take(tx, tx.get_one(Ticket, ticket_id))
    owner_id = case.ticket.owner_id
    if owner_id is None or case.ticket.id not in left_behind(tx, [owner_id]).tickets:
        return False
    owner = _next_owner(case, None)
    if owner is not None:
        change_owner(case, HUB, owner.id, why=LEFT)
    return owner is not None


def _hand_on(tx: Tx, actor: Actor, left: Left, heir: Staff | None) -> Handed:
    of_orders = {order_id: tx.get_one(Order, order_id).ticket_id for order_id in left.orders}
    tickets.lock_all(tx, {*of_orders.values(), *left.tickets})
    given: dict[str, str] = {}
    for order_id in left.orders:
        case, order = take_order(tx, tx.get_one(Order, order_id))
        given[order.number] = _give_on(case, actor, order, heir)
    owned: dict[str, str] = {}
    for ticket_id in left.tickets:
        case = take(tx, tx.get_one(Ticket, ticket_id))
        owner = _next_owner(case, heir)
        if owner is None:
            raise BadInput("heir", "this office has nobody else to answer for a matter")
        change_owner(case, actor, owner.id, why=LEFT)
        owned[case.ticket.number] = owner.name
    tx.flush()
    return Handed(given, owned)


def _give_on(case: Case, actor: Actor, order: Order, heir: Staff | None) -> str:
    """The order to its next hands, or back to the centre where the department has none. Answers whose."""
    at = clock.now()
    chosen = _next_hands(case, order, heir)
    if chosen is None:
        lift_hold(case, order, at)
        orders.move(order, "return")
        order.times_returned += 1
        orders.record(
            case.tx,
            "returned",
            case.ticket,
            order,
            actor.staff_id,
            at,
            department=order.department_id,
            why=LEFT,
        )
        settle(case, actor, at)
        return ""
    if order.status == "on_hold":  # whoever has it now sees for themselves whether it still has to wait
        lift_hold(case, order, at)
        orders.move(order, "resume")
        orders.record(case.tx, "resumed", case.ticket, order, actor.staff_id, at, why=LEFT)
    hands.give(case, actor, order, chosen, at, why=LEFT)
    settle(case, actor, at)
    return chosen.name


def _next_hands(case: Case, order: Order, heir: Staff | None) -> Member | None:
    """The heir, the best on duty, the supervisor, anybody of the department: in this order, who may do it."""
    department = case.tx.get_one(Department, order.department_id)
    room = case.tx.get(Room, case.ticket.room_id) if case.ticket.room_id else None
    job = assignment.Job(case.category, case.ticket.priority, case.ticket.kind, room)
    bench = assignment.bench(case.tx, case.office, department)
    able = [one for one in bench.ranked(job) if not one.is_barred]
    in_order = (
        *(one for one in able if heir is not None and one.staff.id == heir.id),
        *(one for one in able if one.is_on_duty and not one.is_unwelcome),
        *(one for one in able if one.staff.leads),
        *able,
    )
    return next((one.staff for one in in_order), None)


def _next_owner(case: Case, heir: Staff | None) -> Staff | None:
    office_id, was = case.office.id, case.ticket.owner_id
    centre = [
        person
        for role in ("customer_director", "director", "clerk")
        for person in organisation.holders(case.tx, office_id, role)
        if person.id != was
    ]
    if heir is not None and heir.id in {person.id for person in centre}:
        return heir
    return next(iter(centre), None)


def _require(actor: Actor, role: Role) -> None:
    """Raises Forbidden: an office's administrator ends its roles, the company's those of the company."""
    if role.office_id is not None:
        actor.require("administer", role.office_id)
    elif not actor.is_hub and not any(g.role == "admin" and g.office_id is None for g in actor.grants):
        raise Forbidden("this step belongs to another role")


def _end(tx: Tx, actor: Actor, role: Role) -> None:
    role.ended_at = clock.now()
    tx.flush()
    company_id = tx.get_one(Staff, role.staff_id).company_id
    _record(tx, actor, "role_ended", role.office_id, company_id, staff=role.staff_id, role=role.role)


def _record(tx: Tx, actor: Actor, kind: str, office_id: int | None, company_id: int, **facts: object) -> None:
    office = tx.get_one(Office, office_id) if office_id is not None else None
    company = tx.get_one(Company, company_id)
    stream = founding.stream_of(company, office)
    events.record(tx, kind, stream=stream, office_id=office_id, by_id=actor.staff_id, facts=facts)


def _numbers(tx: Tx, left: Left) -> list[str]:
    given = tx.scalars(select(Order.number).where(col(Order.id).in_(left.orders)))
    owned = tx.scalars(select(Ticket.number).where(col(Ticket.id).in_(left.tickets)))
    return [*given, *owned]
