"""What the centre itself says: the answer to the customer, now or promised, and notes."""

from fastapi import APIRouter

from dispatch import answering
from hub import access
from hub.database import Tx
from hub.errors import BadInput
from hub.tickets import Ticket
from web.api.bodies import AnswerIn, NoteIn
from web.api.shapes import TicketOut
from web.api.steps import TicketNumber, naming, on_ticket
from web.deps import Db, Me, Once

router = APIRouter(prefix="/tickets/{number}", tags=["answers"])


@router.post("/answers")
def answer(number: TicketNumber, said: AnswerIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Give the customer the answer (`text`), or promise one by a date (`promised_for`, and its owner)."""
    if said.text.strip() and said.promised_for:
        raise BadInput("promised_for", "give the answer or promise one, not both")

    def now(tx: Tx, ticket: Ticket) -> Ticket:
        return answering.answer(tx, me, ticket, said.text, said.outcome, said.happened_at)

    def later(tx: Tx, ticket: Ticket) -> Ticket:
        assert said.promised_for is not None
        with naming("owner"):
            owner = access.colleague(tx, me, said.owner or me.login, ticket.office_id)
        return answering.answer_later(tx, me, ticket, said.promised_for, owner, said.happened_at)

    return on_ticket(db, me, number, once, later if said.promised_for else now)


@router.post("/notes")
def note(number: TicketNumber, said: NoteIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Write a note on the ticket, open or closed."""
    return on_ticket(
        db, me, number, once, lambda tx, row: answering.note(tx, me, row, said.text, said.happened_at)
    )
