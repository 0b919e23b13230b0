"""Tickets: see what would be decided, find and read them. They are registered in `web.api.intakes`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dispatch import intake
from dispatch.deciding import Decision
from dispatch.duplicates import Likely
from hub import access, finding
from hub.database import Tx
from hub.finding import Wanted
from hub.tickets import STATES
from web.api import paging
from web.api.bodies import TicketIn
from web.api.bounds import Code, Line, OneOf
from web.api.intakes import resembling, thought_over
from web.api.paging import Page, Paged
from web.api.shapes import ResembleOut, TicketLine, TicketOut
from web.api.steps import TicketNumber
from web.deps import Db, Me

router = APIRouter(prefix="/tickets", tags=["tickets"])
LIST = "tickets"


class TicketsWanted(Paged):
    """Which tickets: every filter that is given must hold; `q` finds words, a number, a phone or a room."""

    status: Annotated[str, OneOf(STATES)] | None = None
    office: Code | None = None
    department: Code | None = None
    worker: Annotated[str, Field(max_length=100)] | None = None
    q: Line = ""


class Preview(BaseModel):
    """What would be decided. `department` null: the desk keeps it; `worker` null: the supervisor assigns."""

    kind: str | None
    category: str | None
    priority: str
    sure: bool
    department: str | None
    mode: str
    worker: str | None
    why: list[dict[str, Any]]
    resembles: list[ResembleOut]

    @classmethod
    def of(cls, decision: Decision, likely: list[Likely]) -> "Preview":
        judged, route = decision.judgement, decision.route
        return cls(
            kind=judged.kind,
            category=judged.category,
            priority=judged.priority,
            sure=judged.sure,
            department=route.department.code if route.department else None,
            mode=route.mode,
            worker=decision.worker.staff.login if decision.worker else None,
            why=decision.why(),
            resembles=[resembling(one) for one in likely],
        )


@router.post("/preview")
def preview(said: TicketIn, me: Me, db: Db) -> Preview:
    """What would be decided about this matter, and why. Writes nothing, so it may be asked at will."""

    def look(tx: Tx) -> Preview:
        prepared, likely = thought_over(tx, me, said)
        return Preview.of(intake.preview(tx, me, prepared), likely)

    return db.read(look)


@router.get("")
def find(wanted: Annotated[TicketsWanted, Query()], me: Me, db: Db) -> Page[TicketLine]:
    """The tickets the asker may see, newest first."""

    def look(tx: Tx) -> Page[TicketLine]:
        filters = Wanted(wanted.status, wanted.office, wanted.department, wanted.worker, wanted.q)
        rows = finding.tickets(tx, me, filters, wanted.after(LIST, int), wanted.limit + 1)
        shown, next_cursor = paging.cut(LIST, rows, wanted.limit, lambda row: row.id)
        return Page(items=TicketLine.many(tx, shown), next_cursor=next_cursor)

    return db.read(look)


@router.get("/{number}")
def read(number: TicketNumber, me: Me, db: Db) -> TicketOut:
    """One ticket with its promises, orders, links and reasons."""
    return db.read(lambda tx: TicketOut.of(tx, access.ticket(tx, me, number)))
