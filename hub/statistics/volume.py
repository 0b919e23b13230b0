"""How much came in, was closed, came back and still stands."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import col

from hub.catalogue import KINDS
from hub.database import Tx
from hub.events import Event
from hub.organisation import Office
from hub.statistics import judging
from hub.statistics.cuts import Cut, Tallies, lead_of
from hub.statistics.scope import Scope
from hub.tickets import Ticket

RESIDENTIAL = "residential"


def intake(tx: Tx, cut: Cut, scope: Scope, into: Tallies) -> None:
    """Received in the period: contacts (every ticket), received (matters that count), and these by kind."""
    base = select().select_from(Ticket).where(*received_in(scope))
    homes = select(col(Office.id)).where(col(Office.property_type) == RESIDENTIAL)
    at_home, complaint = col(Ticket.office_id).in_(homes), col(Ticket.kind) == "complaint"
    counts, matter = judging.counts(), and_(judging.counts(), judging.is_matter())
    by_kind = {kind: _how_many(matter, col(Ticket.kind) == kind) for kind in KINDS}
    cut.tally(
        tx,
        into,
        base,
        lead_of(),
        contacts=func.count(),
        excluded=_how_many(~counts),
        received=_how_many(matter),
        residential_complaints=_how_many(matter, complaint, at_home),
        other_complaints=_how_many(matter, complaint, ~at_home),
        unsorted=_how_many(matter, col(Ticket.kind).is_(None)),
        **by_kind,
    )


def happenings(tx: Tx, cut: Cut, scope: Scope, into: Tallies) -> None:
    """What happened in the period, by the time it happened: orders, returns, closings, reopenings, urging.

    `reopened_closed` are those of the reopened that had been closed; the others came back from the callback.
    A return is its worker's who returned it, whoever has the order now.
    """
    kind, facts = col(Event.kind), col(Event.facts)
    matter = judging.is_matter()
    own = case((kind == "returned", col(Event.by_id)), else_=cut.key) if cut.by == "worker" else None
    cut.tally(
        tx,
        into,
        events_in(scope),
        func.coalesce(col(Event.order_id), lead_of()),
        key=own,
        orders=_how_many(kind == "ordered"),
        returned=_how_many(kind == "returned"),
        closed=_how_many(kind == "closed", matter),
        closed_complaints=_how_many(kind == "closed", matter, col(Ticket.kind) == "complaint"),
        unreached=_how_many(kind == "unreached"),
        reopened=_how_many(kind == "reopened", matter),
        reopened_closed=_how_many(kind == "reopened", matter, facts.contains('"by_callback":false')),
        reopened_complaints=_how_many(
            kind == "reopened", matter, col(Ticket.kind) == "complaint", facts.contains('"by_callback":false')
        ),
        urged=_how_many(kind == "urged", ~facts.contains('"why":"ladder"')),
    )


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


def backlog(tx: Tx, cut: Cut, scope: Scope, into: Tallies) -> None:
    """Matters open at the start (carried over) and at `as_of`, whatever became of them since."""
    for name, at in (("carried_over", scope.start), ("open", scope.as_of)):
        sums: dict[str, ColumnElement[int]] = {name: func.count()}
        if name == "carried_over":
            sums["carried_complaints"] = _how_many(col(Ticket.kind) == "complaint")
        else:
            sums |= _standing(at)
        cut.tally(tx, into, open_matters(scope.office_ids, at), lead_of(), **sums)


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


def _standing(at: datetime) -> dict[str, ColumnElement[int]]:
    waits = col(Ticket.status) == "awaiting_callback"
    return {
        "overdue": _how_many(judging.has_promise(judging.is_running_late(at))),
        "waiting": _how_many(col(Ticket.status) == "new"),
        "awaiting_callback": _how_many(waits),
        "callbacks_due": _how_many(waits, col(Ticket.callback_at) <= at),
    }


def _how_many(*when: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(and_(*when))
