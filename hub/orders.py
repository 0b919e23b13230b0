"""The order (派工單): the centre's instruction to a department supervisor or straight to a worker.

`MOVES` is the whole table of legal moves; `move` is the only way along it.
Source: seed 2-1 remark 3 (K1.7, both ways of dispatch), K1.1 (returned with a reason, the centre rules).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel, col, select

from hub import tickets
from hub.columns import BigKey, Data, Moment
from hub.database import Tx
from hub.errors import NotNow
from hub.rows import later
from hub.tickets import Ticket

MOVES: dict[str, dict[str, str]] = {
    "issued": {"assign": "assigned", "hold": "on_hold", "return": "returned", "withdraw": "withdrawn"},
    "assigned": {
        "assign": "assigned",
        "accept": "accepted",
        "hold": "on_hold",
        "return": "returned",
        "withdraw": "withdrawn",
    },
    "accepted": {
        "assign": "assigned",
        "depart": "en_route",
        "arrive": "on_site",
        "hold": "on_hold",
        "return": "returned",
        "complete": "done",
        "withdraw": "withdrawn",
    },
    "en_route": {
        "assign": "assigned",
        "arrive": "on_site",
        "hold": "on_hold",
        "return": "returned",
        "complete": "done",
        "withdraw": "withdrawn",
    },
    "on_site": {
        "assign": "assigned",
        "hold": "on_hold",
        "return": "returned",
        "complete": "done",
        "withdraw": "withdrawn",
    },
    "on_hold": {"resume": "resumed", "return": "returned", "withdraw": "withdrawn"},
    "returned": {"reissue": "issued", "withdraw": "withdrawn"},
    "done": {},
    "withdrawn": {},
}
ENDED = tickets.ENDED_ORDERS
OPEN = tuple(state for state in MOVES if state not in ENDED)
TO_SUPERVISOR, TO_WORKER = "supervisor", "worker"


class Order(SQLModel, table=True):
    """One instruction. `dispatched_to` and `chosen_by` keep which way was chosen, and by whom (K1.7)."""

    __tablename__ = "work_order"
    __table_args__ = (
        Index("uq_work_order_ticket_id_seq", "ticket_id", "seq", unique=True),
        Index("ix_work_order_department_status", "department_id", "status"),
        Index("ix_work_order_worker_status", "worker_id", "status"),
        Index("ix_work_order_worker_assigned", "worker_id", "assigned_at"),
    )
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    ticket_id: int = Field(foreign_key="ticket.id", sa_type=BigKey)
    office_id: int = Field(foreign_key="office.id", index=True)
    seq: int
    number: str = Field(unique=True)
    round: int = 1
    status: str = "issued"
    held_from: str | None = None
    department_id: int = Field(foreign_key="department.id")
    worker_id: int | None = Field(default=None, foreign_key="staff.id")
    dispatched_to: str
    chosen_by: str
    instruction: str = Field(default="", sa_type=Text)
    appointment_at: datetime | None = Field(default=None, sa_type=Moment)
    issued_by: int | None = Field(default=None, foreign_key="staff.id")
    issued_at: datetime = Field(sa_type=Moment)
    assigned_at: datetime | None = Field(default=None, sa_type=Moment)
    accepted_at: datetime | None = Field(default=None, sa_type=Moment)
    contacted_at: datetime | None = Field(default=None, sa_type=Moment)
    departed_at: datetime | None = Field(default=None, sa_type=Moment)
    arrived_at: datetime | None = Field(default=None, sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    done: str = Field(default="", sa_type=Text)
    materials: list[Any] = Field(default_factory=list, sa_type=Data)
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=Data)
    inferred: list[Any] = Field(default_factory=list, sa_type=Data)
    return_reason: str = ""
    returned_by: int | None = Field(default=None, foreign_key="staff.id")
    times_returned: int = 0

    @property
    def is_open(self) -> bool:
        return self.status not in ENDED


class Hold(SQLModel, table=True):
    """A time an order stands still (掛起): why, by whom, approved by whom, until when it was meant to.

    `pauses`: the reason is one the office lets stop the clock (domain.md §3.5: approved reasons only).
    """

    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    order_id: int = Field(foreign_key="work_order.id", sa_type=BigKey, index=True)
    reason: str
    note: str = ""
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    approved_by: int | None = Field(default=None, foreign_key="staff.id")
    pauses: bool = True
    starts_at: datetime = Field(sa_type=Moment)
    until: datetime | None = Field(default=None, sa_type=Moment, index=True)
    ends_at: datetime | None = Field(default=None, sa_type=Moment)


def move(order: Order, verb: str) -> None:
    """Take the order along one legal move. Raises NotNow, naming the legal ones."""
    legal = MOVES[order.status]
    if verb not in legal:
        raise NotNow("this order cannot do that now", legal=tuple(legal), order=order.number)
    held_from, order.held_from = order.held_from, order.status if verb == "hold" else None
    order.status = held_from or "issued" if verb == "resume" else legal[verb]


def of_round(tx: Tx, ticket: Ticket) -> list[Order]:
    """The orders of the ticket's present round, first issued first."""
    return [order for order in of_ticket(tx, ticket.id) if order.round == ticket.round]


def of_ticket(tx: Tx, ticket_id: int) -> list[Order]:
    """All orders of the ticket, of every round."""
    return list(_at_hand(tx, ticket_id))


def add(tx: Tx, order: Order) -> None:
    """Write a new order of a ticket that is held."""
    known = _at_hand(tx, order.ticket_id)
    later(tx, order)
    known.append(order)


def next_seq(tx: Tx, ticket_id: int) -> int:
    return max((order.seq for order in _at_hand(tx, ticket_id)), default=0) + 1


def lock(tx: Tx, order_id: int) -> tuple[Ticket, Order]:
    """The order and its ticket, held until the transaction ends: the ticket's lock covers its orders."""
    found = tx.get(Order, order_id)
    if found is None:
        tx.flush()  # what this transaction issued may be on its way still
        found = tx.get_one(Order, order_id)
    ticket = tickets.lock(tx, found.ticket_id)
    return ticket, next(order for order in _at_hand(tx, ticket.id) if order.id == order_id)


def read_all(tx: Tx, ticket_ids: Sequence[int]) -> None:
    """Have the orders of these held tickets at hand, in one query."""
    found: dict[int, list[Order]] = {ticket_id: [] for ticket_id in ticket_ids}
    for row in _read(tx, ticket_ids) if ticket_ids else ():
        found[row.ticket_id].append(row)
    for ticket_id, rows in found.items():
        tickets.put_at_hand(tx, ticket_id, "work_order", rows)


def _at_hand(tx: Tx, ticket_id: int) -> list[Order]:
    return tickets.at_hand(tx, ticket_id, "work_order", lambda: _read(tx, [ticket_id]))


def _read(tx: Tx, ticket_ids: Sequence[int]) -> Iterable[Order]:
    return tx.scalars(
        select(Order)
        .where(col(Order.ticket_id).in_(ticket_ids))
        .order_by(col(Order.seq))
        .execution_options(populate_existing=True)
    )


def running_hold(tx: Tx, order_id: int) -> Hold | None:
    """The hold the order stands in now, if any."""
    return tx.exec_one(select(Hold).where(Hold.order_id == order_id, col(Hold.ends_at).is_(None)))


def record(
    tx: Tx,
    kind: str,
    ticket: Ticket,
    order: Order,
    by_id: int | None,
    happened_at: datetime | None = None,
    /,
    *,
    words: Mapping[str, Any] | None = None,
    **facts: Any,
) -> None:
    """Append one fact about the order to its ticket's stream."""
    tickets.record(
        tx, kind, ticket, by_id, happened_at, words=words, order_id=order.id, order=order.number, **facts
    )
