"""Whose telephone it is: learned from calls and messages as a "maybe", said by a person to be so or not.

Source: house.md (Phones: known | maybe, confirmed by, ended); screens.md (known / maybe / unknown).
"""

from sqlmodel import col, select

from hub import access, clock, events
from hub.access import DESK, Actor
from hub.contacts import KNOWN, PartyContact
from hub.database import Tx
from hub.errors import NotFound
from hub.estate import Occupancy, Room
from hub.organisation import Office


def confirm(tx: Tx, actor: Actor, link_id: int, is_theirs: bool) -> PartyContact:
    """Say that this telephone is this person's, or that it is not (the link ends, and stays on record).

    Raises NotFound for a person who lives in no office of the actor's, or a link that has ended.
    """
    found = tx.execute(
        select(PartyContact, Office)
        .join(Occupancy, col(Occupancy.party_id) == col(PartyContact.party_id))
        .join(Room, col(Room.id) == col(Occupancy.room_id))
        .join(Office, col(Office.id) == col(Room.office_id))
        .where(
            PartyContact.id == link_id,
            col(PartyContact.ended_at).is_(None),
            col(Occupancy.ended_at).is_(None),
            access.offices(actor),
        )
        .order_by(col(Office.id))
    ).all()
    allowed = [(link, office) for link, office in found if actor.roles_in(office.id) & DESK]
    if not allowed:
        raise NotFound("there is no such person with this telephone")
    link, office = allowed[0]
    if is_theirs:
        link.certainty, link.confirmed_by = KNOWN, actor.staff_id
    else:
        link.ended_at = clock.now()
    facts = {"party": link.party_id, "contact": link.contact_id, "theirs": is_theirs}
    stream = f"office:{office.id}"
    events.record(
        tx, "caller_confirmed", stream=stream, office_id=office.id, by_id=actor.staff_id, facts=facts
    )
    tx.flush()
    return link
