"""How things stand at this moment: the desk's queues, and who has how much in hand.

Few grouped queries over what is open, never over what is past. Seed K2.2 (tracked to its end), K2.5 (urging).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlmodel import col

from hub.database import Tx
from hub.orders import OPEN as OPEN_ORDERS
from hub.orders import Order
from hub.organisation import Department, Staff
from hub.promises import Promise
from hub.statistics import judging
from hub.statistics.cuts import lead_of
from hub.statistics.seconds import Column
from hub.statistics.timeliness import near_ids
from hub.tickets import Ticket

QUEUES = (
    "new",
    "in_hand",
    "awaiting_callback",
    "returned",
    "callbacks_due",
    "at_risk",
    "overdue",
    "reopened",
)


@dataclass(frozen=True)
class Load:
    """What one department or person has in hand: open orders, those of them late or returned, callbacks owed.

    `key` is the code or log-in, "" for orders nobody has yet. `callbacks` are customers to be called back
    after this part's work.
    """

    id: int | None
    key: str
    name: str
    open: int
    overdue: int
    returned: int
    callbacks: int


def queues(tx: Tx, at: datetime, *seen: ColumnElement[bool]) -> dict[str, int]:
    """How many open tickets stand in each of QUEUES, of those `seen` (a clause on Ticket, as access gives).

    A ticket may stand in several. `at_risk` are those with none of their promises late. Households behind a
    lead are no work of their own (incidents): they are counted again when they are to be called back.
    """
    open_ones = select().select_from(Ticket).where(col(Ticket.status).in_(judging.OPEN), *seen)
    status = col(Ticket.status)
    sums = {
        "new": status == "new",
        "in_hand": and_(status == "in_hand", judging.is_matter()),
        "awaiting_callback": status == "awaiting_callback",
        "returned": exists().where(col(Order.ticket_id) == col(Ticket.id), col(Order.status) == "returned"),
        "callbacks_due": and_(status == "awaiting_callback", col(Ticket.callback_at) <= at),
        "overdue": and_(judging.has_promise(judging.is_running_late(at)), judging.is_work()),
        "reopened": col(Ticket.round) > 1,
    }
    row = tx.execute(
        open_ones.add_columns(*(func.count().filter(when).label(name) for name, when in sums.items()))
    ).one()
    counted = dict(row._asdict()) | {"at_risk": len(near_ids(tx, open_ones.where(judging.is_work()), at))}
    return {name: counted[name] for name in QUEUES}


def by_department(tx: Tx, office_ids: Sequence[int], at: datetime) -> list[Load]:
    """The load of every department of these offices, also of those with nothing to do."""
    rows = tx.execute(
        select(col(Department.id), col(Department.code), col(Department.name))
        .where(col(Department.office_id).in_(office_ids), col(Department.ended_at).is_(None))
        .order_by(col(Department.id))
    )
    loads = _loads(tx, office_ids, at, col(Order.department_id))
    return [_load(loads, *row) for row in rows]


def by_worker(tx: Tx, office_ids: Sequence[int], at: datetime) -> list[Load]:
    """The load of everybody who has something in hand, heaviest first; last, what nobody has yet."""
    loads = _loads(tx, office_ids, at, col(Order.worker_id))
    rows = tx.execute(
        select(col(Staff.id), col(Staff.login), col(Staff.name)).where(
            col(Staff.id).in_([key for key in loads if key is not None])
        )
    )
    people = sorted((_load(loads, *row) for row in rows), key=lambda load: (-load.open, load.key))
    return people + ([_load(loads, None, "", "")] if None in loads else [])


def _load(loads: dict[Any, Counter[str]], part: int | None, key: str, name: str) -> Load:
    tally = loads.get(part, Counter())
    return Load(part, key, name, tally["open"], tally["overdue"], tally["returned"], tally["callbacks"])


def _loads(tx: Tx, office_ids: Sequence[int], at: datetime, part: Column) -> dict[Any, Counter[str]]:
    # said so that no index of orders is gone through in the order of its people, which reads them all
    part = func.coalesce(part, part)
    late = exists().where(
        col(Promise.order_id) == col(Order.id), judging.is_stated(), judging.is_running_late(at)
    )
    departments = select(col(Department.id)).where(col(Department.office_id).in_(office_ids))
    loads: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    in_hand = (
        select(part.label("part"), func.count(), func.count().filter(late))
        .add_columns(func.count().filter(col(Order.status) == "returned"))
        .join(Ticket, col(Ticket.id) == col(Order.ticket_id))
        .where(col(Order.department_id).in_(departments), col(Order.status).in_(OPEN_ORDERS))
        .group_by("part")
    )
    for key, open_, overdue, returned in tx.execute(in_hand):
        loads[key].update(open=open_, overdue=overdue, returned=returned)
    waiting = (
        select(part.label("part"), func.count())
        .select_from(Ticket)
        .join(Order, col(Order.id) == lead_of(col(Ticket.round)))
        .where(col(Ticket.office_id).in_(office_ids), col(Ticket.status) == "awaiting_callback")
        .group_by("part")
    )
    for key, callbacks in tx.execute(waiting):
        loads[key].update(callbacks=callbacks)
    return loads
