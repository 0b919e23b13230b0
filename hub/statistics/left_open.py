"""Matters one by one: what stands open and why, what is late and by what cause, what was grave.

A reason is a code: what the matter waits for. Where it was closed after the moment that is asked for, that is
what is said of it. No resident's words are read here: a frozen report names the ticket, the words stay in it.
Source: domain.md §7-8 (every unclosed complaint with reason and progress), §7-9 (overdue by cause), §7-12.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Room
from hub.orders import OPEN as OPEN_ORDERS
from hub.orders import Hold, Order
from hub.organisation import Department, Staff
from hub.promises import Promise
from hub.statistics import judging
from hub.statistics.scope import Scope
from hub.statistics.volume import open_matters, received_in
from hub.tickets import Ticket

# what an open matter waits for; "hold:<reason>" for each reason the office knows
WAITS = (
    "untouched",
    "returned",
    "unassigned",
    "unaccepted",
    "working",
    "promised",
    "callback",
    "in_hand",
    "closed_since",
)
# why a matter is late, beside the reasons of holds
CAUSES = ("ping_pong", "wrong_dispatch", "unassigned", "unaccepted", "reopened", "unstated")
MANY_HOUSEHOLDS, MANY_REOPENINGS, MANY_URGINGS = 3, 2, 3
AT_ONCE = 500


@dataclass(frozen=True)
class Matter:
    """One matter as a report lists it; `waits` one of WAITS or "hold:<reason>", `cause` one of CAUSES or so.

    `late_seconds` is how far its solution is past due (0: not late); `households` counts its own and those
    of the tickets that hang on it.
    """

    number: str
    kind: str | None
    category: str | None
    place: str
    priority: str
    status: str
    outcome: str | None
    received_at: datetime
    first_contact_at: datetime | None
    closed_at: datetime | None
    waits: str
    since: datetime | None
    cause: str
    late_seconds: int
    department: str
    owner: str
    tries: int
    urged: int
    reopened: int
    households: int


def unclosed_complaints(tx: Tx, scope: Scope) -> list[Matter]:
    """Every complaint that was open at `as_of`, whenever it came in; oldest first."""
    return _matters(tx, scope, _ids(tx, open_matters(scope.office_ids, scope.as_of), _complaint()))


def overdue(tx: Tx, scope: Scope) -> list[Matter]:
    """Every matter open at `as_of` with a promise past due; the one that is furthest behind first."""
    late = judging.has_promise(judging.is_running_late(scope.as_of))
    found = _matters(tx, scope, _ids(tx, open_matters(scope.office_ids, scope.as_of), late))
    return sorted(found, key=lambda one: (-one.late_seconds, one.number))


def major_complaints(tx: Tx, scope: Scope) -> list[Matter]:
    """Complaints received in the period that were grave: P1, many households, reopened or urged often."""
    follower = aliased(Ticket)
    households = (
        select(func.count())
        .where(col(follower.lead_id) == col(Ticket.id))
        .correlate(Ticket)
        .scalar_subquery()
    )
    grave = or_(
        col(Ticket.priority) == "P1",
        col(Ticket.times_reopened) >= MANY_REOPENINGS,
        col(Ticket.times_urged) >= MANY_URGINGS,
        households >= MANY_HOUSEHOLDS - 1,
    )
    return _matters(tx, scope, _ids(tx, _came_in(scope), and_(_complaint(), grave)))


def emergencies(tx: Tx, scope: Scope) -> list[Matter]:
    """Every emergency received in the period."""
    return _matters(tx, scope, _ids(tx, _came_in(scope), col(Ticket.kind) == "emergency"))


def _complaint() -> ColumnElement[bool]:
    return col(Ticket.kind) == "complaint"


def _came_in(scope: Scope) -> Any:
    return select().select_from(Ticket).where(*received_in(scope), judging.counts(), judging.is_matter())


def _ids(tx: Tx, base: Any, which: ColumnElement[bool]) -> list[int]:
    query = base.where(which).add_columns(col(Ticket.id)).order_by(col(Ticket.received_at), col(Ticket.id))
    return list(tx.execute(query).scalars())


def _matters(tx: Tx, scope: Scope, ids: list[int]) -> list[Matter]:
    found: list[Matter] = []
    for start in range(0, len(ids), AT_ONCE):
        found += _chunk(tx, scope, ids[start : start + AT_ONCE])
    return found


def _chunk(tx: Tx, scope: Scope, ids: Sequence[int]) -> Iterable[Matter]:
    orders = _orders(tx, ids)
    late = _late(tx, scope, ids)
    rows = tx.execute(
        select(Ticket, col(Category.code), col(Room.code), col(Staff.name))
        .outerjoin(Category, col(Category.id) == col(Ticket.category_id))
        .outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        .outerjoin(Staff, col(Staff.id) == col(Ticket.owner_id))
        .where(col(Ticket.id).in_(ids))
        .order_by(col(Ticket.received_at), col(Ticket.id))
    )
    households = _households(tx, ids)
    for ticket, category, room, owner in rows:
        mine = orders.get(ticket.id, [])
        waits, since = _waits(ticket, mine, scope.as_of)
        yield Matter(
            number=ticket.number,
            kind=ticket.kind,
            category=category,
            place=room or "",
            priority=ticket.priority,
            status=ticket.status,
            outcome=ticket.outcome,
            received_at=ticket.received_at,
            first_contact_at=ticket.first_contact_at,
            closed_at=ticket.closed_at,
            waits=waits,
            since=since,
            cause=_cause(ticket, mine, waits),
            late_seconds=late.get(ticket.id, 0),
            department=mine[-1].department if mine else "",
            owner=owner or "",
            tries=ticket.callback_tries,
            urged=ticket.times_urged,
            reopened=ticket.times_reopened,
            households=1 + households.get(ticket.id, 0),
        )


@dataclass(frozen=True)
class _Order:
    status: str
    worker_id: int | None
    department: str
    times_returned: int
    issued_at: datetime
    held: tuple[tuple[str, datetime, bool], ...]


def _orders(tx: Tx, ids: Sequence[int]) -> dict[int, list[_Order]]:
    holds: defaultdict[int, list[tuple[str, datetime, bool]]] = defaultdict(list)
    held = (
        select(col(Hold.order_id), col(Hold.reason), col(Hold.starts_at), col(Hold.ends_at))
        .join(Order, col(Order.id) == col(Hold.order_id))
        .where(col(Order.ticket_id).in_(ids))
        .order_by(col(Hold.id))
    )
    for order_id, reason, starts_at, ends_at in tx.execute(held):
        holds[order_id].append((reason, starts_at, ends_at is None))
    found: defaultdict[int, list[_Order]] = defaultdict(list)
    query = (
        select(Order, col(Department.name))
        .join(Department, col(Department.id) == col(Order.department_id))
        .where(col(Order.ticket_id).in_(ids))
        .order_by(col(Order.ticket_id), col(Order.seq))
    )
    for order, department in tx.execute(query):
        found[order.ticket_id].append(
            _Order(
                order.status,
                order.worker_id,
                department,
                order.times_returned,
                order.issued_at,
                tuple(holds[order.id]),
            )
        )
    return found


def _late(tx: Tx, scope: Scope, ids: Sequence[int]) -> dict[int, int]:
    """How far each ticket's solution is past due at `as_of`, in seconds."""
    query = select(col(Promise.ticket_id), col(Promise.due_at)).where(
        col(Promise.ticket_id).in_(ids),
        judging.is_running_late(scope.as_of),
    )
    found: dict[int, int] = {}
    for ticket_id, due_at in tx.execute(query):
        behind = int((scope.as_of - due_at).total_seconds())
        found[ticket_id] = max(behind, found.get(ticket_id, 0))
    return found


def _households(tx: Tx, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(col(Ticket.lead_id), func.count())
        .where(col(Ticket.lead_id).in_(ids), judging.counts())
        .group_by(col(Ticket.lead_id))
    )
    return {lead_id: int(count) for lead_id, count in tx.execute(query) if lead_id is not None}


def _waits(ticket: Ticket, orders: Sequence[_Order], at: datetime) -> tuple[str, datetime | None]:
    """What the matter waits for now; that it was closed since, when it was."""
    if ticket.status == "closed":
        return "closed_since", ticket.closed_at
    if ticket.status == "new":
        return "untouched", None
    if ticket.status == "awaiting_callback":
        return "callback", ticket.callback_at
    standing = next((order for order in reversed(orders) if order.status in OPEN_ORDERS), None)
    if standing is not None:
        return _waits_of(standing)
    return ("promised", ticket.promised_for) if ticket.promised_for else ("in_hand", None)


def _waits_of(order: _Order) -> tuple[str, datetime | None]:
    match order.status:
        case "on_hold":
            reason, since = next(((r, at) for r, at, runs in order.held if runs), ("other", order.issued_at))
            return f"hold:{reason}", since
        case "returned":
            return "returned", None
        case "issued":
            return "unassigned", order.issued_at
        case "assigned":
            return "unaccepted", order.issued_at
        case _:
            return "working", order.issued_at


def _cause(ticket: Ticket, orders: Sequence[_Order], waits: str) -> str:
    """Why it took so long, by what is on record: a hold, a return, another department, nobody sent."""
    if waits.startswith("hold:"):
        return waits.removeprefix("hold:")
    if sum(order.times_returned for order in orders) > 1:
        return "ping_pong"
    if len({order.department for order in orders}) > 1 and any(order.times_returned for order in orders):
        return "wrong_dispatch"
    past = [reason for order in orders for reason, _, _ in order.held]
    if past:
        return past[-1]
    if waits in ("unassigned", "unaccepted"):
        return waits
    return "reopened" if ticket.times_reopened else "unstated"
