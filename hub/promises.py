"""Promises (時限): one deadline row each, with its calendar, its holds, and the moment something must happen.

A ticket's promises (answer, resolve, callback; reply under supervision; plan of a major complaint) and an
order's (accept, contact, arrive, done). `base_due_at` is what was promised; `due_at` is that plus the time it
was held; both are shown. From `warn_at` on it is at risk; `next_at` is the moment of the next step of the
ladder, so one look-up finds everything that must be acted on.
Source: domain.md §3.2-3.3, §4; seed 2-3 (跟踪、督促).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, col, select

from hub import tickets
from hub.calendars import WorkingCalendar
from hub.catalogue import START, Catalogue, LadderStep
from hub.columns import BigKey, Moment, only_where
from hub.database import Tx
from hub.limits import Limit, at_share
from hub.orders import Order
from hub.rows import later
from hub.rows import new as new_row
from hub.tickets import Ticket

OF_TICKET = ("answer", "resolve", "callback", "reply", "plan")
OF_ORDER = ("accept", "contact", "arrive", "done")
AT_RISK = 80  # % of its open time (screens.md: a clock turns at 80 and 100 %)
RUNS = text("kept_at IS NULL AND ended_at IS NULL AND paused_at IS NULL")
# what neither runs nor was simply kept in time: few of many, and none when it is made
IS_ODD = text("(kept_at > due_at OR ended_at IS NOT NULL OR (kept_at IS NULL AND paused_at IS NOT NULL))")


class Promise(SQLModel, table=True):
    """One deadline, running until kept or ended; `steps_done` is the highest rank of the ladder climbed."""

    __table_args__ = (
        Index("ix_promise_ticket_id_kind", "ticket_id", "kind"),
        Index("ix_promise_order_id", "order_id", **only_where("order_id IS NOT NULL")),
        Index("ix_promise_office_due", "office_id", "kind", "due_at"),
        # few of many: asked with every queue, of each open matter of an office
        Index(
            "ix_promise_running",
            "office_id",
            "ticket_id",
            "due_at",
            "warn_at",
            **only_where(RUNS),
        ),
        Index(
            "ix_promise_odd",
            *("office_id", "kind", "due_at"),
            **only_where(IS_ODD),
        ),
        # with the due time, so that what was kept in the month it fell due is not looked up twice
        Index(
            "ix_promise_office_kept",
            "office_id",
            "kept_at",
            "due_at",
            **only_where("kept_at IS NOT NULL"),
        ),
    )
    id: int = Field(default=None, primary_key=True, sa_type=BigKey)
    ticket_id: int = Field(foreign_key="ticket.id", sa_type=BigKey)
    order_id: int | None = Field(default=None, foreign_key="work_order.id", sa_type=BigKey)
    office_id: int = Field(foreign_key="office.id")
    kind: str
    round: int = 1
    priority: str
    limit: str = ""
    started_at: datetime = Field(sa_type=Moment)
    base_due_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    warn_at: datetime | None = Field(default=None, sa_type=Moment)  # older ones that were kept have none
    paused_at: datetime | None = Field(default=None, sa_type=Moment)
    held_seconds: int = 0
    kept_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    is_inferred: bool = False
    steps_done: int = 0
    next_at: datetime | None = Field(default=None, sa_type=Moment, index=True)

    @property
    def is_running(self) -> bool:
        return self.kept_at is None and self.ended_at is None

    def is_late(self, at: datetime) -> bool:
        """Whether it was broken: kept after it was due, or running past it at this moment.

        While it is held its clock stands: what was in time when the hold began stays in time.
        """
        stands_at = min(self.paused_at, at) if self.paused_at else at
        return (self.kept_at or stands_at) > self.due_at and self.ended_at is None


def make(
    tx: Tx,
    book: Catalogue,
    ticket: Ticket,
    kind: str,
    start: datetime,
    limit: str = "",
    due: datetime | None = None,
    order: Order | None = None,
) -> Promise:
    """Start a promise: by its limit on the priority's calendar, or by a moment that was promised outright.

    One that was promised outright has no limit of ours.
    """
    calendar = book.calendar(ticket.priority)
    base = due or Limit.parse(limit).due(start, calendar)
    promise = new_row(
        Promise,
        ticket_id=ticket.id,
        order_id=order.id if order else None,
        office_id=ticket.office_id,
        kind=kind,
        round=ticket.round,
        priority=ticket.priority,
        limit=limit if due is None else "",
        started_at=start,
        base_due_at=base,
        due_at=base,
        warn_at=at_share(start, base, AT_RISK, calendar),
        next_at=None if ticket.is_imported else _first_step(book, ticket.priority, kind, start, base),
    )
    known = _at_hand(tx, ticket.id)
    later(tx, promise)
    known.append(promise)
    return promise


def running(tx: Tx, ticket_id: int, kind: str = "", order_id: int | None = None) -> list[Promise]:
    """The running promises of the ticket, of one kind or of one order when asked."""
    return [
        promise
        for promise in _at_hand(tx, ticket_id)
        if promise.is_running and kind in ("", promise.kind) and order_id in (None, promise.order_id)
    ]


def of_ticket(tx: Tx, ticket_id: int) -> list[Promise]:
    """Every promise ever made for the ticket."""
    return list(_at_hand(tx, ticket_id))


def read_all(tx: Tx, ticket_ids: Sequence[int]) -> None:
    """Have the promises of these held tickets at hand, in one query."""
    found: dict[int, list[Promise]] = {ticket_id: [] for ticket_id in ticket_ids}
    for row in _read(tx, ticket_ids) if ticket_ids else ():
        found[row.ticket_id].append(row)
    for ticket_id, rows in found.items():
        tickets.put_at_hand(tx, ticket_id, "promise", rows)


def _at_hand(tx: Tx, ticket_id: int) -> list[Promise]:
    return tickets.at_hand(tx, ticket_id, "promise", lambda: _read(tx, [ticket_id]))


def _read(tx: Tx, ticket_ids: Sequence[int]) -> Iterable[Promise]:
    return tx.scalars(
        select(Promise)
        .where(col(Promise.ticket_id).in_(ticket_ids))
        .order_by(col(Promise.id))
        .execution_options(populate_existing=True)
    )


def keep(
    tx: Tx,
    book: Catalogue,
    ticket: Ticket,
    kind: str,
    at: datetime,
    order: Order | None = None,
    is_inferred: bool = False,
) -> None:
    """The promise is kept at this moment; nothing happens where none is running."""
    for promise in running(tx, ticket.id, kind, order.id if order else None):
        _unpause(promise, at, book)
        promise.kept_at, promise.next_at, promise.is_inferred = at, None, is_inferred


def end(tx: Tx, ticket: Ticket, at: datetime, kind: str = "", order: Order | None = None) -> None:
    """The promise no longer holds (withdrawn, replaced): neither kept nor broken."""
    for promise in running(tx, ticket.id, kind, order.id if order else None):
        promise.ended_at, promise.next_at = at, None


def pause(promise: Promise, at: datetime) -> None:
    """Stop the clock of a running promise; a second time changes nothing."""
    if promise.paused_at is None:
        promise.paused_at, promise.next_at = max(at, promise.started_at), None


def resume(promise: Promise, at: datetime, book: Catalogue, is_quiet: bool) -> None:
    """Let the clock go on; what was held is added to the due time in the promise's own calendar."""
    if promise.paused_at is not None:
        _unpause(promise, at, book)
        promise.next_at = None if is_quiet else next_at(promise, book)


def carry_over(old: Promise, new: Promise, book: Catalogue, is_quiet: bool) -> None:
    """What was held of the old promise is held of the new one that takes its place."""
    new.held_seconds = old.held_seconds
    _move(new, book.calendar(new.priority))
    new.next_at = None if is_quiet else next_at(new, book)


def next_at(promise: Promise, book: Catalogue) -> datetime | None:
    """When the next step of the ladder falls, None when the ladder is climbed or the clock stands."""
    if not promise.is_running or promise.paused_at is not None:
        return None
    steps = book.next_steps(promise.priority, promise.kind, promise.steps_done)
    return min((step_at(promise, step, book) for step in steps), default=None)


def _first_step(book: Catalogue, priority: str, kind: str, start: datetime, due: datetime) -> datetime | None:
    """When the first step of a new promise falls."""
    calendar = book.calendar(priority)
    moments = [_falls(step, start, due, 0, calendar) for step in book.next_steps(priority, kind, 0)]
    return min(moments, default=None)


def left(promise: Promise, book: Catalogue) -> list[LadderStep]:
    """The steps of the ladder not climbed yet."""
    return [step for step in book.steps(promise.priority, promise.kind) if step.rank > promise.steps_done]


def step_at(promise: Promise, step: LadderStep, book: Catalogue) -> datetime:
    """When this step falls: a share of the promise's open time, or minutes of it after start or due time."""
    calendar = book.calendar(promise.priority)
    return _falls(step, promise.started_at, promise.due_at, promise.held_seconds, calendar)


def _falls(
    step: LadderStep, start: datetime, due: datetime, held: int, calendar: WorkingCalendar
) -> datetime:
    """When a step falls, with so many seconds on hold so far."""
    if step.percent is not None:
        return at_share(start, due, step.percent, calendar)
    minutes = timedelta(minutes=step.minutes or 0)
    if step.since == START:
        return calendar.add(start, minutes + timedelta(seconds=held))
    return calendar.add(due, minutes)


def _unpause(promise: Promise, at: datetime, book: Catalogue) -> None:
    if promise.paused_at is None:
        return
    calendar = book.calendar(promise.priority)
    promise.held_seconds += int(calendar.between(promise.paused_at, at).total_seconds())
    _move(promise, calendar)
    promise.paused_at = None


def _move(promise: Promise, calendar: WorkingCalendar) -> None:
    """It falls due as much later as it was held."""
    promise.due_at = calendar.add(promise.base_due_at, timedelta(seconds=promise.held_seconds))
    promise.warn_at = at_share(promise.started_at, promise.due_at, AT_RISK, calendar)
