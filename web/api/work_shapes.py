"""What the API answers about orders and promises. Times are ISO 8601 in UTC; numbers are text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlmodel import col, select

from hub import clock, orders
from hub.database import Tx
from hub.orders import Hold, Order
from hub.promises import Promise
from web.api.names import Names


class PromiseOut(BaseModel):
    """One deadline. `base_due_at` is what was promised, `due_at` that plus the time held (`held_seconds`).

    `state`: running | held | overdue | kept | missed | ended.
    """

    kind: str
    order: str | None
    state: str
    limit: str
    started_at: datetime
    base_due_at: datetime
    due_at: datetime
    held_seconds: int
    kept_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Promise, order: str | None) -> "PromiseOut":
        return cls(
            kind=row.kind,
            order=order,
            state=promise_state(row),
            limit=row.limit,
            started_at=row.started_at,
            base_due_at=row.base_due_at,
            due_at=row.due_at,
            held_seconds=row.held_seconds,
            kept_at=row.kept_at,
            ended_at=row.ended_at,
        )


class HoldOut(BaseModel):
    reason: str
    since: datetime
    until: datetime | None
    pauses: bool


class OrderOut(BaseModel):
    """One order with its promises; `moves` are the steps that are legal now."""

    number: str
    ticket: str
    status: str
    round: int
    department: str | None
    worker: str | None
    dispatched_to: str
    chosen_by: str
    instruction: str
    appointment_at: datetime | None
    issued_by: str | None
    issued_at: datetime
    assigned_at: datetime | None
    accepted_at: datetime | None
    contacted_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    done: str
    materials: list[Any]
    fields: dict[str, Any]
    return_reason: str
    times_returned: int
    hold: HoldOut | None
    promises: list[PromiseOut]
    moves: list[str]

    @classmethod
    def of(cls, tx: Tx, row: Order) -> "OrderOut":
        """One order by itself."""
        tx.flush()
        made = tx.scalars(select(Promise).where(Promise.order_id == row.id).order_by(col(Promise.id))).all()
        return cls.drawn(tx, row, Names(tx), [PromiseOut.of(promise, row.number) for promise in made])

    @classmethod
    def drawn(cls, tx: Tx, row: Order, names: Names, made: Sequence[PromiseOut]) -> "OrderOut":
        """One order among others, whose names and promises are at hand."""
        return cls(
            **{name: getattr(row, name) for name in _LIKE_THE_ROW},
            ticket=row.number.partition("-")[0],
            department=names.department(row.department_id),
            worker=names.login(row.worker_id),
            issued_by=names.login(row.issued_by),
            hold=_hold(orders.running_hold(tx, row.id)) if row.status == "on_hold" else None,
            promises=list(made),
            moves=sorted(orders.MOVES[row.status]),
        )


_LIKE_THE_ROW = set(OrderOut.model_fields) & set(Order.model_fields) - {"issued_by"}


def promise_state(row: Promise) -> str:
    """Where a promise stands now."""
    if row.ended_at is not None:
        return "ended"
    if row.kept_at is not None:
        return "kept" if row.kept_at <= row.due_at else "missed"
    if row.paused_at is not None:
        return "held"
    return "overdue" if row.is_late(clock.now()) else "running"


def _hold(row: Hold | None) -> HoldOut | None:
    if row is None:
        return None
    return HoldOut(reason=row.reason, since=row.starts_at, until=row.until, pauses=row.pauses)
