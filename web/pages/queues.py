"""The desk's queues: what waits, what is in danger, what is mine; the most pressing first.

One table says what each queue holds; its count and its list come from the same clause.
Source: seed 2-3 (K2.2 跟蹤, K2.5 催辦), screens.md (/desk).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select, true
from sqlmodel import col

from hub import access, catalogue, clock, finding, incidents
from hub.catalogue import Category
from hub.columns import Moment
from hub.database import Tx
from hub.errors import BadInput
from hub.estate import Room
from hub.limits import at_share
from hub.orders import OPEN, Hold, Order
from hub.organisation import Department, Staff
from hub.promises import Promise
from hub.statistics import judging
from hub.tickets import Ticket
from web.pages.cards import RISK, Due
from web.pages.shell import SignedIn
from web.words import N_

PAGE_OF = 40
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # sorts what has no running promise behind everything else


@dataclass(frozen=True)
class Queue:
    """One queue: its name in the address, its label, the key that opens it, its tone when not empty."""

    name: str
    label: str
    key: str = ""
    tone: str = "quiet"


QUEUES = (
    Queue("new", N_("New"), "w", "info"),
    Queue("in_hand", N_("In hand"), "i"),
    Queue("returned", N_("Returned"), "r", "warn"),
    Queue("callbacks", N_("Callbacks due"), "c", "warn"),
    Queue("outside", N_("With outside parties"), "v"),
    Queue("at_risk", N_("At risk"), "k", "warn"),
    Queue("overdue", N_("Overdue"), "o", "bad"),
    Queue("reopened", N_("Reopened"), "e", "warn"),
    Queue("mine", N_("Mine"), "m"),
    Queue("all", N_("All")),
)


@dataclass(frozen=True)
class Row:
    """One line of the list; `due` is the promise that falls first, `order` the last one that is open.

    `behind`: how many households' tickets stand behind this one.
    """

    ticket: Ticket
    room: Room | None
    category: Category | None
    due: Due | None
    order: Order | None
    department: Department | None
    worker: Staff | None
    behind: int = 0


@dataclass(frozen=True)
class Page:
    """A stretch of a queue; `more` is the cursor of the next one, "" at the end."""

    rows: tuple[Row, ...]
    more: str


def named(name: str) -> Queue:
    """The queue of this name, else the first."""
    return next((queue for queue in QUEUES if queue.name == name), QUEUES[0])


def counts(tx: Tx, reader: SignedIn) -> dict[str, int]:
    """How many matters stand in each queue, from one look at the office's tickets."""
    clauses = {queue.name: _holds(tx, reader, queue.name) for queue in QUEUES if queue.name != "all"}
    sums: list[Any] = [func.coalesce(func.sum(case((clause, 1), else_=0)), 0) for clause in clauses.values()]
    seen = _seen(reader)
    row = tx.execute(select(*sums).where(seen, col(Ticket.status) != "closed")).one()
    whole = tx.execute(select(func.count()).select_from(Ticket).where(seen)).scalar_one()
    return dict(zip(clauses, (int(count) for count in row), strict=True)) | {"all": int(whole)}


def page(tx: Tx, reader: SignedIn, name: str, query: str = "", cursor: str = "") -> Page:
    """One stretch of a queue, or of what a search finds in all of them. Raises BadInput for a bad cursor."""
    clause = _found(tx, reader, query, cursor) if query.strip() else _holds(tx, reader, name)
    by_newest = name == "all" or bool(query.strip())
    falls = _falls_due().label("falls")
    found = select(Ticket, Room, falls).outerjoin(Room, col(Room.id) == col(Ticket.room_id))
    found = found.where(_seen(reader), clause, _after(cursor, falls, by_newest))
    order = (col(Ticket.id).desc(),) if by_newest else (falls, col(Ticket.id))
    rows = tx.execute(found.order_by(*order).limit(PAGE_OF + 1)).all()
    shown, left = rows[:PAGE_OF], rows[PAGE_OF:]
    more = _cursor(shown[-1], by_newest) if left else ""
    return Page(_dressed(tx, reader, [(row[0], row[1]) for row in shown]), more)


def due_of(tx: Tx, reader: SignedIn, promises: Sequence[Promise]) -> Due | None:
    """The promise among these that falls first, with the moment from which it is at risk."""
    return min(dues(tx, reader, promises), key=lambda due: due.rank, default=None)


def dues(tx: Tx, reader: SignedIn, promises: Sequence[Promise]) -> list[Due]:
    """Each promise with the moment from which it is at risk."""
    book = catalogue.of(tx, reader.office)
    return [
        Due(row, at_share(row.started_at, row.due_at, RISK, book.calendar(row.priority))) for row in promises
    ]


def _seen(reader: SignedIn) -> ColumnElement[bool]:
    return and_(access.tickets_seen(reader.me), col(Ticket.office_id) == reader.office.id)


def _holds(tx: Tx, reader: SignedIn, name: str) -> ColumnElement[bool]:
    """What stands in the queue of this name; households behind a lead wait in it, not beside it."""
    is_open = col(Ticket.status) != "closed"
    match name:
        case "new":
            return col(Ticket.status) == name
        case "in_hand":
            return and_(col(Ticket.status) == name, judging.is_matter())
        case "returned":
            of_ticket = and_(col(Order.ticket_id) == col(Ticket.id), col(Order.round) == col(Ticket.round))
            return and_(is_open, exists().where(of_ticket, col(Order.status) == "returned"))
        case "callbacks":
            return and_(col(Ticket.status) == "awaiting_callback", col(Ticket.callback_at) <= clock.now())
        case "outside":
            return and_(is_open, exists().where(*_waits_outside()))
        case "at_risk":
            return and_(is_open, judging.is_work(), col(Ticket.id).in_(_at_risk(tx, reader)))
        case "overdue":
            late = exists().where(*_running(), col(Promise.due_at) < clock.now())
            return and_(is_open, judging.is_work(), late)
        case "reopened":
            return and_(is_open, col(Ticket.times_reopened) > 0)
        case "mine":
            return and_(is_open, col(Ticket.owner_id) == reader.me.staff_id)
        case _:
            return true()


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
    """The clause of a ticket's promises whose clock runs now."""
    return (
        col(Promise.ticket_id) == col(Ticket.id),
        col(Promise.kept_at).is_(None),
        col(Promise.ended_at).is_(None),
        col(Promise.paused_at).is_(None),
    )


def _at_risk(tx: Tx, reader: SignedIn) -> list[int]:
    """The tickets with a promise past its warning share and not yet due: a matter of its calendar."""
    return tx.once(("at risk", reader.office.id), lambda: _read_at_risk(tx, reader, clock.now()))


def _read_at_risk(tx: Tx, reader: SignedIn, now: datetime) -> list[int]:
    # Columns, not rows of the session: there are hundreds, and nothing but the moments is asked of them.
    running = tx.execute(
        select(
            col(Promise.ticket_id), col(Promise.priority), col(Promise.started_at), col(Promise.due_at)
        ).where(
            col(Promise.office_id) == reader.office.id,
            col(Promise.due_at) >= now,
            col(Promise.kept_at).is_(None),
            col(Promise.ended_at).is_(None),
            col(Promise.paused_at).is_(None),
        )
    )
    book = catalogue.of(tx, reader.office)
    return sorted(
        {
            ticket_id
            for ticket_id, priority, started_at, due_at in running
            if at_share(started_at, due_at, RISK, book.calendar(priority)) <= now
        }
    )


def _falls_due() -> Any:
    first = select(func.min(col(Promise.due_at))).where(*_running()).correlate(Ticket).scalar_subquery()
    return func.coalesce(first, literal(NEVER, Moment), type_=Moment)


def _found(tx: Tx, reader: SignedIn, query: str, cursor: str) -> ColumnElement[bool]:
    """What a search finds in the office: one page of it, from the cursor on."""
    last = cursor.rpartition("~")[2]
    before = int(last) if last.isascii() and last.isdigit() else None
    here = col(Ticket.office_id) == reader.office.id
    return col(Ticket.id).in_(finding.saying(tx, reader.me, query, before, PAGE_OF + 1, here))


def _after(cursor: str, falls: Any, by_newest: bool) -> ColumnElement[bool]:
    if not cursor:
        return true()
    moment, _, ident = cursor.rpartition("~")
    try:
        last = int(ident)
        if by_newest:
            return col(Ticket.id) < last
        at = literal(datetime.fromisoformat(moment).astimezone(UTC), Moment)
    except (ValueError, OverflowError):
        raise BadInput("cursor", "this cursor is not one of this list") from None
    return or_(falls > at, and_(falls == at, col(Ticket.id) > last))


def _cursor(row: Any, by_newest: bool) -> str:
    ticket, _, falls = row
    return f"~{ticket.id}" if by_newest else f"{falls.isoformat()}~{ticket.id}"


def _dressed(tx: Tx, reader: SignedIn, found: Sequence[tuple[Ticket, Room | None]]) -> tuple[Row, ...]:
    ids = [ticket.id for ticket, _ in found]
    book = catalogue.of(tx, reader.office).by_id
    running: dict[int, list[Promise]] = {}
    standing = select(Promise).where(
        col(Promise.ticket_id).in_(ids), col(Promise.kept_at).is_(None), col(Promise.ended_at).is_(None)
    )
    for promise in tx.scalars(standing):
        running.setdefault(promise.ticket_id, []).append(promise)
    held, behind = _orders(tx, ids), incidents.count_behind(tx, ids)
    rows: list[Row] = []
    for ticket, room in found:
        order, department, worker = held.get(ticket.id, (None, None, None))
        category = book.get(ticket.category_id or 0)
        due = due_of(tx, reader, running.get(ticket.id, ()))
        rows.append(Row(ticket, room, category, due, order, department, worker, behind.get(ticket.id, 0)))
    return tuple(rows)


def _orders(tx: Tx, ids: list[int]) -> dict[int, tuple[Order, Department, Staff | None]]:
    query = (
        select(Order, Department, Staff)
        .join(Department, col(Department.id) == col(Order.department_id))
        .outerjoin(Staff, col(Staff.id) == col(Order.worker_id))
        .where(col(Order.ticket_id).in_(ids), col(Order.status).in_(OPEN))
        .order_by(col(Order.seq))
    )
    return {order.ticket_id: (order, department, worker) for order, department, worker in tx.execute(query)}
