"""The tickets behind a figure: one clause a figure, the same that counts it, and filters that narrow it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, exists, select
from sqlmodel import col

from hub.callbacks import Callback
from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Building, Room
from hub.orders import OPEN as OPEN_ORDERS
from hub.orders import Order
from hub.organisation import Department, Staff
from hub.promises import Promise
from hub.statistics import judging
from hub.statistics.cuts import lead_of
from hub.statistics.hotspots import AGAIN_DAYS
from hub.statistics.scope import Scope
from hub.statistics.timeliness import near_ids
from hub.tickets import Ticket
from web.words import N_

Clause = ColumnElement[bool]
FILTERS = ("department", "worker", "building", "group", "category", "room", "kind", "channel", "priority")
NONE = "-"  # the filter for what has none: no room, no category, nobody yet

# What each figure is called above its list. Those of HANDS are counted by orders.
TITLES = {
    "new": N_("Waiting at the desk"),
    "in_hand": N_("In hand"),
    "awaiting_callback": N_("Awaiting callback"),
    "callbacks_due": N_("Callbacks due"),
    "returned": N_("Returned, awaiting a ruling"),
    "at_risk": N_("At risk"),
    "overdue": N_("Overdue"),
    "reopened": N_("Reopened"),
    "orders_open": N_("Open orders"),
    "orders_overdue": N_("Overdue orders"),
    "orders_returned": N_("Returned orders"),
    "callbacks": N_("Callbacks owed"),
    "received": N_("Received this month"),
    "late_answer": N_("Answered late this month"),
    "late_resolve": N_("Completed late this month"),
    "unsolved": N_("Not solved, says the customer"),
    "dissatisfied": N_("Dissatisfied customers"),
    "repeated": N_("The same complaint in 30 days"),
}


@dataclass(frozen=True)
class Behind:
    """One figure, narrowed: `figure` a key of TITLES, `filters` of FILTERS as codes."""

    figure: str
    filters: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Behind":
        """As an address names it; an unknown figure is all that was received."""
        figure = query.get("figure", "")
        filters = tuple((name, query[name]) for name in FILTERS if query.get(name))
        return cls(figure if figure in TITLES else "received", filters)

    def clause(self, tx: Tx, scope: Scope) -> Clause:
        """What the tickets behind it have in common."""
        by_hands = {name: code for name, code in self.filters if name in ("department", "worker")}
        rest = [_NARROW[name](code) for name, code in self.filters if name not in by_hands]
        hands = _hands(by_hands)
        own = col(Ticket.office_id).in_(scope.office_ids)
        return and_(own, _figure(tx, self.figure, scope, hands), *rest)


def href(office: str, figure: str, **filters: Any) -> str:
    """The address of the list behind a figure. A filter of None asks for what has none."""
    said = {name: NONE if code is None else str(code) for name, code in filters.items()}
    return "/office/matters?" + urlencode({"office": office, "figure": figure, **said})


def _figure(tx: Tx, figure: str, scope: Scope, hands: list[Clause]) -> Clause:
    status, at = col(Ticket.status), scope.as_of
    is_open = status.in_(judging.OPEN)
    if figure.startswith("orders_") or figure == "callbacks":
        return and_(is_open, _of_orders(figure, scope, hands))
    if hands:
        return and_(_figure(tx, figure, scope, []), _has_order(col(Order.id) == lead_of(), *hands))
    match figure:
        case "in_hand":
            return and_(status == figure, judging.is_matter())
        case "new" | "awaiting_callback":
            return status == figure
        case "callbacks_due":
            return and_(status == "awaiting_callback", col(Ticket.callback_at) <= at)
        case "returned":
            return and_(is_open, _has_order(col(Order.status) == "returned"))
        case "at_risk":
            own = col(Ticket.office_id).in_(scope.office_ids)
            return col(Ticket.id).in_(
                near_ids(tx, select().select_from(Ticket).where(is_open, own, judging.is_work()), at)
            )
        case "overdue":
            return and_(is_open, judging.is_work(), judging.has_promise(judging.is_running_late(at)))
        case "reopened":
            return and_(is_open, col(Ticket.round) > 1)
        case _:
            return _of_month(figure, scope)


def _of_month(figure: str, scope: Scope) -> Clause:
    match figure:
        case "late_answer" | "late_resolve":
            late = and_(
                judging.solved_once(),
                col(Promise.kind) == figure.removeprefix("late_"),
                judging.fell_due(scope.start, scope.known_until),
                judging.is_late(scope.as_of),
            )
            return and_(judging.counts(), judging.has_promise(late))
        case "unsolved":
            return _called_back(scope, col(Callback.solved).is_(False))
        case "dissatisfied":
            return _called_back(scope, col(Callback.satisfied) == "no")
        case "repeated":
            since = scope.as_of - timedelta(days=AGAIN_DAYS)
            complaint = col(Ticket.kind) == "complaint"
            return and_(complaint, judging.counts(), col(Ticket.received_at) > since)
        case _:
            return and_(
                col(Ticket.received_at) >= scope.start,
                col(Ticket.received_at) < scope.known_until,
                judging.counts(),
                judging.is_matter(),
            )


def _of_orders(figure: str, scope: Scope, hands: list[Clause]) -> Clause:
    standing: Clause = col(Order.status).in_(OPEN_ORDERS)
    match figure:
        case "orders_overdue":
            late = and_(
                col(Promise.order_id) == col(Order.id),
                judging.is_stated(),
                judging.is_running_late(scope.as_of),
            )
            standing = and_(standing, exists().where(late).correlate(Order, Ticket))
            return _has_order(standing, *hands)
        case "orders_returned":
            return _has_order(col(Order.status) == "returned", *hands)
        case "callbacks":
            lead = col(Order.id) == lead_of(col(Ticket.round))
            return and_(col(Ticket.status) == "awaiting_callback", _has_order(lead, *hands))
        case _:
            return _has_order(standing, *hands)


def _has_order(*which: Clause) -> Clause:
    return exists().where(col(Order.ticket_id) == col(Ticket.id), *which).correlate(Ticket)


def _called_back(scope: Scope, which: Clause) -> Clause:
    asked = (
        col(Callback.ticket_id) == col(Ticket.id),
        col(Callback.tried_at) >= scope.start,
        col(Callback.tried_at) < scope.known_until,
        col(Callback.reached),
    )
    return and_(~col(Ticket.is_imported), exists().where(*asked, which).correlate(Ticket))


def _hands(by: Mapping[str, str]) -> list[Clause]:
    clauses: list[Clause] = []
    if "department" in by:
        ids = select(col(Department.id)).where(col(Department.code) == by["department"])
        clauses.append(col(Order.department_id).in_(ids))
    if by.get("worker") == NONE:
        clauses.append(col(Order.worker_id).is_(None))
    elif "worker" in by:
        ids = select(col(Staff.id)).where(col(Staff.login) == by["worker"])
        clauses.append(col(Order.worker_id).in_(ids))
    return clauses


def _rooms_in(code: str) -> Clause:
    if code == NONE:
        without = select(col(Room.id)).where(col(Room.building_id).is_(None))
        return col(Ticket.room_id).is_(None) | col(Ticket.room_id).in_(without)
    inside = select(col(Room.id)).join(Building, col(Building.id) == col(Room.building_id))
    return col(Ticket.room_id).in_(inside.where(col(Building.code) == code))


def _categories(column: Any, code: str) -> Clause:
    if code == NONE:
        return col(Ticket.category_id).is_(None)
    return col(Ticket.category_id).in_(select(col(Category.id)).where(column == code))


_NARROW: dict[str, Callable[[str], Clause]] = {
    "building": _rooms_in,
    "group": lambda code: _categories(col(Category.group_code), code),
    "category": lambda code: _categories(col(Category.code), code),
    "room": lambda code: col(Ticket.room_id).in_(select(col(Room.id)).where(col(Room.code) == code)),
    "kind": lambda code: col(Ticket.kind).is_(None) if code == NONE else col(Ticket.kind) == code,
    "channel": lambda code: col(Ticket.channel) == code,
    "priority": lambda code: col(Ticket.priority) == code,
}
