"""What looks like one incident, for the desk: every report that counts, and which ticket had best lead.

Source: house.md (incidents: proposed by the hub, a person confirms).
"""

from dataclasses import dataclass

from sqlmodel import col, select

from hub import access, catalogue, clock, incidents, orders
from hub.catalogue import Category
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
    def lead(self) -> str:
        out = [one for one in self.reports if one.order is not None]
        far = max(out, key=lambda one: _how_far(one.order), default=None)
        return (far or self.reports[0]).ticket.number if self.reports else ""


def waiting(tx: Tx, reader: SignedIn) -> list[Proposal]:
    """What waits for a person to say whether it is one incident, as far as this reader may say so.

    What no two households say any more is left out: there is nothing to put together.
    """
    if not reader.me.may("link", reader.office.id):
        return []
    found = (of(tx, reader, row) for row in incidents.proposed(tx, reader.office.id))
    return [proposal for proposal in found if proposal.households > 1]


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
