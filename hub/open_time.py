"""Open time as one running count, for thousands of questions about the same days.

A calendar walks its openings anew for every question. Summed up once, each further question is a look-up.
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import accumulate

from hub.calendars import WorkingCalendar


class OpenTime:
    """The open time of one calendar, right for instants from `first` to `last`; all of them in UTC."""

    def __init__(self, calendar: WorkingCalendar, first: datetime, last: datetime) -> None:
        openings = list(calendar.openings(first, last))
        self._opens = [opens for opens, _ in openings]
        self._lasts = [closes - opens for opens, closes in openings]
        self._before = list(accumulate(self._lasts, initial=timedelta()))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """As `WorkingCalendar.between`: nothing when `end` is not after `start`."""
        return max(self._until(end) - self._until(start), timedelta())

    def is_past(self, start: datetime, due: datetime, percent: int, at: datetime) -> bool:
        """Whether at `at`, not before `start`, `percent` % of the open time from `start` to `due` is gone.

        As `limits.at_share(start, due, percent) <= at`, for less than 100 %.
        """
        return due <= at or self.between(start, at) >= self.between(start, due) * percent / 100

    def _until(self, at: datetime) -> timedelta:
        nth = bisect_right(self._opens, at)
        if not nth:
            return timedelta()
        return self._before[nth - 1] + min(at - self._opens[nth - 1], self._lasts[nth - 1])
