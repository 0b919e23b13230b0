"""Whether a person can be reached on a channel, and where: known numbers, marks, landlines, browsers."""

from hub import contacts, endpoints
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Party
from hub.organisation import Office, Staff
from hub.tickets import Ticket
from notifications.audience import Hearer

SCREEN, PUSH, SMS, VOICE, EMAIL, WEBHOOK = "screen", "push", "sms", "voice", "email", "webhook"
SPOKEN_TO = (SMS, VOICE)


def reach(tx: Tx, hearer: Hearer, channel: str, office: Office, ticket: Ticket | None) -> ContactPoint | bool:
    """The contact point this channel goes to; True where none is needed, False where it cannot reach them.

    It may be one that is not written yet. A mark on it closes that channel for good; landlines take no text.
    """
    if channel == WEBHOOK:
        return hearer.endpoint is not None
    if channel in (SCREEN, PUSH):
        return hearer.staff is not None and (channel == SCREEN or _has_browser(tx, hearer.staff.id))
    point = (
        _of_staff(tx, hearer.staff, channel, office)
        if hearer.staff
        else _of_customer(tx, hearer.contact, channel, ticket)
    )
    if point is None or channel in point.marks:
        return False
    if channel in SPOKEN_TO and not (point.parsed and point.value.startswith("+")):
        return False
    if channel == SMS and not contacts.takes_texts(point.value):
        return False
    return point


def locale_of(tx: Tx, hearer: Hearer, office: Office, ticket: Ticket | None) -> str:
    """The language this person is told in: their own choice, else what is on record, else the office's."""
    if hearer.staff is not None:
        return hearer.staff.locale or office.locale
    if hearer.contact is None:
        return office.locale
    party = tx.get(Party, ticket.party_id) if ticket and ticket.party_id else None
    return str(hearer.contact.marks.get("locale", "")) or (party.locale if party else "") or office.locale


def _has_browser(tx: Tx, staff_id: int) -> bool:
    return tx.once(("browsers", staff_id), lambda: endpoints.has_browser(tx, staff_id))


def _of_staff(tx: Tx, person: Staff, channel: str, office: Office) -> ContactPoint | None:
    if channel == EMAIL:
        return contacts.mail_point(tx, person.company_id, person.email) if person.email else None
    number = contacts.e164(person.phone, office.region) if person.phone else None
    return contacts.phone_point(tx, person.company_id, person.phone, number) if number else None


def _of_customer(
    tx: Tx, contact: ContactPoint | None, channel: str, ticket: Ticket | None
) -> ContactPoint | None:
    if contact is None or channel in SPOKEN_TO:
        return contact if contact is not None and contact.kind == "phone" else None
    if contact.kind == "email":
        return contact
    return contacts.mail_of(tx, ticket.party_id) if ticket is not None and ticket.party_id else None
