"""What belongs to a ticket beside its work: the tickets it is linked to, and those who follow it."""

from typing import Annotated

from fastapi import APIRouter, Body

from dispatch import closing, ownership
from hub import access
from hub.database import Tx
from hub.tickets import Ticket
from web.api.bodies import FollowerIn, LinkIn
from web.api.shapes import TicketOut
from web.api.steps import TicketNumber, naming, on_ticket
from web.deps import Db, Me, Once

router = APIRouter(prefix="/tickets/{number}", tags=["links and followers"])
MYSELF = FollowerIn()


@router.post("/links")
def link(number: TicketNumber, said: LinkIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Join another ticket to this one."""

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        with naming("number"):
            other = access.ticket(tx, me, said.number)
        return closing.link(tx, me, ticket, other, said.kind)

    return on_ticket(db, me, number, once, step)


@router.post("/followers")
def follow(
    number: TicketNumber, me: Me, db: Db, once: Once, said: Annotated[FollowerIn, Body()] = MYSELF
) -> TicketOut:
    """Let a colleague, or oneself, hear of this ticket; a second time changes nothing."""

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        with naming("staff"):
            colleague = access.colleague(tx, me, said.staff or me.login, ticket.office_id)
        return ownership.follow(tx, me, ticket, colleague)

    return on_ticket(db, me, number, once, step)
