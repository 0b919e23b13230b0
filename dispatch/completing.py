"""Who is asking, told later: the room and the name complete a ticket that began with one of them unknown.

Source: seed 2-5 (K5.3: name, room, phone, item; unknown only with a reason).
"""

from dispatch import recognising
from dispatch.case import require, take
from dispatch.complaint import LONGEST, no_such_room
from dispatch.saying import words as said
from hub import tickets, words
from hub.access import Actor
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Room
from hub.tickets import Ticket


def complete(tx: Tx, actor: Actor, ticket: Ticket, room: Room | None = None, name: str = "") -> Ticket:
    """Fill in what was unknown of the caller; what was given already stays as it is.

    Raises BadInput for a name that cannot be kept, or a room of another office.
    """
    require(actor, "note", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    given = said("caller.name", name, longest=LONGEST["name"])
    if room is not None and room.office_id != ticket.office_id:
        raise no_such_room()
    room = room if ticket.room_id is None else None
    given = given if not ticket.caller_name else ""
    if room is None and not given:
        return ticket
    if room is not None:
        ticket.room_id = room.id
    ticket.caller_name = given or ticket.caller_name
    filled = {"room": room is not None, "name": bool(given)}
    ticket.unknown = {field: why for field, why in ticket.unknown.items() if not filled.get(field)}
    home = room or (tx.get(Room, ticket.room_id) if ticket.room_id else None)
    if ticket.party_id is None and ticket.caller_name:
        contact = tx.get(ContactPoint, ticket.contact_id) if ticket.contact_id else None
        ticket.party_id = recognising.whose(tx, home, contact, ticket.caller_name)
    ticket.words = " ".join([ticket.words, words.fold(given), words.fold(room.code if room else "")]).strip()
    personal = {"name": given} if given else None
    still = sorted(ticket.unknown)
    tickets.record(
        tx,
        "caller_named",
        ticket,
        actor.staff_id,
        words=personal,
        room=room.id if room else None,
        still_unknown=still,
    )
    tx.flush()
    return ticket
