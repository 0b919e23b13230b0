"""Who hears of which event. One line per event kind.

The fields of a line are groups of people around a ticket; `whom` takes the people an event names itself.
Source: seed K1.4 (the centre emits), K1.7 (on a direct order the supervisor is told), K5.4 (the relaying
employee hears the outcome).
"""

from collections.abc import Callable, Iterable

from sqlmodel import select

from hub import clock, organisation, roster, tickets
from hub.database import Tx
from hub.events import Event
from hub.orders import Order
from hub.organisation import Office
from hub.tickets import Ticket

AUDIENCE: dict[str, tuple[str, ...]] = {
    "received": ("customer_director_if_urgent",),
    "ordered": ("worker", "supervisor"),
    "assigned": ("worker",),
    "accepted": ("owner_if_urgent",),
    "departed": (),
    "held": ("supervisor", "owner"),
    "returned": ("owner",),
    "ruled": ("supervisor",),
    "withdrawn": ("worker", "supervisor"),
    "done": ("owner",),
    "answered": ("followers",),
    "answer_promised": ("owner",),
    "urged": ("whom",),
    "pressed": ("whom",),
    "escalated": ("whom",),
    "supervised": ("whom",),
    "replied": ("whom",),
    "declared_major": ("whom", "supervisor"),
    "planned": ("owner", "followers"),
    "called_back": (),
    "unreached": ("owner",),
    "closed": ("followers",),
    "reopened": ("owner", "last_hands", "followers"),
    "owned": ("owner",),
    "incident_proposed": ("customer_director",),
    "paper_ends": ("whom",),
}
URGENT = ("P1",)


def hearers(tx: Tx, event: Event) -> list[int]:
    """The ids of the staff who hear of this event; never the one who made it."""
    if event.ticket_id is None:
        return event.said["staff"] if AUDIENCE.get(event.kind) == ("whom",) else []
    ticket = tx.get(Ticket, event.ticket_id)
    if ticket is None:
        return []
    order = tx.get(Order, event.order_id) if event.order_id else None
    found: list[int] = []
    for group in AUDIENCE.get(event.kind, ()):
        found.extend(_GROUPS[group](tx, event, ticket, order))
    known, now = roster.of(tx, tx.standing(Office, ticket.office_id)), clock.now()
    there = (
        known.instead(staff_id, now) or staff_id for staff_id in found
    )  # somebody on leave: who stands in
    return [staff_id for staff_id in dict.fromkeys(there) if staff_id != event.by_id]


def is_urgent(ticket: Ticket) -> bool:
    """Whether this matter may wake somebody."""
    return ticket.priority in URGENT


Group = Callable[[Tx, Event, Ticket, Order | None], Iterable[int]]


def _worker(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    return [order.worker_id] if order and order.worker_id else []


def _supervisor(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    if order is None:
        return []
    people = organisation.holders(tx, ticket.office_id, "supervisor", order.department_id)
    return [person.id for person in people]


def _owner(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    return [ticket.owner_id] if ticket.owner_id else []


def _owner_if_urgent(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    return _owner(tx, event, ticket, order) if is_urgent(ticket) else []


def _customer_director_if_urgent(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    return _customer_director(tx, event, ticket, order) if is_urgent(ticket) else []


def _customer_director(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    one = organisation.customer_director(tx, ticket.office_id)
    return [one.id] if one else []


def _followers(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    return tickets.followers(tx, ticket.id)


def _whom(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    named: list[int] = event.said.get("staff", [])
    return named


def _last_hands(tx: Tx, event: Event, ticket: Ticket, order: Order | None) -> Iterable[int]:
    """Those who did the work of the round before, and their supervisors (peers.md §5-2)."""
    before = tx.scalars(
        select(Order).where(
            Order.ticket_id == ticket.id, Order.round == event.said["round"] - 1, Order.status == "done"
        )
    )
    for done in before:
        yield from [done.worker_id] if done.worker_id else []
        yield from _supervisor(tx, event, ticket, done)


_GROUPS: dict[str, Group] = {
    "worker": _worker,
    "supervisor": _supervisor,
    "owner": _owner,
    "owner_if_urgent": _owner_if_urgent,
    "customer_director": _customer_director,
    "customer_director_if_urgent": _customer_director_if_urgent,
    "followers": _followers,
    "whom": _whom,
    "last_hands": _last_hands,
}
