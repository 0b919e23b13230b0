"""The desk says what kind of matter it is, and may send it on its way in the same step."""

from fastapi import APIRouter

from dispatch import retriage
from hub import access
from hub.database import Tx
from hub.tickets import Ticket
from web.api.bodies import TriageIn
from web.api.shapes import TicketOut
from web.api.steps import TicketNumber, naming, on_ticket, under
from web.deps import Db, Me, Once

router = APIRouter(prefix="/tickets/{number}", tags=["triage"])


@router.post("/triage")
def judge(number: TicketNumber, said: TriageIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Change kind, category or priority; the running promises are made anew from the time received."""
    then = said.dispatch.choice() if said.dispatch else None

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        if then is not None and then.worker is not None:
            with naming("dispatch.worker"):
                access.colleague(tx, me, then.worker, ticket.office_id)
        with under("dispatch"):
            return retriage.judge_by_hand(
                tx, me, ticket, said.kind, said.category, said.priority, then, said.happened_at
            )

    return on_ticket(db, me, number, once, step)
