"""Callbacks: one try to reach the customer after the work, and what they said."""

from fastapi import APIRouter

from dispatch import callback
from hub.database import Tx
from hub.tickets import Ticket
from web.api.bodies import CallbackIn
from web.api.shapes import TicketOut
from web.api.steps import TicketNumber, on_ticket
from web.deps import Db, Me, Once

router = APIRouter(prefix="/tickets/{number}", tags=["callbacks"])


@router.post("/callbacks")
def call_back(number: TicketNumber, said: CallbackIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Satisfied closes the ticket, dissatisfied opens its next round, nobody there plans the next try."""

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        return callback.call_back(
            tx,
            me,
            ticket,
            said.reached,
            said.solved,
            said.satisfied,
            said.comment,
            said.means,
            said.happened_at,
        )

    return on_ticket(db, me, number, once, step)
