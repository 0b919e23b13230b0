"""Whose hands: who could take an order and why; and what happens to the work of somebody who leaves."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from sqlmodel import col, or_, select

from dispatch import assignment, escalation, leaving, major
from dispatch.assignment import Candidate, Job
from hub import access, catalogue, promises
from hub.database import Tx
from hub.errors import NotFound
from hub.estate import Room
from hub.organisation import Department, Office, Role, Staff
from hub.tickets import Ticket
from web.api import bodies
from web.api.bounds import Code, Login
from web.api.shapes import TicketOut
from web.api.steps import OrderNumber, TicketNumber, naming, on_ticket
from web.deps import Db, Me, Once

router = APIRouter(tags=["hands"])


class CandidateOut(BaseModel):
    """A person who could take the order. `why` gives the reasons as data; `is_barred`: the work requires
    a certificate that is not in order, so an assignment would be refused."""

    worker: str
    name: str
    is_on_duty: bool
    leaves_at: datetime | None
    comes_at: datetime | None
    orders: int
    minutes: int
    certificate: str
    is_barred: bool
    why: dict[str, Any]

    @classmethod
    def of(cls, one: Candidate) -> "CandidateOut":
        return cls(
            worker=one.staff.login,
            name=one.staff.name,
            is_on_duty=one.is_on_duty,
            leaves_at=one.leaves_at,
            comes_at=one.comes_at,
            orders=one.load,
            minutes=one.minutes,
            certificate=one.paper,
            is_barred=one.is_barred,
            why=one.why(),
        )


class CandidatesOut(BaseModel):
    """Everybody of the order's department, the best first."""

    items: list[CandidateOut]


class HandedOut(BaseModel):
    """Where everything went: order and ticket number with the name of who has it now, "" for the centre."""

    orders: dict[str, str]
    tickets: dict[str, str]


@router.get("/orders/{number}/candidates")
def candidates(number: OrderNumber, me: Me, db: Db) -> CandidatesOut:
    """Who could take this order, the best first, each with the reasons."""

    def look(tx: Tx) -> CandidatesOut:
        order = access.order(tx, me, number, "work")
        ticket, office = tx.get_one(Ticket, order.ticket_id), tx.get_one(Office, order.office_id)
        category = catalogue.of(tx, office).by_id.get(ticket.category_id or 0)
        room = tx.get(Room, ticket.room_id) if ticket.room_id else None
        arrives = promises.running(tx, ticket.id, "arrive", order.id)
        job = Job(
            category, ticket.priority, ticket.kind, room, min((p.due_at for p in arrives), default=None)
        )
        bench = assignment.bench(tx, office, tx.get_one(Department, order.department_id))
        return CandidatesOut(items=[CandidateOut.of(one) for one in bench.ranked(job)])

    return db.read(look)


@router.post("/staff/{login}/departure")
def leave(login: Login, said: bodies.DepartureIn, me: Me, db: Db, once: Once) -> HandedOut:
    """The person is no longer with us: every role ends, all they had goes to the heir or to the best."""

    def step(tx: Tx) -> HandedOut:
        office = access.home(tx, me)
        me.require("administer", office.id)
        person = access.colleague(tx, me, login, office.id)
        with naming("heir"):
            heir = access.colleague(tx, me, said.heir, office.id) if said.heir else None
        return _handed(leaving.leave(tx, me, person, heir))

    return db.write(step, once)


@router.post("/staff/{login}/roles/{role}/ending")
def end_role(login: Login, role: Code, said: bodies.RoleEndingIn, me: Me, db: Db, once: Once) -> HandedOut:
    """End a role. What only this role lets the person hold is named, or handed over when that is said."""

    def step(tx: Tx) -> HandedOut:
        office = access.home(tx, me)
        me.require("administer", office.id)
        person = access.colleague(tx, me, login, office.id)
        with naming("heir"):
            heir = access.colleague(tx, me, said.heir, office.id) if said.heir else None
        return _handed(leaving.end_role(tx, me, _role(tx, person, role, office), heir, said.hand_over))

    return db.write(step, once)


@router.post("/tickets/{number}/replies")
def reply(number: TicketNumber, said: bodies.NoteIn, me: Me, db: Db, once: Once) -> TicketOut:
    """The department replies to whoever put the matter under supervision."""
    return on_ticket(
        db, me, number, once, lambda tx, row: escalation.reply(tx, me, row, said.text, said.happened_at)
    )


@router.post("/tickets/{number}/declarations")
def declare_major(number: TicketNumber, said: bodies.DeclarationIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Declare a complaint major: the director owns it and calls back."""

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        return major.declare(tx, me, ticket, said.grounds, said.text, said.happened_at)

    return on_ticket(db, me, number, once, step)


@router.post("/tickets/{number}/plans")
def plan(number: TicketNumber, said: bodies.NoteIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Write down what will be done about a major complaint, by whom and until when."""
    return on_ticket(
        db, me, number, once, lambda tx, row: major.plan(tx, me, row, said.text, said.happened_at)
    )


def _role(tx: Tx, person: Staff, role: str, office: Office) -> Role:
    found = tx.scalars(
        select(Role).where(
            Role.staff_id == person.id,
            Role.role == role,
            or_(col(Role.office_id) == office.id, col(Role.office_id).is_(None)),
            col(Role.ended_at).is_(None),
        )
    ).first()
    if found is None:
        raise NotFound("this person does not hold this role")
    return found


def _handed(done: leaving.Handed) -> HandedOut:
    return HandedOut(orders=done.orders, tickets=done.tickets)
