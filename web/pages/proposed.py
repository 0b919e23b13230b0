"""What looks like one incident, for the desk: every report that counts, and which ticket had best lead.

Source: house.md (incidents: proposed by the hub, a person confirms).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam
from sqlalchemy import select as rows_of
from sqlmodel import col, select

from hub import access, catalogue, clock, incidents, orders, standing
from hub.catalogue import Category
from hub.columns import Moment
from hub.database import Tx
from hub.errors import NotFound
from hub.estate import Building, Room
from hub.incidents import Incident
from hub.orders import Order
from hub.organisation import Office
from hub.tickets import Ticket
from web.pages.shell import SignedIn


@dataclass(frozen=True)
class Alike:
    """One household's ticket, with its room and the order that is out for it."""

    ticket: Ticket
    room: Room | None
    order: Order | None


@dataclass(frozen=True)
class Proposal:
    """What looks like one incident. `lead` is the ticket whose work is farthest, else the first."""

    incident: Incident
    building: Building
    category: Category
    reports: tuple[Alike, ...]
    households: int

    @property
    def since(self) -> datetime:
        """When the first of those who say it now said it: an old proposal may have found new reports."""
        return min((one.ticket.received_at for one in self.reports), default=self.incident.since)

    @property
    def lead(self) -> str:
        out = [one for one in self.reports if one.order is not None]
        far = max(out, key=lambda one: _how_far(one.order), default=None)
        return (far or self.reports[0]).ticket.number if self.reports else ""


@dataclass(frozen=True)
class Hint:
    """That so many households of a building say the same, the first of them then; nobody has settled it."""

    id: int
    since: datetime
    building: Building
    category: Category
    households: int


def waiting(tx: Tx, reader: SignedIn) -> list[Hint]:
    """What waits for a person to say whether it is one incident, as far as this reader may say so.

    What no two households say any more is left out: there is nothing to put together. Asked with every list,
    at one look however many wait.
    """
    me, office = reader.me, reader.office
    if not me.may("link", office.id):
        return []
    asked = _OF_WHOLE if access.sees_whole(me, office) else _reports(access.tickets_seen(me))
    places = {"office": office.id, "since": clock.now() - incidents.hours(office)}
    reports: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in tx.connection().execute(asked, places).all():
        reports[row.incident, row.building_id, row.category_id].append(row)
    buildings, book = standing.of(tx).buildings, catalogue.of(tx, office).by_id
    return [
        Hint(ident, min(one.received_at for one in found), buildings[building], book[category], households)
        for (ident, building, category), found in reports.items()
        if (households := incidents.households(found)) > 1
    ]


def _reports(seen: ColumnElement[bool]) -> Select[Any]:
    """What `incidents.reports` finds for each proposal of an office that nobody has settled."""
    alike = and_(
        col(Ticket.building_id) == col(Incident.building_id),
        col(Ticket.category_id) == col(Incident.category_id),
        col(Ticket.closed_at).is_(None),
        col(Ticket.received_at) >= bindparam("since", type_=Moment),
        col(Ticket.status).in_(("new", "in_hand")),
        col(Ticket.lead_id).is_(None),
    )
    return (
        rows_of(col(Incident.id).label("incident"), col(Incident.building_id), col(Incident.category_id))
        .add_columns(col(Ticket.received_at), col(Ticket.id), col(Ticket.room_id), col(Ticket.contact_id))
        .join(Ticket, alike)
        .where(col(Incident.office_id) == bindparam("office"), col(Incident.settled_at).is_(None), seen)
        .order_by(col(Incident.proposed_at), col(Incident.id))
    )


# Made once. Who sees the whole office is not asked of each of its matters again.
_OF_WHOLE = _reports(col(Ticket.office_id) == bindparam("office"))


def of(tx: Tx, reader: SignedIn, row: Incident) -> Proposal:
    office = tx.get_one(Office, row.office_id)
    alike = incidents.reports(
        tx, office, row.building_id, row.category_id, clock.now(), access.tickets_seen(reader.me)
    )
    rooms = {
        room.id: room
        for room in tx.scalars(select(Room).where(col(Room.id).in_([one.room_id for one in alike])))
    }
    return Proposal(
        row,
        tx.get_one(Building, row.building_id),
        catalogue.of(tx, office).by_id[row.category_id],
        tuple(Alike(one, rooms.get(one.room_id or 0), _order(tx, one)) for one in alike),
        incidents.households(alike),
    )


def _order(tx: Tx, ticket: Ticket) -> Order | None:
    running = [order for order in orders.of_round(tx, ticket) if order.is_open]
    return max(running, key=_how_far, default=None)


def _how_far(order: Order | None) -> int:
    return list(orders.MOVES).index(order.status) if order else -1


def find(tx: Tx, reader: SignedIn, ident: int) -> Incident:
    row = tx.exec_one(select(Incident).where(Incident.id == ident, Incident.office_id == reader.office.id))
    if row is None:
        raise NotFound("there is no such incident")
    return row
