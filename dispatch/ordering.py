"""The centre's order (派單): to a department's supervisor, who assigns, or straight to a worker.

Both ways are legal for every order and the choice is recorded with who made it; on a direct order the
supervisor is told. Source: seed 2-1 remark 3 (K1.7).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dispatch import qualifying, saying
from dispatch.case import Case, require, require_open, settle, take
from hub import orders, promises, roster
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, NotNow
from hub.orders import TO_SUPERVISOR, TO_WORKER, Order
from hub.organisation import Department, Staff
from hub.roster import Member
from hub.rows import new as new_row
from hub.tickets import Ticket

BY_FILE = "file"


@dataclass(frozen=True)
class Instruction:
    """What the centre wants done, by whom, and who chose so (`rule`, `agent` or `file`).

    A file names a department, not a hand: its order went by the supervisor, who then holds it.
    """

    department: Department
    worker: Staff | Member | None = None
    text: str = ""
    appointment_at: datetime | None = None
    chosen_by: str = "agent"
    why: list[dict[str, Any]] = field(default_factory=list)


def order(
    tx: Tx, actor: Actor, ticket: Ticket, instruction: Instruction, happened_at: datetime | None = None
) -> Order:
    """Issue an order for the ticket. Its promises run from now, not from when somebody signs for it.

    Raises NotNow on a closed ticket, one that waits for its callback or stands behind a lead, BadInput for a
    worker of another department, Forbidden when the actor does not dispatch.
    """
    require(actor, "order", ticket)
    case = take(tx, ticket)
    at = case.moment(actor, happened_at)
    issued = issue(case, actor, instruction, at)
    settle(case, actor, at)
    return issued


def issue(case: Case, actor: Actor, instruction: Instruction, at: datetime) -> Order:
    """Write the order and its promises; the caller settles the ticket."""
    require_open(case.ticket)
    case.ticket.callback_at = None
    _check(case, instruction)
    paper = qualifying.check(case, actor, instruction.worker, "to.worker") if instruction.worker else {}
    saying.words("instruction", instruction.text)
    saying.coming("appointment", instruction.appointment_at, at)
    new = _row(case, actor, instruction, at)
    orders.add(case.tx, new)
    _promise(case, new, at)
    orders.record(
        case.tx,
        "ordered",
        case.ticket,
        new,
        actor.staff_id,
        at,
        words={"instruction": instruction.text} if instruction.text else None,
        department=instruction.department.id,
        worker=new.worker_id,
        dispatched_to=new.dispatched_to,
        chosen_by=new.chosen_by,
        appointment_at=instruction.appointment_at,
        why=instruction.why,
        **qualifying.facts(paper),
    )
    return new


def _check(case: Case, instruction: Instruction) -> None:
    if case.ticket.status == "awaiting_callback":
        raise NotNow("the work is done; call the customer back first", legal=("callback",))
    if case.ticket.lead_id is not None:
        lead = case.tx.get_one(Ticket, case.ticket.lead_id)
        raise NotNow(
            "this household stands behind %(lead)s; send the order there, or take it off first",
            legal=("take_off",),
            lead=lead.number,
        )
    if instruction.department.office_id != case.ticket.office_id:
        raise BadInput("to.department", "this department belongs to another office")
    if instruction.worker and instruction.worker.id not in _people(case, instruction.department):
        raise BadInput("to.worker", "%(name)s does not work in this department", name=instruction.worker.name)


def _people(case: Case, department: Department) -> set[int]:
    return {person.id for person in roster.of(case.tx, case.office).of_department(department.id)}


def _row(case: Case, actor: Actor, instruction: Instruction, at: datetime) -> Order:
    seq = orders.next_seq(case.tx, case.ticket.id)
    worker = instruction.worker
    return new_row(
        Order,
        ticket_id=case.ticket.id,
        office_id=case.ticket.office_id,
        seq=seq,
        number=f"{case.ticket.number}-{seq}",
        round=case.ticket.round,
        status="assigned" if worker else "issued",
        department_id=instruction.department.id,
        worker_id=worker.id if worker else None,
        dispatched_to=TO_WORKER if worker and instruction.chosen_by != BY_FILE else TO_SUPERVISOR,
        chosen_by=instruction.chosen_by,
        instruction=instruction.text,
        appointment_at=instruction.appointment_at,
        issued_by=actor.staff_id,
        issued_at=at,
        assigned_at=at if worker else None,
    )


def _promise(case: Case, new: Order, at: datetime) -> None:
    def make(kind: str, limit: str, due: datetime | None = None) -> None:
        promises.make(case.tx, case.book, case.ticket, kind, at, limit, due=due, order=new)

    make("accept", case.limit("respond"))
    make("contact", case.limit("respond"))
    if new.appointment_at:
        make("arrive", "", due=new.appointment_at)
    elif case.limit("on_site"):
        make("arrive", case.limit("on_site"))
    make("done", case.limit("resolve"))
