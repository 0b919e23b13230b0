"""Who speaks, and from where: the room, the telephone and the person, as the register knows them.

Thought over before anything is written, so that taking a matter in need not look any of it up again.
Source: seed 2-5 (K5.3: name, room, phone from the register); libraries.md 9 (a phone's owner is learned).
"""

from dataclasses import dataclass

from dispatch.complaint import Complaint
from hub import contacts, estate, words
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Party, Room
from hub.organisation import Office


@dataclass(frozen=True)
class Caller:
    """What the register knows of whoever speaks; None for what it does not.

    `is_news`: the person is known, but not that this telephone may be theirs.
    """

    room: Room | None = None
    contact: ContactPoint | None = None
    party_id: int | None = None
    is_news: bool = False


def recognise(tx: Tx, office: Office, said: Complaint, phone: str | None) -> Caller:
    """Who that is; `phone` as `contacts.e164` read it. Reads only."""
    room = estate.room_by_code(tx, office.id, said.room) if said.room.strip() else None
    contact = contacts.point_seen(tx, office.company_id, said.phone, phone) if said.phone.strip() else None
    party_id, is_owner = _person(tx, room, contact, said.name)
    return Caller(room, contact, party_id, is_news=party_id is not None and not is_owner)


def whose(tx: Tx, room: Room | None, contact: ContactPoint | None, name: str) -> int | None:
    """Whose matter it is: the room's occupant of that name, else the owner of the phone of that name.

    That the phone may be theirs is learned.
    """
    party_id, is_owner = _person(tx, room, contact, name)
    if party_id is not None and contact is not None and not is_owner:
        learn(tx, party_id, contact)
    return party_id


def learn(tx: Tx, party_id: int, contact: ContactPoint) -> None:
    """Remember that this phone may be this person's."""
    contacts.link(tx, tx.get_one(Party, party_id), contact, contacts.MAYBE, "intake")


def _person(tx: Tx, room: Room | None, contact: ContactPoint | None, name: str) -> tuple[int | None, bool]:
    """The person of this name, and whether the phone is known as theirs."""
    folded = words.fold(name)
    if not folded:
        return None, False
    owners = contacts.names_of(tx, contact.id) if contact else {}
    living = estate.names_in(tx, room.id) if room else {}
    found = (
        party_id
        for known in (living, owners)
        for party_id, said in known.items()
        if words.fold(said) == folded
    )
    party_id = next(found, None)
    return party_id, party_id in owners
