"""What the desk's queues ask of the database. Each question is made once: building costs more than asking.

A queue's count and its list come from the same clause. Their places: `office`, `me`, `now`, `size`, and `ids`
for the matters of which the clause is known already.
Source: seed 2-3 (K2.2 跟蹤, K2.5 催辦), screens.md (/desk).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    true,
)
from sqlmodel import col

from hub.columns import Moment
from hub.estate import Room
from hub.orders import OPEN as OPEN_ORDERS
from hub.orders import Hold, Order
from hub.organisation import Department, Staff
from hub.promises import Promise
from hub.statistics import judging
from hub.tickets import Ticket

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # sorts what has no running promise behind everything else
NEWEST_FIRST = "all"
HERE = col(Ticket.office_id) == bindparam("office")
_NOW = bindparam("now", type_=Moment)
_IDS: ColumnElement[Any] = bindparam("ids", expanding=True)


@dataclass(frozen=True)
class Questions:
    """What a reader asks, narrowed to what they see: `lists` by queue, rows of (id, `falls`) in order."""

    counts: Select[Any]
    lists: dict[str, Select[Any]]


def questions(seen: ColumnElement[bool], names: tuple[str, ...]) -> Questions:
    """The questions of a reader who sees what fits `seen`, about the queues of these names."""
    return Questions(_counts(seen, names), {name: _list(seen, name) for name in names})


def falls() -> ColumnElement[datetime]:
    """When the promise of a ticket falls that falls first; NEVER when no clock runs."""
    first = select(func.min(col(Promise.due_at))).where(*_running()).correlate(Ticket).scalar_subquery()
    return func.coalesce(first, literal(NEVER, Moment), type_=Moment)


def _counts(seen: ColumnElement[bool], names: tuple[str, ...]) -> Select[Any]:
    """How many stand in each queue, at one look at the open matters."""
    sums = [
        func.coalesce(func.sum(case((_holds(name), 1), else_=0)), 0).label(name)
        for name in names
        if name != NEWEST_FIRST
    ]
    whole = select(func.count()).select_from(Ticket).where(seen).correlate(None).scalar_subquery()
    return select(*sums, whole.label(NEWEST_FIRST)).where(seen, _is_open())


def _list(seen: ColumnElement[bool], name: str) -> Select[Any]:
    is_newest = name == NEWEST_FIRST
    first = (literal(NEVER, Moment) if is_newest else falls()).label("falls")
    order = (col(Ticket.id).desc(),) if is_newest else (first, col(Ticket.id))
    listed = select(col(Ticket.id), first).where(seen, _holds(name)).order_by(*order)
    return cast(Select[Any], listed.limit(bindparam("size", type_=Integer)))


def _holds(name: str) -> ColumnElement[bool]:
    """What stands in the queue of this name; households behind a lead wait in it, not beside it."""
    match name:
        case "new":
            return col(Ticket.status) == name
        case "in_hand":
            return and_(col(Ticket.status) == name, judging.is_matter())
        case "returned":
            of_ticket = and_(col(Order.ticket_id) == col(Ticket.id), col(Order.round) == col(Ticket.round))
            return and_(_is_open(), exists().where(of_ticket, col(Order.status) == "returned"))
        case "callbacks":
            return and_(col(Ticket.status) == "awaiting_callback", col(Ticket.callback_at) <= _NOW)
        case "outside":
            return and_(_is_open(), exists().where(*_waits_outside()))
        case "at_risk":
            near = exists().where(*_running(), col(Promise.warn_at) <= _NOW, col(Promise.due_at) >= _NOW)
            return and_(_is_open(), judging.is_work(), near)
        case "overdue":
            late = exists().where(*_running(), col(Promise.due_at) < _NOW)
            return and_(_is_open(), judging.is_work(), late)
        case "reopened":
            return and_(_is_open(), col(Ticket.times_reopened) > 0)
        case "mine":
            return and_(_is_open(), col(Ticket.owner_id) == bindparam("me"))
        case _:
            return true()


def _is_open() -> ColumnElement[bool]:
    """Said by naming the states: what is "not closed" no index finds."""
    return col(Ticket.status).in_(judging.OPEN)


def _waits_outside() -> tuple[ColumnElement[bool], ...]:
    """The clause of a ticket's orders that wait for a contractor, a supplier, an authority."""
    return (
        col(Order.ticket_id) == col(Ticket.id),
        col(Order.status) == "on_hold",
        col(Hold.order_id) == col(Order.id),
        col(Hold.reason) == "third_party",
        col(Hold.ends_at).is_(None),
    )


def _running() -> tuple[ColumnElement[bool], ...]:
    """The clause of a ticket's promises whose clock runs now, as the index of them has it."""
    return (
        col(Promise.office_id) == col(Ticket.office_id),
        col(Promise.ticket_id) == col(Ticket.id),
        col(Promise.kept_at).is_(None),
        col(Promise.ended_at).is_(None),
        col(Promise.paused_at).is_(None),
    )


# What is drawn of each line of a list, by the ids of its tickets.
TICKETS = (
    select(col(Ticket.id), col(Ticket.number), col(Ticket.status), col(Ticket.priority), col(Ticket.kind))
    .add_columns(col(Ticket.item), col(Ticket.caller_name), col(Ticket.lead_id), col(Ticket.received_at))
    .add_columns(col(Ticket.times_reopened), col(Room.code).label("room"))
    .outerjoin(Room, col(Room.id) == col(Ticket.room_id))
    .where(col(Ticket.id).in_(_IDS))
)
PROMISES = select(
    col(Promise.ticket_id),
    col(Promise.kind),
    col(Promise.due_at),
    col(Promise.warn_at),
    col(Promise.paused_at),
).where(col(Promise.ticket_id).in_(_IDS), col(Promise.kept_at).is_(None), col(Promise.ended_at).is_(None))
ORDERS = (
    select(col(Order.ticket_id), col(Order.status), col(Department.name).label("department"))
    .add_columns(col(Staff.name).label("worker"))
    .join(Department, col(Department.id) == col(Order.department_id))
    .outerjoin(Staff, col(Staff.id) == col(Order.worker_id))
    .where(col(Order.ticket_id).in_(_IDS), col(Order.status).in_(OPEN_ORDERS))
    .order_by(col(Order.seq))
)
