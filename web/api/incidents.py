"""One cause, many households: standing behind a lead, and the incidents the hub proposes."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field
from sqlmodel import col, select

from dispatch import leading, outbreak
from hub import access, clock, incidents
from hub.access import Actor
from hub.database import Tx
from hub.errors import NotFound
from hub.incidents import Incident
from hub.organisation import Office
from hub.tickets import Ticket
from web.api.bodies import MANY
from web.api.bounds import Code, Number, Said
from web.api.names import Names
from web.api.shapes import TicketOut
from web.api.steps import RowId, TicketNumber, naming, on_ticket
from web.deps import Db, Me, Once

router = APIRouter(tags=["incidents"])


class LeadIn(Said):
    """`lead` is the number of the ticket to stand behind; `told`: the customer heard that it is in hand."""

    lead: Number
    withdraw: bool = False
    told: bool = False


class PromotionIn(Said):
    """`withdraw`: the open orders of the ticket that led are taken back."""

    withdraw: bool = False


class IncidentIn(Said):
    """Which ticket leads, and which stand behind it; their own open orders are taken back."""

    lead: Number
    tickets: Annotated[list[Number], Field(min_length=1, max_length=MANY)]


NOTHING, AS_IT_IS = Said(), PromotionIn()


class IncidentOut(BaseModel):
    """So many households of a building say the same. `lead` is set when a person said it is one incident."""

    id: str
    building: str | None
    category: str | None
    since: datetime
    proposed_at: datetime
    settled_at: datetime | None
    lead: str | None
    tickets: list[str]

    @classmethod
    def of(cls, tx: Tx, me: Actor, row: Incident) -> "IncidentOut":
        names, seen = Names(tx), access.tickets_seen(me)
        office = tx.get_one(Office, row.office_id)
        alike = incidents.reports(tx, office, row.building_id, row.category_id, clock.now(), seen)
        return cls(
            id=str(row.id),
            building=names.building(row.building_id),
            category=names.category(row.category_id),
            since=row.since,
            proposed_at=row.proposed_at,
            settled_at=row.settled_at,
            lead=names.ticket(row.lead_id),
            tickets=[one.number for one in alike] if row.settled_at is None else [],
        )


class Incidents(BaseModel):
    items: list[IncidentOut]
    next_cursor: None = None


@router.post("/tickets/{number}/lead")
def put_behind(number: TicketNumber, said: LeadIn, me: Me, db: Db, once: Once) -> TicketOut:
    """Let this household's ticket wait for the outcome of another's."""

    def step(tx: Tx, ticket: Ticket) -> Ticket:
        lead = leading.lead(tx, me, said.lead)
        return leading.put_behind(tx, me, ticket, lead, said.withdraw, said.told, said.happened_at)

    return on_ticket(db, me, number, once, step)


@router.post("/tickets/{number}/separation")
def take_off(
    number: TicketNumber, me: Me, db: Db, once: Once, said: Annotated[Said, Body()] = NOTHING
) -> TicketOut:
    """Let it be a matter of its own again."""
    return on_ticket(
        db, me, number, once, lambda tx, ticket: leading.take_off(tx, me, ticket, said.happened_at)
    )


@router.post("/tickets/{number}/promotion")
def promote(
    number: TicketNumber, me: Me, db: Db, once: Once, said: Annotated[PromotionIn, Body()] = AS_IT_IS
) -> TicketOut:
    """Let this ticket lead instead of the one it stands behind."""
    return on_ticket(
        db, me, number, once, lambda tx, row: leading.promote(tx, me, row, said.withdraw, said.happened_at)
    )


@router.get("/incidents")
def proposed(me: Me, db: Db, office: Annotated[Code | None, Query()] = None) -> Incidents:
    """What looks like one incident and waits for a person to say so."""

    def look(tx: Tx) -> Incidents:
        found = access.office(tx, me, office, "link") if office else access.home(tx, me)
        me.require("link", found.id)
        return Incidents(items=[IncidentOut.of(tx, me, row) for row in incidents.proposed(tx, found.id)])

    return db.read(look)


@router.post("/incidents/{id}/confirmation")
def confirm(id: RowId, said: IncidentIn, me: Me, db: Db, once: Once) -> IncidentOut:
    """It is one incident: the tickets named are put behind the lead."""

    def step(tx: Tx) -> IncidentOut:
        lead = leading.lead(tx, me, said.lead)
        with naming("tickets"):
            others = [access.ticket(tx, me, number, "link") for number in said.tickets]
        return IncidentOut.of(tx, me, outbreak.confirm(tx, me, find(tx, me, id), lead, others))

    return db.write(step, once)


@router.post("/incidents/{id}/dismissal")
def dismiss(id: RowId, me: Me, db: Db, once: Once, said: Annotated[Said, Body()] = NOTHING) -> IncidentOut:
    """It is not one incident."""
    return db.write(lambda tx: IncidentOut.of(tx, me, outbreak.dismiss(tx, me, find(tx, me, id))), once)


def find(tx: Tx, me: Actor, id: str) -> Incident:
    """The proposal of this id in an office the asker works in. Raises NotFound."""
    offices = select(Office.id).where(access.offices(me))
    row = tx.exec_one(select(Incident).where(Incident.id == int(id), col(Incident.office_id).in_(offices)))
    if row is None:
        raise NotFound("there is no such incident")
    return row
