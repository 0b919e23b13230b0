"""Today against the usual: what came in and was closed so far, beside the same hours of this weekday before.

Source: screens.md (/office: today against the usual).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlmodel import col

from hub.database import Tx
from hub.events import Event
from hub.organisation import Office
from hub.statistics import judging
from hub.statistics.seconds import Column
from hub.tickets import Ticket
from hub.wall_clock import first_instant, wall_time

WEEKS = 8
FEWEST_WEEKS = 3  # fewer are no habit


@dataclass(frozen=True)
class Today:
    """Matters received and closed since midnight; `usual_*` are medians, None before there is a habit."""

    received: int
    closed: int
    usual_received: float | None
    usual_closed: float | None
    weeks: int


def today(tx: Tx, office: Office, at: datetime, weeks: int = WEEKS) -> Today:
    """The office's day up to `at`, against the same stretch of this weekday in the weeks before.

    Weeks before the office's first matter are no part of the habit.
    """
    first = tx.scalars(
        select(func.min(col(Ticket.received_at))).where(col(Ticket.office_id) == office.id)
    ).one()
    before = [_stretch(office, at, back) for back in range(1, weeks + 1)]
    habit = [span for span in before if first is not None and span[0] >= first]
    received = [_count(tx, _RECEIVED, office, *span) for span in habit]
    closed = [_count(tx, _CLOSED, office, *span) for span in habit]
    start, end = _stretch(office, at, 0)
    known = len(habit) >= FEWEST_WEEKS
    return Today(
        received=_count(tx, _RECEIVED, office, start, end),
        closed=_count(tx, _CLOSED, office, start, end),
        usual_received=median(received) if known else None,
        usual_closed=median(closed) if known else None,
        weeks=len(habit),
    )


def _stretch(office: Office, at: datetime, back: int) -> tuple[datetime, datetime]:
    """From midnight to this time of day, so many weeks back on the wall of the office."""
    wall = wall_time(at, office.tz) - timedelta(weeks=back)
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
    return first_instant(midnight, office.tz), first_instant(wall, office.tz)


def _count(tx: Tx, query: Select[Any], office: Office, start: datetime, end: datetime) -> int:
    return int(tx.execute(query, {"office": office.id, "start": start, "end": end}).scalar_one())


def _matters(*which: ColumnElement[bool]) -> Select[Any]:
    """How many matters of the office are such; made once, for a wall asks eighteen times."""
    return (
        select(func.count())
        .select_from(Ticket)
        .where(col(Ticket.office_id) == bindparam("office"), *which, judging.counts(), judging.is_matter())
    )


def _within(at: Column) -> tuple[ColumnElement[bool], ...]:
    return at >= bindparam("start"), at < bindparam("end")


_RECEIVED = _matters(*_within(col(Ticket.received_at)))
# found by their closings, for no index knows a ticket's own; what was reopened since is not closed
_CLOSED = _matters(
    *_within(col(Ticket.closed_at)),
    col(Ticket.id).in_(
        select(col(Event.ticket_id)).where(
            judging.IS_COUNTED,
            col(Event.office_id) == bindparam("office"),
            col(Event.kind) == "closed",
            *_within(col(Event.happened_at)),
        )
    ),
)
