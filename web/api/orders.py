"""Orders: the centre's instructions, and a working day's steps as nouns."""

from typing import Annotated

from fastapi import APIRouter, Body

from dispatch import deciding, ordering, returning, work
from dispatch.hands import Seen
from hub import access, organisation
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from web.api import bodies
from web.api.bounds import NOTHING_SAID, Said
from web.api.steps import OrderNumber, TicketNumber, naming, on_order
from web.api.work_shapes import OrderOut
from web.deps import Db, Me, Once

router = APIRouter(tags=["orders"])
MaybeSaid = Annotated[Said, Body()]
NO_REASON = bodies.WithdrawalIn()


@router.post("/tickets/{number}/orders", status_code=201)
def issue(number: TicketNumber, said: bodies.OrderIn, me: Me, db: Db, once: Once) -> OrderOut:
    """Order a department's supervisor or a worker to do something about a ticket."""

    def step(tx: Tx) -> OrderOut:
        ticket = access.ticket(tx, me, number, "order")
        with naming("to.worker"):
            instruction = deciding.chosen(tx, tx.get_one(Office, ticket.office_id), me, said.choice())
        return OrderOut.of(tx, ordering.order(tx, me, ticket, instruction, said.happened_at))

    return db.write(step, once)


@router.get("/orders/{number}")
def read(number: OrderNumber, me: Me, db: Db) -> OrderOut:
    """One order with its promises and the steps that are legal now."""
    return db.read(lambda tx: OrderOut.of(tx, access.order(tx, me, number)))


@router.post("/orders/{number}/assignment")
def assign(number: OrderNumber, said: bodies.AssignmentIn, me: Me, db: Db, once: Once) -> OrderOut:
    """Give the order to a worker of its department, or hand it over to another.

    Of two who do so at once one wins, and the other is told who has it.
    """
    seen = db.read(lambda tx: _seen(tx, me, access.order(tx, me, number), said.instead_of))

    def step(tx: Tx, order: Order) -> Order:
        worker = _colleague(tx, me, order, said.worker, "worker")
        return work.assign(tx, me, order, worker, said.happened_at, seen)

    return on_order(db, me, number, once, step)


@router.post("/orders/{number}/acceptance")
def accept(number: OrderNumber, me: Me, db: Db, once: Once, said: MaybeSaid = NOTHING_SAID) -> OrderOut:
    """Take the order; one that nobody has yet is claimed by the first."""
    return on_order(db, me, number, once, lambda tx, row: work.accept(tx, me, row, said.happened_at))


@router.post("/orders/{number}/contact")
def contact(number: OrderNumber, me: Me, db: Db, once: Once, said: MaybeSaid = NOTHING_SAID) -> OrderOut:
    """A human has spoken to the customer."""
    return on_order(db, me, number, once, lambda tx, row: work.contact(tx, me, row, said.happened_at))


@router.post("/orders/{number}/departure")
def depart(number: OrderNumber, me: Me, db: Db, once: Once, said: MaybeSaid = NOTHING_SAID) -> OrderOut:
    """The worker is on the way."""
    return on_order(db, me, number, once, lambda tx, row: work.depart(tx, me, row, said.happened_at))


@router.post("/orders/{number}/arrival")
def arrive(number: OrderNumber, me: Me, db: Db, once: Once, said: MaybeSaid = NOTHING_SAID) -> OrderOut:
    """The worker is on site."""
    return on_order(db, me, number, once, lambda tx, row: work.arrive(tx, me, row, said.happened_at))


@router.post("/orders/{number}/hold")
def hold(number: OrderNumber, said: bodies.HoldIn, me: Me, db: Db, once: Once) -> OrderOut:
    """Put the order on hold, for a reason of the office's list."""

    def step(tx: Tx, order: Order) -> Order:
        return work.hold(tx, me, order, said.reason, said.until, said.note, said.happened_at)

    return on_order(db, me, number, once, step)


@router.post("/orders/{number}/resumption")
def resume(number: OrderNumber, me: Me, db: Db, once: Once, said: MaybeSaid = NOTHING_SAID) -> OrderOut:
    """The order goes on from where it stood."""
    return on_order(db, me, number, once, lambda tx, row: work.resume(tx, me, row, said.happened_at))


@router.post("/orders/{number}/return")
def send_back(number: OrderNumber, said: bodies.ReasonIn, me: Me, db: Db, once: Once) -> OrderOut:
    """Return the order to the centre with a reason; the centre rules."""
    return on_order(
        db, me, number, once, lambda tx, row: returning.send_back(tx, me, row, said.reason, said.happened_at)
    )


@router.post("/orders/{number}/ruling")
def rule(number: OrderNumber, said: bodies.RulingIn, me: Me, db: Db, once: Once) -> OrderOut:
    """Rule on a returned order. Answers the order that stands now: for another department, a new one."""

    def step(tx: Tx, order: Order) -> Order:
        to = said.to or bodies.NOBODY
        worker = _colleague(tx, me, order, to.worker, "to.worker") if to.worker else None
        department = _department(tx, order, to.department) if to.department else None
        return returning.rule(tx, me, order, said.ruling, department, worker, said.reason, said.happened_at)

    return on_order(db, me, number, once, step)


@router.post("/orders/{number}/withdrawal")
def withdraw(
    number: OrderNumber,
    me: Me,
    db: Db,
    once: Once,
    said: Annotated[bodies.WithdrawalIn, Body()] = NO_REASON,
) -> OrderOut:
    """Take the order back."""
    return on_order(
        db, me, number, once, lambda tx, row: returning.withdraw(tx, me, row, said.reason, said.happened_at)
    )


@router.post("/orders/{number}/completion")
def complete(number: OrderNumber, said: bodies.CompletionIn, me: Me, db: Db, once: Once) -> OrderOut:
    """The work is done: what was done, with what, and the fields its category demands."""
    materials = [material.model_dump() for material in said.materials]

    def step(tx: Tx, order: Order) -> Order:
        return work.complete(tx, me, order, said.done, materials, said.fields, said.happened_at)

    return on_order(db, me, number, once, step)


def _seen(tx: Tx, me: Actor, order: Order, instead_of: str | None) -> Seen:
    """Who the sender saw to have it, as said or as it stands when the request comes in."""
    if instead_of is None:
        return Seen(order.worker_id)
    return Seen(_colleague(tx, me, order, instead_of, "instead_of").id if instead_of else None)


def _colleague(tx: Tx, me: Actor, order: Order, login: str, field: str) -> Staff:
    with naming(field):
        return access.colleague(tx, me, login, order.office_id)


def _department(tx: Tx, order: Order, code: str) -> Department:
    found = organisation.department(tx, order.office_id, code)
    if found is None:
        raise BadInput("to.department", "there is no such department in this office")
    return found
