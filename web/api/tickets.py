"""Tickets: register one, see what would be decided, find and read them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dispatch import duplicates, intake
from dispatch.deciding import Decision
from dispatch.duplicates import Likely
from dispatch.intake import Prepared
from hub import access, finding
from hub.access import Actor
from hub.database import Tx
from hub.finding import Wanted
from hub.tickets import STATES
from web.api import paging
from web.api.bodies import TicketIn
from web.api.bounds import Code, Line, OneOf
from web.api.paging import Page, Paged
from web.api.shapes import ResembleOut, TicketLine, TicketOut
from web.api.steps import TicketNumber, naming, under
from web.deps import Db, Me, Once

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
            resembles=[_resembling(one) for one in likely],
        )


@router.post("", status_code=201)
def receive(said: TicketIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Register a matter; it is triaged, routed and dispatched in the same step, with every reason.

    The same external reference is the same ticket. `resembles` says which tickets may be the same matter; to
    register it behind one of them, send it with `dispatch: {way: "behind", lead: NUMBER}`.
    """
    prepared, seen = db.read(lambda tx: _thought_over(tx, me, said))
    # the record keeps only how many words are shared; whoever has just said them may see which
    told = {one.number: _resembling(one) for one in seen}

    def register(tx: Tx) -> TicketOut:
        with under("dispatch"):
            out = TicketOut.of(tx, intake.receive(tx, me, prepared))
        out.resembles = [told[one.number] for one in out.resembles if one.number in told]
        return out

    return db.write(register, once)


@router.post("/preview")
def preview(said: TicketIn, me: Me, db: Db) -> Preview:
    """What would be decided about this matter, and why. Writes nothing, so it may be asked at will."""

    def look(tx: Tx) -> Preview:
        prepared, likely = _thought_over(tx, me, said)
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


def _thought_over(tx: Tx, me: Actor, said: TicketIn) -> tuple[Prepared, list[Likely]]:
    """The matter prepared, and which of those it resembles the asker may find."""
    prepared = _prepare(tx, me, said)
    return prepared, duplicates.seen_by(tx, me, prepared.resembles)


def _prepare(tx: Tx, me: Actor, said: TicketIn) -> Prepared:
    with naming("office"):
        office = (
            access.standing_office(tx, me, said.office, "receive")
            if said.office
            else access.standing_home(tx, me)
        )
    if said.dispatch.worker is not None and said.dispatch.way == "worker":
        with naming("dispatch.worker"):
            access.colleague(tx, me, said.dispatch.worker, office.id)
    return intake.prepare(tx, office, said.complaint(), said.dispatch.choice())


def _resembling(one: Likely) -> ResembleOut:
    return ResembleOut(number=one.number, score=one.score, why=one.why)
