"""Pressure on a matter: urge its holder, put it under supervision, take it up."""

from fastapi import APIRouter

from dispatch import escalation
from hub.database import Tx
from hub.tickets import Ticket
from web.api.bodies import EscalationIn, SupervisionIn, UrgingIn
from web.api.shapes import TicketOut
from web.api.steps import TicketNumber, on_ticket
from web.deps import Db, Me, Once

router = APIRouter(prefix="/tickets/{number}", tags=["pressure"])


@router.post("/urgings")
def urge(number: TicketNumber, said: UrgingIn, me: Me, db: Db, once: Once) -> TicketOut:
    """The customer or the desk urges; whoever holds the matter is told, and it is counted."""
    return on_ticket(
        db, me, number, once, lambda tx, row: escalation.urge(tx, me, row, said.text, said.happened_at)
    )


@router.post("/supervisions")
def supervise(number: TicketNumber, said: SupervisionIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Put the matter under supervision, with a date by which the department must reply."""

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        return escalation.supervise(tx, me, ticket, said.text, said.reply_by, said.happened_at)

    return on_ticket(db, me, number, once, step)


@router.post("/escalations")
def escalate(number: TicketNumber, said: EscalationIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Take the matter up to the customer director or the director, who then answers for it."""

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        return escalation.escalate(tx, me, ticket, said.whom, said.text, said.happened_at)

    return on_ticket(db, me, number, once, step)
