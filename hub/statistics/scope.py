"""What is being counted: whose matters, of which period, seen from which moment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hub.errors import BadInput
from hub.organisation import Office
from hub.wall_clock import first_instant, wall_time


@dataclass(frozen=True)
class Scope:
    """The matters of these offices in [start, end), as they are known at `as_of`; all times aware.

    The period is by each figure's own event: a matter counts when it was received, a closing when it was
    closed, a promise when it fell due, a callback when it was tried.
    """

    office_ids: tuple[int, ...]
    start: datetime
    end: datetime
    as_of: datetime

    @property
    def known_until(self) -> datetime:
        """The end of what can have happened yet."""
        return min(self.end, self.as_of)


def month_of(office: Office, month: str) -> tuple[datetime, datetime]:
    """The month "2026-03" in the office's zone as [start, end) in UTC. Raises BadInput for another form."""
    try:
        if len(month) != len("2026-03"):
            raise ValueError(month)
        first = datetime.strptime(month, "%Y-%m")  # noqa: DTZ007 - a wall time has no zone
    except ValueError:
        raise BadInput("month", "write a month as 2026-03") from None
    return first_instant(first, office.tz), first_instant(_month_after(first), office.tz)


def months(scope: Scope, zone: ZoneInfo) -> Iterator[tuple[str, Scope]]:
    """The scope month by month, each seen from its own end at the latest; the outer ones may be cut short."""
    wall = wall_time(scope.start, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while (first := first_instant(wall, zone)) < scope.end:
        after = _month_after(wall)
        start, end = max(first, scope.start), min(first_instant(after, zone), scope.end)
        part = replace(
            scope, start=start.astimezone(UTC), end=end.astimezone(UTC), as_of=min(end, scope.as_of)
        )
        yield wall.strftime("%Y-%m"), part
        wall = after


def _month_after(first: datetime) -> datetime:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
