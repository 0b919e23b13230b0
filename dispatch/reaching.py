"""Reaching the customer from the ticket: a text or a call by the hub, and a person where no channel helps.

Source: seed K1.4 (the centre emits), K5.4; domain.md §6 (opt-out); house.md (undelivered → a person).
"""

from datetime import datetime

from dispatch import saying
from dispatch.case import Case, require, take
from hub import clock, duty, organisation, outgoing, tickets
from hub.access import Actor
from hub.contacts import ContactPoint, takes_texts
from hub.database import Tx
from hub.deliveries import Delivery
from hub.errors import BadInput, HubError, NotNow
from hub.events import Event
from hub.organisation import Office
from hub.tickets import Ticket

CHANNELS = ("sms", "voice")
LONGEST = 300


def tell(
    tx: Tx,
    actor: Actor,
    ticket: Ticket,
    text: str,
    channel: str = "sms",
    happened_at: datetime | None = None,
) -> Ticket:
    """Have the customer of this ticket texted, or rung and read to.

    Raises BadInput without words or for an unknown channel, NotNow when the ticket has no telephone that this
    channel may go to.
    """
    require(actor, "tell", ticket)
    case = take(tx, ticket)
    ticket = case.ticket
    if channel not in CHANNELS:
        raise BadInput("channel", "must be one of: %(channels)s", channels=", ".join(CHANNELS))
    said = saying.words("text", text, HubError("write something"), longest=LONGEST)
    contact = tx.get(ContactPoint, ticket.contact_id) if ticket.contact_id else None
    point = _reachable(contact, channel)
    at = case.moment(actor, happened_at)
    tickets.record(
        tx, "wrote", ticket, actor.staff_id, at, words={"text": said}, contact=point.id, channel=channel
    )
    tx.flush()
    return ticket


def ways(case: Case) -> tuple[str, ...]:
    """The channels by which the hub may reach the customer of this matter now."""
    ticket = case.ticket
    contact = case.tx.get(ContactPoint, ticket.contact_id) if ticket.contact_id else None
    return tuple(channel for channel in CHANNELS if _is_reachable(contact, channel))


def _is_reachable(contact: ContactPoint | None, channel: str) -> bool:
    try:
        _reachable(contact, channel)
    except NotNow:
        return False
    return True


def _reachable(contact: ContactPoint | None, channel: str) -> ContactPoint:
    if contact is None or contact.kind != "phone" or not contact.parsed:
        raise NotNow("this ticket has no telephone number that can be reached")
    if channel == "sms" and not takes_texts(contact.value):
        raise NotNow("this is a landline, which takes no text messages")
    if channel in contact.marks:
        raise NotNow(
            "this number is not reached that way: %(why)s", why=str(contact.marks[channel].get("why", ""))
        )
    return contact


def hand_to_person(tx: Tx, event: Event) -> Ticket | None:
    """A message reached nobody: name the person who has to tell them, and say so on the ticket.

    The owner, when on duty; else whoever is on duty at the desk; else the customer director.
    """
    if event.ticket_id is None:
        return None
    case = take(tx, tx.get_one(Ticket, event.ticket_id))
    person = _at_the_desk(tx, case.office, case.ticket)
    tickets.record(
        tx,
        "to_tell",
        case.ticket,
        None,
        staff=[person] if person else [],
        delivery=event.said.get("delivery"),
        why=event.said.get("why"),
    )
    return case.ticket


def told_by_hand(tx: Tx, actor: Actor, delivery_id: int, note: str = "") -> Delivery:
    """A person has told them otherwise, or seen to it: the message is owed no more.

    Raises NotFound for a message nobody owes, or of an office where the asker tells nobody.
    """
    row = outgoing.owed(tx, actor, delivery_id)
    assert row.ticket_id is not None
    ticket = tickets.lock(tx, row.ticket_id)
    said = saying.words("note", note)
    row.is_owed = False
    tickets.record(
        tx,
        "told_by_hand",
        ticket,
        actor.staff_id,
        clock.now(),
        words={"note": said} if said else None,
        delivery=row.id,
    )
    tx.flush()
    return row


def _at_the_desk(tx: Tx, office: Office, ticket: Ticket) -> int | None:
    here = duty.on_duty(tx, office)
    desk = [person.id for person in organisation.holders(tx, office.id, "clerk")]
    director = organisation.customer_director(tx, office.id)
    first = [one for one in (ticket.owner_id, *desk) if one in here]
    rest = [director.id if director else None, ticket.owner_id]
    return next((one for one in (*first, *rest) if one is not None), None)
