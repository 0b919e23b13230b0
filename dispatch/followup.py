"""Follow every matter to its end: one tick over the due rows acts on what has come due.

What somebody who left had in hand goes on, promises climb their ladder (urge the holder, press the
supervisor, escalate), holds run out, callbacks that nobody answers end. Every step happens once, also when
the hub was down while it fell due.
Source: seed 2-3 (K2.2 跟蹤, K2.5 催辦、督辦); domain.md §4 (levels).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from dispatch import callback, escalation, leaving, listeners, work
from dispatch.case import take
from hub import clock, promises, tickets
from hub.access import HUB
from hub.callbacks import Callback
from hub.database import Database, Tx
from hub.orders import Hold, Order
from hub.promises import Promise
from hub.tickets import Ticket

SLICE = 100  # what is more urgent and comes due meanwhile waits for no more than these
AT_ONCE = 200  # holds, or callbacks, in one tick: no emergency's promise waits behind thousands of them
MOST_STEPS = 20_000  # a hub that slept for a day wakes to this many steps at most, the most urgent first
Act = Callable[[Tx, int], bool]
Query = Select[int, str]  # what is due: its id and its priority


def tick(
    database: Database,
    is_over: Callable[[], bool] = lambda: False,
    rest: Callable[[float], object] = lambda seconds: None,
) -> int:
    """Act on everything that is due now, each matter in a transaction of its own. Answers how many acts.

    Once it `is_over` nothing more is begun: what is due stands in the tables and is found again. After each
    act that is no emergency it has a `rest` of as many seconds as that took, so that thousands which come due
    together leave half of the hub to those who wait for their pages.

    Holds end first: a promise that stood still may have come due when it goes on. One matter that fails keeps
    no other waiting; the failures are raised together at the end, as an ExceptionGroup.
    """
    failed: list[Exception] = []
    due = _Due(database, failed, is_over, rest)
    acts = due.hand_on() + (
        due.each(_lapsed_holds, end_hold, AT_ONCE)
        + due.each(_due_promises, climb, MOST_STEPS)
        + due.each(_lapsed_callbacks, end_callback, AT_ONCE)
    )
    if failed:
        raise ExceptionGroup("some matters could not be followed up", failed)
    return acts


def climb(tx: Tx, promise_id: int) -> bool:
    """Take every step of the ladder that has come due on this promise. True when there was one.

    At night a step that is not urgent waits for the morning, unless somebody it concerns is on duty.
    """
    ticket_id = tx.scalars(select(Promise.ticket_id).where(Promise.id == promise_id)).one()
    case = take(tx, tx.get_one(Ticket, ticket_id))
    promise = tx.get_one(Promise, promise_id, populate_existing=True)
    present = clock.now()
    if promise.next_at is None or promise.next_at > present:
        return False
    if case.ticket.lead_id is not None and promise.kind == "resolve":
        promise.next_at = None  # the lead's own promise climbs, once for all households
        return False
    acted, peace = False, None
    for step in promises.left(promise, case.book):
        if promises.step_at(promise, step, case.book) > present:
            continue
        peace = listeners.quiet_until(case, escalation.whom(case, promise, step))
        if peace is not None:
            break
        escalation.act(case, promise, step)
        promise.steps_done, acted = step.rank, True
    promise.next_at = peace or promises.next_at(promise, case.book)
    return acted


def end_hold(tx: Tx, hold_id: int) -> bool:
    """Let an order go on whose hold has run out."""
    hold = tx.get_one(Hold, hold_id)
    order = tx.get_one(Order, hold.order_id)
    tickets.lock(tx, order.ticket_id)
    tx.refresh(hold)
    if hold.ends_at is not None or hold.until is None or hold.until > clock.now():
        return False
    # as of the hour it was meant to end, however late the hub woke up: the customer gets no time less
    work.resume(tx, HUB, order, happened_at=max(hold.until, clock.now() - clock.BEHIND))
    return True


def end_callback(tx: Tx, ticket_id: int) -> bool:
    """Close a ticket whose customer was not reached by any try, nor by the letter."""
    return callback.give_up(tx, tx.get_one(Ticket, ticket_id))


def _due_promises() -> Query:
    return (
        select(Promise.id, Promise.priority)
        .where(col(Promise.next_at) <= clock.now())
        .order_by(col(Promise.priority), col(Promise.next_at), col(Promise.id))
    )


def _lapsed_holds() -> Query:
    return (
        select(Hold.id, Ticket.priority)
        .join(Order, col(Order.id) == Hold.order_id)
        .join(Ticket, col(Ticket.id) == Order.ticket_id)
        .where(col(Hold.until) <= clock.now(), col(Hold.ends_at).is_(None))
        .order_by(col(Hold.until), col(Hold.id))
    )


def _lapsed_callbacks() -> Query:
    """Those that wait for nothing but an answer to the letter; a next try by phone is the desk's."""
    letter = select(Callback.id).where(
        Callback.ticket_id == Ticket.id, Callback.round == Ticket.round, Callback.means == callback.LETTER
    )
    return (
        select(Ticket.id, Ticket.priority)
        .where(Ticket.status == "awaiting_callback", col(Ticket.callback_at) <= clock.now(), letter.exists())
        .order_by(col(Ticket.callback_at), col(Ticket.id))
    )


@dataclass(frozen=True)
class _Due:
    """What is due in one tick, acted on row by row until it is over; what fails is kept for the end."""

    database: Database
    failed: list[Exception]
    is_over: Callable[[], bool]
    rest: Callable[[float], object]

    def hand_on(self) -> int:
        """What people who left, or lost a role, still had in hand goes to somebody at once."""

        def look(tx: Tx) -> leaving.Left | None:
            people = leaving.gone(tx)
            return leaving.left_behind(tx, people) if people else None

        left = self.database.read(look)
        if not left:
            return 0
        return self.all(((one, "") for one in left.orders), leaving.hand_on_order) + self.all(
            ((one, "") for one in left.tickets), leaving.hand_on_ticket
        )

    def each(self, due: Callable[[], Query], act: Act, most: int) -> int:
        """Act on the rows this query finds, a slice at a time and so many at most. Answers how many acts."""
        acts, seen = 0, set[int]()
        while len(seen) < most and (rows := self._slice(due, seen)):
            acts += self.all(rows, act)
            seen.update(row_id for row_id, _ in rows)
            if self.is_over():
                break
        return acts

    def all(self, rows: Iterable[tuple[int, str]], act: Act) -> int:
        """Act on these rows, and rest after each that is no emergency. Answers how many acts."""
        acts = 0
        for row_id, priority in rows:
            if self.is_over():
                break
            began = monotonic()
            try:
                acts += self.database.write(partial(_one, act, row_id))
            except Exception as failure:
                self.failed.append(failure)
            if priority not in listeners.NEVER_QUIET:
                self.rest(monotonic() - began)
        return acts

    def _slice(self, due: Callable[[], Query], seen: set[int]) -> list[tuple[int, str]]:
        """The next rows that were not seen in this tick; those that failed are still due."""
        query = due().limit(SLICE + len(self.failed))
        found = self.database.read(lambda tx: [(row_id, priority) for row_id, priority in tx.execute(query)])
        return [row for row in found if row[0] not in seen]


def _one(act: Act, row_id: int, tx: Tx) -> bool:
    return act(tx, row_id)
