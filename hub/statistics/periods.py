"""Periods a report is made for: a week, a month, a quarter, a year, by the office's wall clock.

Written as people file them: "2026-W10", "2026-03", "2026-Q1", "2026". Source: domain.md §7 (monthly; weekly
and quarterly, yearly statistics from the same builder), K6.5 (periodic reports to company leaders).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.errors import BadInput
from hub.wall_clock import first_instant

WEEKLY, MONTHLY, QUARTERLY, YEARLY = "weekly", "monthly", "quarterly", "yearly"
EDITIONS = (WEEKLY, MONTHLY, QUARTERLY, YEARLY)

_WRITTEN = (
    (WEEKLY, re.compile(r"(\d{4})-W(\d{2})")),
    (MONTHLY, re.compile(r"(\d{4})-(\d{2})")),
    (QUARTERLY, re.compile(r"(\d{4})-Q([1-4])")),
    (YEARLY, re.compile(r"(\d{4})()")),
)


@dataclass(frozen=True)
class Period:
    """Whole days from `first` up to but without `after`; `key` is how the period is written."""

    edition: str
    key: str
    first: date
    after: date

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """[start, end) in UTC, midnight to midnight on the office's wall."""
        return _midnight(self.first, zone), _midnight(self.after, zone)

    @property
    def before(self) -> "Period":
        """The period just before (環比)."""
        return containing(self.edition, self.first - timedelta(days=1))

    @property
    def year_ago(self) -> "Period":
        """The same period of the year before (同比); of a 53rd week, the last week of that year."""
        if self.edition == WEEKLY:
            year, week, _ = self.first.isocalendar()
            return containing(WEEKLY, date.fromisocalendar(year - 1, min(week, 52), 1))
        return containing(self.edition, _shifted(self.first, -12))

    @property
    def following(self) -> "Period":
        return containing(self.edition, self.after)

    @property
    def months(self) -> tuple["Period", ...]:
        """The months that begin within it, or the one it begins in."""
        own = tuple(_months_from(self.first.replace(day=1), self.after))
        return own or (containing(MONTHLY, self.first),)


def containing(edition: str, day: date) -> Period:
    """The period of this edition in which the day falls. Raises BadInput for an unknown edition."""
    if edition == WEEKLY:
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return Period(edition, f"{year}-W{week:02d}", first, first + timedelta(days=7))
    if edition == MONTHLY:
        first = day.replace(day=1)
        return Period(edition, f"{first:%Y-%m}", first, _shifted(first, 1))
    if edition == QUARTERLY:
        first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        return Period(edition, f"{first.year}-Q{(first.month + 2) // 3}", first, _shifted(first, 3))
    if edition == YEARLY:
        first = day.replace(month=1, day=1)
        return Period(edition, f"{first.year:04d}", first, first.replace(year=first.year + 1))
    raise BadInput("edition", "must be one of: %(names)s", names=", ".join(EDITIONS))


def parse(text: str) -> Period:
    """The period written like this. Raises BadInput for what is none."""
    for edition, form in _WRITTEN:
        found = form.fullmatch(text.strip())
        if found is None:
            continue
        try:
            return containing(edition, _first_day(edition, int(found[1]), int(found[2] or 1)))
        except (ValueError, OverflowError):
            break
    raise BadInput(
        "period", "write a month as 2026-03, a week as 2026-W10, a quarter as 2026-Q1, a year as 2026"
    )


def last_months(period: Period, count: int) -> list[Period]:
    """So many months, the last of them the one in which the period ends; oldest first."""
    last = containing(MONTHLY, period.after - timedelta(days=1))
    return list(_months_from(_shifted(last.first, 1 - count), last.after))


def last_weeks(period: Period, count: int) -> list[Period]:
    """So many whole weeks, the last of them over when the period is; oldest first."""
    week = containing(WEEKLY, period.after)
    found: list[Period] = []
    for _ in range(count):
        week = week.before
        found.insert(0, week)
    return found


def _first_day(edition: str, year: int, part: int) -> date:
    if edition == WEEKLY:
        return date.fromisocalendar(year, part, 1)
    return date(year, {MONTHLY: part, QUARTERLY: part * 3 - 2}.get(edition, 1), 1)


def _months_from(first: date, after: date) -> Iterator[Period]:
    month = containing(MONTHLY, first)
    while month.first < after:
        yield month
        month = month.following


def _shifted(first: date, months: int) -> date:
    ahead = first.year * 12 + first.month - 1 + months
    return date(ahead // 12, ahead % 12 + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return first_instant(datetime.combine(day, time()), zone)
