"""The desk's queues: what waits, what is in danger, what is mine; the most pressing first.

What each holds stands in `web.pages.asked`, for its count and its list alike.
Source: seed 2-3 (K2.2 跟蹤, K2.5 催辦), screens.md (/desk).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_
from sqlmodel import col

from hub import access, clock, finding, incidents
from hub.columns import Moment
from hub.database import Tx
from hub.errors import BadInput
from hub.tickets import Ticket
from web.pages import asked
from web.pages.asked import HERE, NEVER, NEWEST_FIRST, Questions
from web.pages.shell import SignedIn
from web.words import N_

PAGE_OF = 40
MOST_STRETCHES = 25


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
    Queue(NEWEST_FIRST, N_("All")),
)
_NAMES = tuple(queue.name for queue in QUEUES)
_OF_WHOLE = asked.questions(HERE, _NAMES)


@dataclass(frozen=True)
class Soonest:
    """The promise of a ticket that falls first, and the moment from which it is at risk."""

    kind: str
    due_at: datetime
    warn_at: datetime
    is_paused: bool


@dataclass(frozen=True)
class Row:
    """One line of the list: the columns of `asked.TICKETS`, and of `asked.ORDERS` the last that is open.

    `behind`: how many households' tickets stand behind this one.
    """

    ticket: Any
    due: Soonest | None
    order: Any
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
    """How many matters stand in each queue."""
    row = tx.connection().execute(_questions(reader).counts, _places(reader)).one()
    return {name: int(how_many) for name, how_many in row._mapping.items()}


def page(tx: Tx, reader: SignedIn, name: str, query: str = "", cursor: str = "", stretches: int = 1) -> Page:
    """One stretch of a queue, or of what a search finds in all of them; or several, for who has read on.

    Raises BadInput for a bad cursor.
    """
    size = PAGE_OF * stretches
    if query.strip():
        name, found = NEWEST_FIRST, [(ident, NEVER) for ident in _found(tx, reader, query, cursor, size)]
    else:
        listed = _after(_questions(reader).lists[name], cursor, name)
        places = _places(reader) | {"size": size + 1}
        found = [(row.id, row.falls) for row in tx.connection().execute(listed, places).all()]
    shown, left = found[:size], found[size:]
    more = _cursor(*shown[-1], name) if left else ""
    return Page(_dressed(tx, reader, [ident for ident, _ in shown]), more)


def _seen(reader: SignedIn) -> ColumnElement[bool]:
    """Who sees the whole office is not asked of each of its matters again."""
    whole = access.sees_whole(reader.me, reader.office)
    return HERE if whole else and_(access.tickets_seen(reader.me), HERE)


def _questions(reader: SignedIn) -> Questions:
    seen = _seen(reader)
    return _OF_WHOLE if seen is HERE else asked.questions(seen, _NAMES)


def _places(reader: SignedIn) -> dict[str, Any]:
    return {"office": reader.office.id, "me": reader.me.staff_id, "now": clock.now()}


def _found(tx: Tx, reader: SignedIn, query: str, cursor: str, size: int) -> list[int]:
    """What a search finds in the office, newest first: `size` of it and one more, from the cursor on."""
    before = _last(cursor) if cursor else None
    here = col(Ticket.office_id) == reader.office.id
    return finding.saying(tx, reader.me, query, before, size + 1, here)


def _after(listed: Select[Any], cursor: str, name: str) -> Select[Any]:
    """The list from the cursor on. Raises BadInput for one of another list."""
    if not cursor:
        return listed
    last = _last(cursor)
    if name == NEWEST_FIRST:
        return listed.where(col(Ticket.id) < last)
    try:
        at = literal(datetime.fromisoformat(cursor.rpartition("~")[0]).astimezone(UTC), Moment)
    except (ValueError, OverflowError):
        raise _bad_cursor() from None
    falls = asked.falls()
    return listed.where(or_(falls > at, and_(falls == at, col(Ticket.id) > last)))


def _last(cursor: str) -> int:
    ident = cursor.rpartition("~")[2]
    if not (ident.isascii() and ident.isdigit()) or int(ident) >= 1 << 63:
        raise _bad_cursor()
    return int(ident)


def _bad_cursor() -> BadInput:
    return BadInput("cursor", "this cursor is not one of this list")


def _cursor(ident: int, falls: datetime, name: str) -> str:
    return f"~{ident}" if name == NEWEST_FIRST else f"{falls.isoformat()}~{ident}"


def _dressed(tx: Tx, reader: SignedIn, ids: list[int]) -> tuple[Row, ...]:
    """The lines of these tickets, in this order."""
    if not ids:
        return ()
    connection, which = tx.connection(), {"ids": ids}
    known = {row.id: row for row in connection.execute(asked.TICKETS, which).all()}
    orders = {row.ticket_id: row for row in connection.execute(asked.ORDERS, which).all()}
    soonest, behind = _soonest(tx, which), incidents.count_behind(tx, ids)
    return tuple(
        Row(known[ident], soonest.get(ident), orders.get(ident), behind.get(ident, 0)) for ident in ids
    )


def _soonest(tx: Tx, which: dict[str, Any]) -> dict[int, Soonest]:
    """By ticket, the promise that falls first; a paused one waits behind."""
    first: dict[int, Any] = {}
    for row in tx.connection().execute(asked.PROMISES, which).all():
        best = first.get(row.ticket_id)
        if best is None or _rank(row) < _rank(best):
            first[row.ticket_id] = row
    return {
        ticket_id: Soonest(row.kind, row.due_at, row.warn_at, row.paused_at is not None)
        for ticket_id, row in first.items()
    }


def _rank(promise: Any) -> tuple[bool, datetime]:
    return (promise.paused_at is not None, promise.due_at)
