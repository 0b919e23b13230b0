"""What counts, what is open, what is late: each said once, as a clause every query shares.

`is_late` here and `promises.Promise.is_late` are one rule in two languages; a test holds them together.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlmodel import col

from hub.event_kinds import COUNTED
from hub.events import Event
from hub.promises import Promise
from hub.tickets import Ticket

OPEN = ("new", "in_hand", "awaiting_callback")
# domain.md §3.5: neither a figure of the customer's who changed his mind nor one counted already
EXCLUDED = ("withdrawn", "duplicate")
# what a complaint file may state a target for; where it does, the promise has no limit of ours
TARGETS_OF_FILES = ("resolve", "done")
# Spelt out in every query, not bound: SQLite reads the index of these events only under its very clause.
IS_COUNTED = col(Event.kind).in_([literal_column(f"'{kind}'") for kind in COUNTED])


def is_excluded(ticket: Any = Ticket) -> ColumnElement[bool]:
    """Withdrawn or a duplicate: in no figure but `contacts` and `excluded`."""
    return and_(col(ticket.outcome).is_not(None), col(ticket.outcome).in_(EXCLUDED))


def counts(ticket: Any = Ticket) -> ColumnElement[bool]:
    """The contrary of excluded."""
    return or_(col(ticket.outcome).is_(None), col(ticket.outcome).not_in(EXCLUDED))


def is_matter() -> ColumnElement[bool]:
    """A matter of its own, not another household's word on one that is known (incidents)."""
    return col(Ticket.lead_id).is_(None)


def is_work() -> ColumnElement[bool]:
    """Something to be done by somebody: a matter, or the callback that every household is owed."""
    return or_(is_matter(), col(Ticket.status) == "awaiting_callback")


def solved_once() -> ColumnElement[bool]:
    """Of the promises: every household is answered and called back, what they share is solved once."""
    return or_(col(Promise.kind) != "resolve", is_matter())


def is_stated() -> ColumnElement[bool]:
    """Whether we can judge this promise: of an imported matter only where its file tells.

    Its end is judged by the file's own target and by no limit of ours; its answer, where the file says when.
    """
    ends = col(Promise.kind).in_(TARGETS_OF_FILES)
    told = and_(col(Promise.kept_at).is_not(None), ~col(Promise.is_inferred))
    return or_(~col(Ticket.is_imported), and_(ends, col(Promise.limit) == ""), and_(~ends, told))


def is_running(at: datetime) -> ColumnElement[bool]:
    """Neither kept nor ended by then."""
    return and_(
        or_(col(Promise.kept_at).is_(None), col(Promise.kept_at) >= at),
        or_(col(Promise.ended_at).is_(None), col(Promise.ended_at) >= at),
    )


def is_late(at: datetime) -> ColumnElement[bool]:
    """Broken: kept after it was due, or past it and running; as `Promise.is_late(at)` says of one row."""
    return and_(
        col(Promise.ended_at).is_(None),
        or_(
            col(Promise.kept_at) > col(Promise.due_at),
            and_(col(Promise.kept_at).is_(None), col(Promise.due_at) < at, ~_paused_in_time()),
        ),
    )


def is_running_late(at: datetime) -> ColumnElement[bool]:
    """Overdue at that moment, on the due time as it stands now."""
    return and_(is_running(at), col(Promise.due_at) < at, ~_paused_in_time())


def fell_due(start: datetime, until: datetime) -> ColumnElement[bool]:
    """Came due in [start, until) and was neither withdrawn nor is it held: kept in time or late."""
    due = and_(col(Promise.due_at) >= start, col(Promise.due_at) < until)
    return and_(due, col(Promise.ended_at).is_(None), is_not_held())


def is_not_held() -> ColumnElement[bool]:
    """Kept, or its clock runs: what stands held in time is neither kept in time nor late."""
    return or_(col(Promise.kept_at).is_not(None), ~_paused_in_time())


def has_promise(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The query's Ticket has a promise like this, of which we can know."""
    return (
        exists().where(col(Promise.ticket_id) == col(Ticket.id), is_stated(), which).correlate_except(Promise)
    )


def open_ids(office_ids: Sequence[int], at: datetime) -> Subquery:
    """The ids of the tickets that were open at that moment, whatever became of them since.

    Those open now, and those closed since; less any that at that moment stood closed and was reopened later.
    """
    # said so that no index of receipts is taken, which would read every ticket there ever was
    received_before = func.coalesce(col(Ticket.received_at), col(Ticket.received_at)) < at
    known = (col(Ticket.office_id).in_(office_ids), received_before, _not_closed_before(at))
    closed_since = select(col(Event.ticket_id)).where(
        IS_COUNTED,
        col(Event.office_id).in_(office_ids),
        col(Event.kind) == "closed",
        col(Event.happened_at) >= at,
    )
    still: Select[Any] = (
        select(col(Ticket.id))
        .where(col(Ticket.status).in_(OPEN), *known)
        # SQLite takes open tickets for as many as closed ones, and of many offices would read them all
        .with_hint(Ticket, "INDEXED BY ix_ticket_queue", "sqlite")
    )
    then: Select[Any] = select(col(Ticket.id)).where(
        col(Ticket.status) == "closed", col(Ticket.id).in_(closed_since), *known
    )
    return union_all(still, then).subquery("open_then")


def _not_closed_before(at: datetime) -> ColumnElement[bool]:
    last = (
        select(col(Event.kind))
        .where(
            col(Event.ticket_id) == col(Ticket.id),
            col(Event.kind).in_(("closed", "reopened")),
            col(Event.happened_at) < at,
        )
        .order_by(col(Event.seq).desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )
    return or_(col(Ticket.times_reopened) == 0, last.is_(None), last != "closed")


def _paused_in_time() -> ColumnElement[bool]:
    return and_(col(Promise.paused_at).is_not(None), col(Promise.paused_at) <= col(Promise.due_at))
