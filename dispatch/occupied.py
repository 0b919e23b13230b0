"""What people have in hand, what was given to them lately, and in which rooms they were before.

Asked with every matter that goes to a department, so each is one query, made once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from hub import worktimes
from hub.callbacks import Callback
from hub.database import Tx
from hub.orders import OPEN, Order
from hub.roster import Roster
from hub.rows import table_of
from hub.statements import Statement, named, one_of, room_for
from hub.tickets import Ticket


@dataclass(frozen=True)
class Given:
    """Orders and minutes of one person."""

    orders: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Visit:
    """That somebody was there: for which ticket, and whether it left the customer unhappy."""

    number: str
    was_bad: bool


def in_hand(tx: Tx, known: Roster, staff_ids: Sequence[int]) -> dict[int, Given]:
    """What each of these people has in hand now."""
    return _given(tx, known, _in_hand, staff_ids, {})


def lately(tx: Tx, known: Roster, staff_ids: Sequence[int], since: datetime) -> dict[int, Given]:
    """What each of these people was given since then."""
    return _given(tx, known, _lately, staff_ids, {"since": since})


def visits(
    tx: Tx, room_id: int, category_id: int, staff_ids: Sequence[int], since: datetime
) -> dict[int, Visit]:
    """Which of these people was in this room for the like since then; the latest visit speaks."""
    if not staff_ids:
        return {}
    tx.look()
    values = {"room": room_id, "category": category_id, "since": since, **named("id", staff_ids)}
    rows = _was_there(room_for(staff_ids)).rows(tx, values)
    return {worker: Visit(number, bool(bad)) for worker, number, bad in rows}


def _given(
    tx: Tx,
    known: Roster,
    query: Callable[[int], Statement],
    staff_ids: Sequence[int],
    values: dict[str, Any],
) -> dict[int, Given]:
    """Orders and expected minutes by person; what is on hold counts less, for nobody stands there."""
    if not staff_ids:
        return {}
    tx.look()
    found: dict[int, Given] = {}
    for row in query(room_for(staff_ids)).rows(tx, {**values, **named("id", staff_ids)}):
        was = found.get(row.worker_id, Given())
        minutes = known.expected(row.category_id, row.priority, row.kind) * row.how_many
        weighed = round(minutes * worktimes.HELD_COUNTS) if row.status == "on_hold" else minutes
        found[row.worker_id] = Given(was.orders + row.how_many, was.minutes + weighed)
    return found


_ORDER_ROW, _TICKET_ROW = table_of(Order).c, table_of(Ticket).c


def _orders_of(people: int, *which: ColumnElement[bool]) -> Statement:
    """How many orders of each kind each of so many people has or had."""
    matter = _TICKET_ROW.category_id, _TICKET_ROW.priority, _TICKET_ROW.kind
    kinds = _ORDER_ROW.worker_id, _ORDER_ROW.status, *matter
    return Statement(
        select(*kinds, func.count().label("how_many"))
        .join_from(table_of(Order), table_of(Ticket), _TICKET_ROW.id == _ORDER_ROW.ticket_id)
        .where(one_of(_ORDER_ROW.worker_id, "id", people), *which)
        .group_by(*kinds)
    )


@cache
def _in_hand(people: int) -> Statement:
    return _orders_of(people, or_(*(_ORDER_ROW.status == state for state in OPEN if state != "returned")))


@cache
def _lately(people: int) -> Statement:
    return _orders_of(people, _ORDER_ROW.assigned_at >= bindparam("since"))


@cache
def _was_there(people: int) -> Statement:
    """The visits of so many people to a room for a category, and whether the callback after was a bad one."""
    told = table_of(Callback).c
    unhappy = select(told.id).where(
        told.ticket_id == _ORDER_ROW.ticket_id,
        told.round == _ORDER_ROW.round,
        or_(told.satisfied == "no", told.solved.is_(False)),
    )
    return Statement(
        select(_ORDER_ROW.worker_id, _TICKET_ROW.number, unhappy.exists())
        .join_from(table_of(Order), table_of(Ticket), _TICKET_ROW.id == _ORDER_ROW.ticket_id)
        .where(
            _TICKET_ROW.room_id == bindparam("room"),
            # the sums keep an engine from reading the whole company by category, or all that one of them ever
            # did: a room has had few matters
            _TICKET_ROW.category_id + 0 == bindparam("category"),
            _ORDER_ROW.status == "done",
            one_of(_ORDER_ROW.worker_id + 0, "id", people),
            _ORDER_ROW.done_at >= bindparam("since"),
        )
        .order_by(_ORDER_ROW.done_at)
    )
