"""Who hears of which event, and by which ways: hub/data/audience.csv, read line by line.

A line names the kind of event ("*" for all), when it holds, a group of people, the ways and the text. Ways
joined by "+" go at once; in each, the channels joined by ">" one after another until one brings it. `whom`
takes the people an event names itself; the way "said" is the one the event names.
Source: seed K1.4 (the centre emits), K1.7 (on a direct order the supervisor is told), K5.4 (the relaying
employee hears the outcome); domain.md §4 (P1: worker, supervisor and customer director at once).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from sqlmodel import select

from hub import clock, data, endpoints, people, roster, standing, ties
from hub.contacts import ContactPoint
from hub.database import Tx
from hub.endpoints import WebhookEndpoint
from hub.events import Event
from hub.orders import Order
from hub.organisation import Office, Staff
from hub.tickets import Ticket

URGENT = ("P1",)
WRITTEN = ("sms", "email", "portal", "open311", "letter", "fax")
EVERY = "*"


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    event: str
    when: str
    who: str
    way: str
    text: str


@dataclass(frozen=True)
class Hearer:
    """Somebody who hears: one of our staff, a contact point of a customer, or another system."""

    person: str
    staff: Staff | None = None
    contact: ContactPoint | None = None
    endpoint: WebhookEndpoint | None = None


@dataclass(frozen=True)
class Around:
    """An event with the matter and the office it belongs to, as far as it belongs to one."""

    tx: Tx
    event: Event
    ticket: Ticket | None
    order: Order | None
    office: Office | None

    @property
    def is_urgent(self) -> bool:
        """Whether this matter may wake somebody."""
        return self.ticket is not None and self.ticket.priority in URGENT


@cache
def lines() -> tuple[Line, ...]:
    """The whole table."""
    return tuple(Line(**row) for row in data.read("audience"))


def around(tx: Tx, event: Event) -> Around:
    """The event with its ticket, order and office."""
    ticket = tx.get(Ticket, event.ticket_id) if event.ticket_id else None
    order = tx.get(Order, event.order_id) if event.order_id else None
    office = standing.of(tx).offices.get(event.office_id) if event.office_id else None
    return Around(tx, event, ticket, order, office)


def hearers(here: Around) -> list[tuple[Hearer, Line]]:
    """Who hears of this event, each once, by the first line that names them; never the one who made it."""
    found: dict[str, tuple[Hearer, Line]] = {}
    for line in lines():
        if line.event not in (EVERY, here.event.kind) or not _WHEN[line.when](here):
            continue
        for hearer in GROUPS[line.who](here):
            if hearer.staff is None or hearer.staff.id != here.event.by_id:
                found.setdefault(hearer.person, (hearer, line))
    return list(found.values())


_WHEN: dict[str, Callable[[Around], bool]] = {
    "": lambda here: True,
    "urgent": lambda here: here.is_urgent,
    "calm": lambda here: not here.is_urgent,
    # an answer given face to face or on the telephone needs no letter behind it
    "written": lambda here: here.ticket is not None and here.ticket.channel in WRITTEN,
    # nobody will call back, so the customer hears it this way or not at all
    "untold": lambda here: (
        here.event.said.get("callback") == "not_owed"
        and here.event.said.get("outcome") in ("solved", "cannot_solve", "not_ours")
    ),
    "again": lambda here: int(here.event.said.get("round", 0)) > 2,
}

Group = Callable[[Around], Iterable[Hearer]]


def _staff(here: Around, ids: Iterable[int | None]) -> Iterable[Hearer]:
    """These people, each on leave replaced by whoever stands in."""
    for staff_id in ids:
        found = person(here, _instead(here, staff_id)) if staff_id else None
        if found is not None and found.ended_at is None:
            yield Hearer(f"staff:{found.id}", staff=found)


def person(here: Around, staff_id: int) -> Staff | None:
    """This member of the staff, at hand where they work in the office of the matter."""
    known = people.of(here.tx, here.office).by_id.get(staff_id) if here.office else None
    return known or here.tx.get(Staff, staff_id)


def _instead(here: Around, staff_id: int) -> int:
    if here.office is None:
        return staff_id
    return roster.of(here.tx, here.office).instead(staff_id, clock.now()) or staff_id


def _holders(here: Around, role: str, department_id: int | None = None) -> Iterable[Hearer]:
    """Whoever holds this role in the office of the matter."""
    if here.office is None:
        return []
    return _staff(here, people.of(here.tx, here.office).holders(role, department_id))


def _worker(here: Around) -> Iterable[Hearer]:
    return _staff(here, [here.order.worker_id if here.order else None])


def _supervisor(here: Around) -> Iterable[Hearer]:
    return _supervisors_of(here, here.order) if here.order else []


def _supervisors_of(here: Around, order: Order) -> Iterable[Hearer]:
    return _holders(here, "supervisor", order.department_id)


def _owner(here: Around) -> Iterable[Hearer]:
    return _staff(here, [here.ticket.owner_id if here.ticket else None])


def _customer_director(here: Around) -> Iterable[Hearer]:
    """The one customer director; in a small office the director is both (seed 2-7)."""
    if here.ticket is None or here.office is None:
        return []
    known = people.of(here.tx, here.office)
    return _staff(here, (known.holders("customer_director") or known.holders("director"))[:1])


def _director(here: Around) -> Iterable[Hearer]:
    return _holders(here, "director") if here.ticket else []


def _quality(here: Around) -> Iterable[Hearer]:
    """The quality department stands above the offices, so its role is held without one."""
    if here.office is None:
        return []
    return _staff(here, people.of(here.tx, here.office).above.get("quality", ()))


def _followers(here: Around) -> Iterable[Hearer]:
    return _staff(here, ties.followers(here.tx, here.ticket.id)) if here.ticket else []


def _whom(here: Around) -> Iterable[Hearer]:
    named: list[int] = here.event.said.get("staff", [])
    return _staff(here, named)


def _last_hands(here: Around) -> Iterable[Hearer]:
    """Those who did the work of the round before, and their supervisors (peers.md §5-2)."""
    if here.ticket is None:
        return
    before = here.tx.scalars(
        select(Order).where(
            Order.ticket_id == here.ticket.id,
            Order.round == here.event.said["round"] - 1,
            Order.status == "done",
        )
    )
    for done in before:
        yield from _staff(here, [done.worker_id])
        yield from _supervisors_of(here, done)


def _customer(here: Around) -> Iterable[Hearer]:
    """Where the customer of this matter is reached; an imported matter is another's past."""
    if here.ticket is None or here.ticket.contact_id is None or here.ticket.is_imported:
        return []
    return _contacts(here, [here.ticket.contact_id])


def _contact(here: Around) -> Iterable[Hearer]:
    return _contacts(here, [here.event.said.get("contact")])


def _contacts(here: Around, ids: Iterable[int | None]) -> Iterable[Hearer]:
    for contact_id in ids:
        point = here.tx.get(ContactPoint, contact_id) if contact_id else None
        if point is not None:
            yield Hearer(f"contact:{point.id}", contact=point)


def _endpoints(here: Around) -> Iterable[Hearer]:
    if here.office is None:
        return
    company_id = here.office.company_id
    known = here.tx.once(("endpoints", company_id), lambda: endpoints.running(here.tx, company_id))
    for row in known:
        if row.hears(here.event.kind):
            yield Hearer(f"endpoint:{row.id}", endpoint=row)


GROUPS: dict[str, Group] = {
    "worker": _worker,
    "supervisor": _supervisor,
    "owner": _owner,
    "customer_director": _customer_director,
    "director": _director,
    "quality": _quality,
    "followers": _followers,
    "whom": _whom,
    "last_hands": _last_hands,
    "customer": _customer,
    "contact": _contact,
    "endpoints": _endpoints,
}
