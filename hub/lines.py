"""Which telephones ring in an office: the one on duty for emergencies, and the desk's.

The office's policy names them; where it does not, the telephones of those on duty now are taken.
Source: domain.md §6 (dial duty phone).
"""

from hub import contacts, duty, organisation
from hub.database import Tx
from hub.organisation import Office

DUTY_PHONE, DESK_PHONE = "duty_phone", "desk_phone"
WATCH = ("guard", "supervisor", "customer_director", "director")
RUNG_AT_THE_DESK = ("clerk", "customer_director")


def duty_phone(tx: Tx, office: Office) -> str:
    """The telephone that rings in an emergency (E.164); "" where nobody could pick one up."""
    return _named(office, DUTY_PHONE) or _of_those_on_duty(tx, office, WATCH)


def desk_phone(tx: Tx, office: Office) -> str:
    """The telephone of the desk (E.164); "" where nobody could pick one up."""
    return _named(office, DESK_PHONE) or _of_those_on_duty(tx, office, RUNG_AT_THE_DESK)


def _named(office: Office, name: str) -> str:
    return contacts.e164(str(office.policy.get(name, "")), office.region) or ""


def _of_those_on_duty(tx: Tx, office: Office, roles: tuple[str, ...]) -> str:
    here = duty.on_duty(tx, office)
    people = (person for role in roles for person in organisation.holders(tx, office.id, role))
    phones = (contacts.e164(person.phone, office.region) for person in people if person.id in here)
    return next((phone for phone in phones if phone), "")
