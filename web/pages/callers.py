"""Who is this? While room, phone or name are typed: the people, their matters, what their building has open.

A party is found only through an occupancy in the reader's own office.
Source: screens.md (new ticket in one key), K5.3.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import col

from hub import contacts, estate, incidents
from hub.access import tickets_seen
from hub.contacts import ContactPoint, PartyContact
from hub.database import Tx
from hub.estate import Building, Occupancy, Party, Room
from hub.incidents import Known
from hub.tickets import Ticket
from web.pages.shell import SignedIn

MOST = 6
AT_A_GLANCE = 3  # matters of a kind: the clerk is on the phone
FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Occupant:
    """Somebody of the estate: in which room, reached how, and how sure that is (`known`, `maybe`, "")."""

    party: Party
    room: Room
    phone: str
    certainty: str


@dataclass(frozen=True)
class Found:
    """What the hub knows of what was typed. `sure` is the one person a known phone leads to, if it is one.

    `known` are the incidents under way in the building: what this caller probably means, too.
    """

    people: tuple[Occupant, ...] = ()
    room: Room | None = None
    building: Building | None = None
    open: tuple[Ticket, ...] = ()
    past: tuple[Ticket, ...] = ()
    nearby: tuple[tuple[Ticket, Room | None], ...] = ()
    known: tuple[Known, ...] = ()
    is_unknown_room: bool = False
    sure: Occupant | None = None


def find(tx: Tx, reader: SignedIn, phone: str, room_code: str, name: str) -> Found:
    """Everything these three pieces lead to; nothing for what is too short to mean anybody."""
    contact = _contact(tx, reader, phone)
    room = estate.room_by_code(tx, reader.office.id, room_code) if room_code else None
    people = _people(tx, reader, contact, room, name)
    by_phone = [person for person in people if contact and person.certainty == contacts.KNOWN]
    sure = by_phone[0] if contact and len(by_phone) == 1 and not room_code and not name else None
    home = room or (sure.room if sure else None)
    building = tx.get(Building, home.building_id) if home and home.building_id else None
    matters = _matters(tx, reader, contact, home)
    known = incidents.known_in(tx, building.id, tickets_seen(reader.me)) if building else []
    told = {ticket.id for ticket in matters} | {one.lead.id for one in known}
    return Found(
        people=tuple(people),
        room=home,
        building=building,
        open=tuple(ticket for ticket in matters if ticket.is_open)[:MOST],
        past=tuple(ticket for ticket in matters if not ticket.is_open)[:AT_A_GLANCE],
        nearby=_nearby(tx, reader, building, told),
        known=tuple(known),
        is_unknown_room=bool(room_code) and room is None,
        sure=sure,
    )


def meant(tx: Tx, reader: SignedIn, said: str) -> tuple[Occupant, ...]:
    """Whose phone, room or name this is, whichever it is."""
    contact = _contact(tx, reader, said)
    room = estate.room_by_code(tx, reader.office.id, said) if contact is None else None
    return tuple(_people(tx, reader, contact, room, said))


def _contact(tx: Tx, reader: SignedIn, phone: str) -> ContactPoint | None:
    if not contacts.is_phone(phone):
        return None
    parsed = contacts.e164(phone, reader.office.region)
    return contacts.known_point(tx, reader.office.company_id, phone, parsed)


def _people(
    tx: Tx, reader: SignedIn, contact: ContactPoint | None, room: Room | None, name: str
) -> list[Occupant]:
    ways: list[ColumnElement[bool]] = []
    if contact is not None:
        reached = select(col(PartyContact.party_id)).where(
            col(PartyContact.contact_id) == contact.id, col(PartyContact.ended_at).is_(None)
        )
        ways.append(col(Party.id).in_(reached))
    if room is not None:
        ways.append(col(Room.id) == room.id)
    if len(name) >= FEWEST_LETTERS and contact is None and room is None:
        ways.append(col(Occupancy.id).in_(_called(tx, reader, name)))
    if not ways:
        return []
    rows = tx.execute(
        select(Party, Room)
        .join(Occupancy, col(Occupancy.party_id) == col(Party.id))
        .join(Room, col(Room.id) == col(Occupancy.room_id))
        .where(*_lives_here(reader), or_(*ways))
        .order_by(col(Party.name), col(Room.code))
        .limit(MOST)
    ).all()
    phones = _phones(tx, [party.id for party, _ in rows], contact)
    return [Occupant(party, home, *phones.get(party.id, ("", ""))) for party, home in rows]


def _called(tx: Tx, reader: SignedIn, name: str) -> list[int]:
    """The occupancies of those whose name or initials have this in them.

    The people of the office are gathered first: a planner that thinks hardly anybody is called so would look
    for the name among all there are.
    """
    living = (
        select(col(Occupancy.id), col(Party.name), col(Party.initials), col(Room.code))
        .join(Party, col(Party.id) == col(Occupancy.party_id))
        .join(Room, col(Room.id) == col(Occupancy.room_id))
        .where(*_lives_here(reader))
        .cte("living")
        .prefix_with("MATERIALIZED")
    )
    ways = [living.c.name.icontains(name, autoescape=True)]
    if name.isascii() and name.isalpha():
        ways.append(living.c.initials.contains(f" {name.lower()}", autoescape=True))
    found = select(living.c.id).where(or_(*ways)).order_by(living.c.name, living.c.code).limit(MOST)
    return list(tx.scalars(found))


def _lives_here(reader: SignedIn) -> tuple[ColumnElement[bool], ...]:
    """Of a room, who is in it, and the person: of the reader's office, now, and not erased."""
    return (
        col(Room.office_id) == reader.office.id,
        col(Occupancy.ended_at).is_(None),
        col(Party.erased_at).is_(None),
    )


def _phones(tx: Tx, party_ids: list[int], contact: ContactPoint | None) -> dict[int, tuple[str, str]]:
    """One phone of each person, the one that was typed before any other, the surest before the rest."""
    rows = tx.execute(
        select(col(PartyContact.party_id), ContactPoint, col(PartyContact.certainty))
        .join(ContactPoint, col(ContactPoint.id) == col(PartyContact.contact_id))
        .where(
            col(PartyContact.party_id).in_(party_ids),
            col(PartyContact.ended_at).is_(None),
            col(ContactPoint.kind) == "phone",
        )
        .order_by(col(PartyContact.certainty).desc(), col(PartyContact.id).desc())
    ).all()
    surest = {party_id: (point.value, certainty) for party_id, point, certainty in rows}
    typed = {p: (point.value, sure) for p, point, sure in rows if contact and point.id == contact.id}
    return surest | typed


def _matters(tx: Tx, reader: SignedIn, contact: ContactPoint | None, room: Room | None) -> list[Ticket]:
    ways: list[ColumnElement[bool]] = []
    if contact is not None:
        ways.append(col(Ticket.contact_id) == contact.id)
    if room is not None:
        ways.append(col(Ticket.room_id) == room.id)
    if not ways:
        return []
    seen = and_(tickets_seen(reader.me), col(Ticket.office_id) == reader.office.id)
    query = select(Ticket).where(seen, or_(*ways)).order_by(col(Ticket.id).desc()).limit(3 * MOST)
    return list(tx.scalars(query))


def _nearby(
    tx: Tx, reader: SignedIn, building: Building | None, known: set[int]
) -> tuple[tuple[Ticket, Room | None], ...]:
    """What else is open in the building, the most urgent first: an outage is rarely one household's."""
    if building is None:
        return ()
    seen = and_(
        tickets_seen(reader.me), col(Ticket.office_id) == reader.office.id, col(Ticket.lead_id).is_(None)
    )
    rows = tx.execute(
        select(Ticket, Room)
        .join(Room, col(Room.id) == col(Ticket.room_id))
        .where(
            seen,
            col(Room.building_id) == building.id,
            col(Ticket.status) != "closed",
            col(Ticket.id).not_in(known),
        )
        .order_by(col(Ticket.priority), col(Ticket.id).desc())
        .limit(AT_A_GLANCE)
    )
    return tuple((ticket, room) for ticket, room in rows)
