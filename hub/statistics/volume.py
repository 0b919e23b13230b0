"""How much came in, was closed, came back and still stands."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlmodel import col

from hub.catalogue import KINDS
from hub.database import Tx
from hub.events import Event
from hub.organisation import Office
from hub.statistics import judging
from hub.statistics.cuts import Division, Hands, Sums
from hub.statistics.scope import Scope
from hub.tickets import Ticket

RESIDENTIAL = "residential"


def intake(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """Received in the period: contacts (every ticket), received (matters that count), and these by kind."""
    base = select().select_from(Ticket).where(*received_in(scope))
    homes = select(col(Office.id)).where(col(Office.property_type) == RESIDENTIAL)
    at_home, complaint = col(Ticket.office_id).in_(homes), col(Ticket.kind) == "complaint"
    counts, matter = judging.counts(), and_(judging.counts(), judging.is_matter())
    by_kind = {kind: and_(matter, col(Ticket.kind) == kind) for kind in KINDS}
    division.tally(
        tx,
        into,
        base,
        Hands(),
        contacts=true(),
        excluded=~counts,
        received=matter,
        residential_complaints=and_(matter, complaint, at_home),
        other_complaints=and_(matter, complaint, ~at_home),
        unsorted=and_(matter, col(Ticket.kind).is_(None)),
        **by_kind,
    )


def happenings(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """What happened in the period, by the time it happened: orders, returns, reopenings, urging.

    `reopened_closed` are those of the reopened that had been closed; the others came back from the callback.
    A return is its worker's who returned it, whoever has the order now.
    """
    kind, hands = col(Event.kind), Hands(col(Event.order_id))
    matter, complaint = judging.is_matter(), col(Ticket.kind) == "complaint"
    division.tally(
        tx,
        into,
        events_in(scope).where(kind.in_(("ordered", "returned", "unreached"))),
        replace(hands, sent_back=kind == "returned", by=col(Event.by_id)),
        orders=kind == "ordered",
        returned=kind == "returned",
        unreached=kind == "unreached",
    )
    # apart, because what was said of these few is not in the index
    said = col(Event.facts)
    reopened = and_(kind == "reopened", matter)
    was_closed = and_(reopened, said.contains('"by_callback":false'))
    division.tally(
        tx,
        into,
        events_in(scope).where(kind.in_(("reopened", "urged"))),
        hands,
        reopened=reopened,
        reopened_closed=was_closed,
        reopened_complaints=and_(was_closed, complaint),
        urged=and_(kind == "urged", ~said.contains('"why":"ladder"')),
    )


def closings(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """Matters closed in the period, by the time they were; those closed twice count twice."""
    closed = events_in(scope).where(col(Event.kind) == "closed", judging.is_matter())
    complaint = col(Ticket.kind) == "complaint"
    division.tally(tx, into, closed, Hands(col(Event.order_id)), closed=true(), closed_complaints=complaint)


def supervision(tx: Tx, scope: Scope) -> dict[str, int]:
    """How often in the period matters were urged (by people), pressed, escalated, put under supervision."""
    kind = col(Event.kind)
    by_person = or_(kind != "urged", ~col(Event.facts).contains('"why":"ladder"'))
    rows = tx.execute(
        events_in(scope)
        .add_columns(kind, func.count())
        .where(kind.in_(("urged", "pressed", "escalated", "supervised")), by_person)
        .group_by(kind)
    )
    return {name: int(count) for name, count in rows}


def backlog(tx: Tx, division: Division, scope: Scope, into: Sums) -> None:
    """Matters open at the start (carried over) and at `as_of`, whatever became of them since."""
    carried = {"carried_over": true(), "carried_complaints": col(Ticket.kind) == "complaint"}
    for at, clauses in ((scope.start, carried), (scope.as_of, {"open": true()} | _standing(scope.as_of))):
        division.tally(tx, into, open_matters(scope.office_ids, at), Hands(), **clauses)


def open_matters(office_ids: tuple[int, ...], at: datetime) -> Select[Any]:
    """From the matters that were open at that moment, and count."""
    ids = judging.open_ids(office_ids, at)
    return (
        select()
        .select_from(ids)
        .join(Ticket, col(Ticket.id) == ids.c.id)
        .where(judging.counts(), judging.is_matter())
    )


def received_in(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Ticket.office_id).in_(scope.office_ids),
        col(Ticket.received_at) >= scope.start,
        col(Ticket.received_at) < scope.known_until,
    )


def events_in(scope: Scope) -> Select[Any]:
    return (
        select()
        .select_from(Event)
        .join(Ticket, col(Ticket.id) == col(Event.ticket_id))
        .where(
            judging.IS_COUNTED,
            col(Event.office_id).in_(scope.office_ids),
            col(Event.happened_at) >= scope.start,
            col(Event.happened_at) < scope.known_until,
            judging.counts(),
        )
    )


def _standing(at: datetime) -> dict[str, ColumnElement[bool]]:
    waits = col(Ticket.status) == "awaiting_callback"
    return {
        "overdue": judging.has_promise(judging.is_running_late(at)),
        "waiting": col(Ticket.status) == "new",
        "awaiting_callback": waits,
        "callbacks_due": and_(waits, col(Ticket.callback_at) <= at),
    }
