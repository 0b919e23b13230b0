"""Closing without work, one by one or many at once, and opening again."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from dispatch import closing, intake
from dispatch.intake import Prepared
from hub import access
from hub.database import Tx
from hub.errors import NotNow
from hub.organisation import Office
from hub.tickets import Ticket
from web import problems
from web.api.bodies import ClosureIn, ClosuresIn, ReasonIn
from web.api.problem import Problem
from web.api.shapes import TicketOut
from web.api.steps import TicketNumber, naming, on_ticket
from web.deps import Db, Me, Once

router = APIRouter(tags=["closing"])
TOO_LATE = "continue"


class RefusedOut(BaseModel):
    """A ticket that was left as it is, and why."""

    number: str
    problem: Problem


class Closures(BaseModel):
    closed: list[str]
    refused: list[RefusedOut]


@router.post("/tickets/{number}/closure")
def close(number: TicketNumber, said: ClosureIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Close a ticket that has no work in hand. One that owes a callback is refused."""

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        with naming("duplicate_of"):
            other = access.ticket(tx, me, said.duplicate_of) if said.duplicate_of else None
        return closing.close(tx, me, ticket, said.outcome, said.note, other, said.happened_at)

    return on_ticket(db, me, number, once, step)


@router.post("/closures")
def close_many(said: ClosuresIn, request: Request, me: Me, db: Db, once: Once) -> Closures:
    """Close each by the same rules as one; those that may not be closed stay, each with its reason."""

    def step(tx: Tx) -> Closures:
        closed, refused = closing.close_many(tx, me, said.numbers, said.outcome)
        return Closures(
            closed=[ticket.number for ticket in closed],
            refused=[
                RefusedOut(
                    number=one.number,
                    problem=Problem(**problems.described(request, one.refusal.status, one.refusal)),
                )
                for one in refused
            ],
        )

    return db.write(step, once)


@router.post(
    "/tickets/{number}/reopening",
    responses={201: {"model": TicketOut, "description": "Too late to reopen: registered anew, and linked"}},
)
def reopen(number: TicketNumber, said: ReasonIn, response: Response, me: Me, db: Db, once: Once) -> TicketOut:
    """Open a closed ticket again; after the office's window a new one, linked to it, is answered (201)."""
    try:
        stands = on_ticket(
            db, me, number, once, lambda tx, row: closing.reopen(tx, me, row, said.reason, said.happened_at)
        )
    except NotNow as refusal:
        if TOO_LATE not in refusal.legal:
            raise
        prepared = db.read(lambda tx: _anew(tx, access.ticket(tx, me, number), said.reason))
        stands = db.write(
            lambda tx: TicketOut.of(
                tx, intake.continue_matter(tx, me, access.ticket(tx, me, number), prepared)
            ),
            once,
        )
    if _number(stands) != number:
        response.status_code = 201
    return stands


def _anew(tx: Tx, old: Ticket, reason: str) -> Prepared:
    """The matter as it is registered anew: the customer and item of old, the reason as what is said now."""
    again = replace(intake.as_complaint(tx, old, old.item), description=reason, channel=old.channel)
    return intake.prepare(tx, tx.get_one(Office, old.office_id), again)


def _number(stands: TicketOut | dict[str, object]) -> object:
    """The number of an answer just made, or of one kept under an idempotency key."""
    return stands["number"] if isinstance(stands, dict) else stands.number
