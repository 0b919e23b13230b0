"""Who is on the line: the number, whose it is (known | maybe), which office it concerns, in which language.

A caller is known when the number belongs, beyond doubt, to one person of one room.
Source: screens.md (known / maybe / unknown); house.md (Phones); domain.md §3.3 (the caller's language).
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import col, select

from hub import contacts, standing
from hub.contacts import KNOWN, ContactPoint, PartyContact
from hub.database import Tx
from hub.estate import Occupancy, Party, Room
from hub.organisation import Office
from hub.tickets import Ticket

# what carriers say instead of a number that is withheld (the digits spell ANONYMOUS, RESTRICTED, BLOCKED …)
WITHHELD = ("anonymous", "restricted", "blocked", "unknown", "unavailable", "")
WITHHELD_DIGITS = ("+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253")
LINES = "lines"  # the office's own numbers and mail addresses, in its policy
LANGUAGE = "locale"  # what a contact point's marks say of the language its people chose


@dataclass(frozen=True)
class Person:
    """Somebody whose number this is, the room they live in, and how sure that is."""

    party: Party
    room: Room
    certainty: str
    link_id: int


@dataclass(frozen=True)
class Caller:
    """Who calls or writes. `number` is E.164, or as it came; "" when it is withheld."""

    number: str
    office: Office
    contact: ContactPoint | None
    people: tuple[Person, ...]
    locale: str

    @property
    def sure(self) -> Person | None:
        """The one person this must be, in the one room they live in."""
        known = [person for person in self.people if person.certainty == KNOWN]
        return known[0] if len(known) == 1 else None

    @property
    def certainty(self) -> str:
        """known, maybe (somebody's, or one of several's) or unknown."""
        return KNOWN if self.sure else contacts.MAYBE if self.people else "unknown"


def who(tx: Tx, said: str, to: str = "", office_id: int | None = None) -> Caller | None:
    """Who calls from the number `said` on our line `to`; None while there is no office to call.

    `office_id` says which office it concerns where that is settled already (a call on its line, a question it
    asked): people and matters of another one are then neither found nor chosen.
    """
    offices = _offices(tx)
    if not offices:
        return None
    settled = next((office for office in offices if office.id == office_id), None)
    home = settled or offices[0]
    number = _number(said, home.region)
    contact = contacts.known_point(tx, home.company_id, number, number) if number else None
    people = _people(tx, contact) if contact else ()
    office = settled or _office(tx, offices, to, contact, people)
    here = tuple(person for person in people if person.room.office_id == office.id)
    return Caller(number, office, contact, here, _locale(office, contact, here))


def who_writes(tx: Tx, address: str, to: Collection[str] = ()) -> Caller | None:
    """Who writes from this mail address to our address `to`; None while there is no office to write to.

    An address is anybody's claim: a known one says whose matter it may concern, never who may be told of it.
    """
    offices = _offices(tx)
    if not offices:
        return None
    contact = contacts.known_point(tx, offices[0].company_id, address, address)
    people = _people(tx, contact) if contact else ()
    ours = next((one for one in to if any(one in office.policy.get(LINES, ()) for office in offices)), "")
    office = _office(tx, offices, ours, contact, people)
    here = tuple(person for person in people if person.room.office_id == office.id)
    return Caller("", office, contact, here, _locale(office, contact, here))


def theirs(tx: Tx, number: str, caller: Caller) -> Ticket | None:
    """The ticket with this number, if it may be spoken of on this line: it came from it, or is of one who
    lives where the caller is known to live. None is told apart from nothing.
    """
    ticket = tx.exec_one(select(Ticket).where(Ticket.number == number))
    if ticket is None:
        return None
    if caller.contact is not None and ticket.contact_id == caller.contact.id:
        return ticket
    known = [person for person in caller.people if person.certainty == KNOWN]
    lives = any(person.party.id == ticket.party_id or person.room.id == ticket.room_id for person in known)
    return ticket if lives else None


def open_matters(tx: Tx, caller: Caller, most: int = 8) -> list[Ticket]:
    """What is open from this number in this office, the newest first."""
    if caller.contact is None:
        return []
    return list(
        tx.scalars(
            select(Ticket)
            .where(
                Ticket.contact_id == caller.contact.id,
                Ticket.office_id == caller.office.id,
                Ticket.status != "closed",
            )
            .order_by(col(Ticket.id).desc())
            .limit(most)
        )
    )


def _offices(tx: Tx) -> list[Office]:
    """The offices that are open, the real ones first: as they stand, for every step of a call asks."""
    running = (office for office in standing.of(tx).offices.values() if office.ended_at is None)
    return sorted(running, key=lambda office: (office.is_replay, office.id))


def _number(said: str, region: str) -> str:
    bare = "".join(said.split())
    if bare.lower() in WITHHELD or bare in WITHHELD_DIGITS:
        return ""
    return contacts.e164(bare, region) or bare[:40]


def _people(tx: Tx, contact: ContactPoint) -> tuple[Person, ...]:
    rows = tx.execute(_PEOPLE, {"contact": contact.id})
    return tuple(Person(party, room, link.certainty, link.id) for party, room, link in rows)


# Made once: building this query costs as much as running it, and a caller waits for it.
_PEOPLE = (
    select(Party, Room, PartyContact)
    .join(PartyContact, col(PartyContact.party_id) == col(Party.id))
    .join(Occupancy, col(Occupancy.party_id) == col(Party.id))
    .join(Room, col(Room.id) == col(Occupancy.room_id))
    .where(
        PartyContact.contact_id == bindparam("contact"),
        col(PartyContact.ended_at).is_(None),
        col(Occupancy.ended_at).is_(None),
        col(Party.erased_at).is_(None),
    )
    .order_by(col(PartyContact.certainty), col(PartyContact.id), col(Room.id))
)


def _office(
    tx: Tx, offices: list[Office], to: str, contact: ContactPoint | None, people: tuple[Person, ...]
) -> Office:
    """The office whose line was called; else where the caller lives; else where they called last."""
    by_id = {office.id: office for office in offices}
    if to:
        line = next((office for office in offices if to in office.policy.get(LINES, ())), None)
        if line is not None:
            return line
    homes = [person.room.office_id for person in people if person.room.office_id in by_id]
    if not homes and contact is not None:
        last = select(Ticket.office_id).where(Ticket.contact_id == contact.id).order_by(col(Ticket.id).desc())
        homes = [found for found in tx.scalars(last.limit(1)) if found in by_id]
    return by_id[homes[0]] if homes else offices[0]


def _locale(office: Office, contact: ContactPoint | None, people: tuple[Person, ...]) -> str:
    """The language they chose themselves, else the one the register has of them, else the office's."""
    chosen = contact.marks.get(LANGUAGE, "") if contact else ""
    return chosen or next((p.party.locale for p in people if p.party.locale), "") or office.locale
