"""Follow every matter to its end: one tick over the due rows acts on what has come due.

Promises climb their ladder (urge the holder, press the supervisor, escalate), holds run out, callbacks that
nobody answers end. Every step happens once, also when the hub was down while it fell due.
Source: seed 2-3 (K2.2 跟蹤, K2.5 催辦、督辦); domain.md §4 (levels).
"""

from collections.abc import Callable
from functools import partial

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from dispatch import callback, escalation, work
from dispatch.case import take
from hub import clock, promises, tickets
from hub.access import HUB
from hub.database import Database, Tx
from hub.orders import Hold, Order
from hub.promises import Promise
from hub.tickets import Ticket

AT_ONCE = 200


def tick(database: Database) -> int:
    """Act on everything that is due now, each matter in a transaction of its own. Answers how many acts."""
    return (
        _each(database, _due_promises(), climb)
        + _each(database, _lapsed_holds(), end_hold)
        + _each(database, _lapsed_callbacks(), end_callback)
    )


def climb(tx: Tx, promise_id: int) -> bool:
    """Take every step of the ladder that has come due on this promise. True when there was one."""
    ticket_id = tx.scalars(select(Promise.ticket_id).where(Promise.id == promise_id)).one()
    case = take(tx, tx.get_one(Ticket, ticket_id))
    promise = tx.get_one(Promise, promise_id, populate_existing=True)
    present = clock.now()
    if promise.next_at is None or promise.next_at > present:
        return False
    for step in promises.left(promise, case.book):
        if promises.step_at(promise, step, case.book) <= present:
            escalation.act(case, promise, step)
            promise.steps_done = step.rank
    promise.next_at = promises.next_at(promise, case.book)
    return True


def end_hold(tx: Tx, hold_id: int) -> bool:
    """Let an order go on whose hold has run out."""
    hold = tx.get_one(Hold, hold_id)
    order = tx.get_one(Order, hold.order_id)
    tickets.lock(tx, order.ticket_id)
    tx.refresh(hold)
    if hold.ends_at is not None or hold.until is None or hold.until > clock.now():
        return False
    work.resume(tx, HUB, order, happened_at=None)
    return True


def end_callback(tx: Tx, ticket_id: int) -> bool:
    """Close a ticket whose customer was not reached by any try, nor by the letter."""
    return callback.give_up(tx, tx.get_one(Ticket, ticket_id))


def _due_promises() -> SelectOfScalar[int]:
    return (
        select(Promise.id)
        .where(col(Promise.next_at) <= clock.now())
        .order_by(col(Promise.next_at))
        .limit(AT_ONCE)
    )


def _lapsed_holds() -> SelectOfScalar[int]:
    return select(Hold.id).where(col(Hold.until) <= clock.now(), col(Hold.ends_at).is_(None)).limit(AT_ONCE)


def _lapsed_callbacks() -> SelectOfScalar[int]:
    return (
        select(Ticket.id)
        .where(
            Ticket.status == "awaiting_callback",
            col(Ticket.callback_at) <= clock.now(),
            col(Ticket.callback_tries) > 0,
        )
        .limit(AT_ONCE)
    )


def _each(database: Database, due: SelectOfScalar[int], act: Callable[[Tx, int], bool]) -> int:
    ids = database.read(lambda tx: list(tx.scalars(due)))
    return sum(database.write(partial(_one, act, row)) for row in ids)


def _one(act: Callable[[Tx, int], bool], row: int, tx: Tx) -> bool:
    return act(tx, row)
