"""Working calendars: when an office is open, and time counted in its open hours only.

Opening hours are wall-clock times of the office's zone; what is counted is the time that really passes while
it is open, so a night shift over the autumn clock change is an hour longer. Instants are aware datetimes: any
zone in, UTC out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from hub import calendar_data
from hub.calendar_data import END_OF_DAY, Opening
from hub.wall_clock import as_utc, first_instant, wall_time

__all__ = ["END_OF_DAY", "Opening", "WorkingCalendar"]

ONE_DAY = timedelta(days=1)
HORIZON = timedelta(days=36_525)  # a promise more than a century away is a slip of the pen
DAYS_REMEMBERED = 8_192


@dataclass(frozen=True)
class WorkingCalendar:
    """Opening hours per weekday, closed days and make-up workdays of one office or one priority's clock.

    `hours`: weekday (0 = Monday) to its openings as (opens, closes); a break is the gap between two openings;
    END_OF_DAY as a closing time is 24:00. `holidays` are closed; `workdays` are open even so (調休), with the
    hours of weekday `makeup_like`. Raises ValueError for an unknown zone, for openings that overlap or run
    backwards, and for a calendar that never opens. Source: domain.md §4 (the clocks of P1 to P4).
    """

    zone: str
    hours: Mapping[int, tuple[Opening, ...]] = field(hash=False)
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    makeup_like: int = 0
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _remembered: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "_zone", calendar_data.known_zone(self.zone))
        object.__setattr__(self, "hours", calendar_data.checked_hours(self.hours))
        if self.makeup_like not in range(7):
            raise ValueError(f"makeup_like: {self.makeup_like!r} is not a weekday from 0 (Monday) to 6")
        if self.workdays and self.makeup_like not in self.hours:
            raise ValueError(f"makeup_like: weekday {self.makeup_like} has no hours for make-up workdays")

    @classmethod
    def round_the_clock(cls, zone: str) -> Self:
        """Always open: the clock of P1 and P2."""
        return cls.daily(zone, time(0), END_OF_DAY)

    @classmethod
    def daily(cls, zone: str, opens: time, closes: time) -> Self:
        """Every day from `opens` to `closes`, holidays included: the clock of P3, 08:00 to 20:00."""
        return cls(zone, dict.fromkeys(range(7), ((opens, closes),)))

    @classmethod
    def weekly(
        cls,
        zone: str,
        opens: time,
        closes: time,
        days: Iterable[int] = range(5),
        holidays: frozenset[date] = frozenset(),
        workdays: frozenset[date] = frozenset(),
    ) -> Self:
        """The same hours on each of `days` (Monday to Friday by default): the usual clock of P4."""
        return cls(zone, dict.fromkeys(days, ((opens, closes),)), holidays, workdays)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The calendar that `to_data` wrote down. Raises ValueError naming the part that is wrong."""
        return cls(**calendar_data.parts(data))

    def to_data(self) -> dict[str, Any]:
        """Plain JSON: {zone, hours: {mon: ["08:30-12:00"]}, holidays: [ISO date], workdays, makeup_like}."""
        return calendar_data.written(self.zone, self.hours, self.holidays, self.workdays, self.makeup_like)

    # ------------------------------------------------------------ is it open?

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens at all on that local date."""
        return bool(self._hours_of(day))

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at that instant; the closing instant itself is closed."""
        return self.next_opening(at) == as_utc(at)

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open, else the next instant the doors open."""
        at = as_utc(at)
        for opens, _ in self.openings(at, at + HORIZON):
            return opens
        raise ValueError(f"the calendar does not open within a century of {at}")

    # ------------------------------------------------------------ open time

    def add(self, start: datetime, open_time: timedelta) -> datetime:
        """The first instant by which `open_time` has been open since `start`: a closing instant may be it.

        Raises ValueError for a negative time, and for one that would end more than a century away.
        """
        start = as_utc(start)
        if open_time < timedelta():
            raise ValueError(f"open time runs forward only, not by {open_time}")
        if not open_time:
            return start
        left = open_time
        for opens, closes in self.openings(start, start + HORIZON):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise ValueError(f"{open_time} of open time ends more than a century after {start}")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long the office is open from `start` to `end`; nothing when `end` is not after `start`."""
        start, end = as_utc(start), as_utc(end)
        if end <= start:
            return timedelta()
        return sum((min(closes, end) - opens for opens, closes in self.openings(start, end)), timedelta())

    def openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings that meet [start, end), in order; the first is cut at `start`, the last is whole."""
        day = start.astimezone(self._zone).date()
        # one day more than the wall shows: an autumn clock may fall back over midnight
        last = end.astimezone(self._zone).date() + ONE_DAY
        while day <= last:
            for opens, closes in self._openings_of(day):
                if opens >= end:
                    return
                if closes > start:
                    yield max(opens, start), closes
            day += ONE_DAY

    # ------------------------------------------------------------ days

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same wall-clock time `days` calendar days on, moved to the next opening when that is closed."""
        start = as_utc(start)
        self._check_days(days)
        if days == 0:
            return self.next_opening(start)
        due = wall_time(start, self._zone) + timedelta(days=days)
        return self.next_opening(first_instant(due, self._zone))

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The same wall-clock time `days` working days on, counted from the next opening.

        What comes in while closed counts as having come in when the doors open. A time that falls into a
        break or after a shorter day's closing moves to the next opening. Source: the rule that fits
        the city of Boston's own target dates of 2015 (how well: tests/replay/test_boston_calendar.py).
        """
        self._check_days(days)
        begun = self.next_opening(start)
        if days == 0:
            return begun
        wall = wall_time(begun, self._zone)
        day = wall.date()
        for _ in range(days):
            day += ONE_DAY
            while not self._hours_of(day):
                day += ONE_DAY
        return self.next_opening(first_instant(datetime.combine(day, wall.time()), self._zone))

    # ------------------------------------------------------------ inside

    @staticmethod
    def _check_days(days: int) -> None:
        if not 0 <= days <= HORIZON.days:
            raise ValueError(f"{days} days is not between 0 and {HORIZON.days}")

    def _hours_of(self, day: date) -> tuple[Opening, ...]:
        if day in self.workdays:
            return self.hours[self.makeup_like]
        if day in self.holidays:
            return ()
        return self.hours.get(day.weekday(), ())

    def _openings_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        known = self._remembered.get(day)
        return self._remember(day) if known is None else known

    def _remember(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        # wall-clock arithmetic is most of the cost, and promises of one office ask for the same days
        if len(self._remembered) >= DAYS_REMEMBERED:
            self._remembered.clear()
        spans = (
            (self._instant(day, opens), self._instant(day, closes)) for opens, closes in self._hours_of(day)
        )
        # an opening that the spring jump skips whole has no length
        openings = tuple((opens, closes) for opens, closes in spans if opens < closes)
        self._remembered[day] = openings
        return openings

    def _instant(self, day: date, clock: time) -> datetime:
        if clock == END_OF_DAY:
            day, clock = day + ONE_DAY, time(0)
        return first_instant(datetime.combine(day, clock), self._zone)
