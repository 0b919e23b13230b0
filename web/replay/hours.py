"""When a city works, as the calendar its office runs on."""

from collections.abc import Iterable
from datetime import date, time

from hub.calendars import END_OF_DAY, WorkingCalendar
from hub.public_holidays import public_holidays
from web.replay.case import Case
from web.replay.profile import Profile

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AHEAD = 2  # promises made in the last year run into the next ones
_LONGEST = 80  # more years than this are slips of the pen, not holidays to look up


def calendar_of(profile: Profile, cases: Iterable[Case]) -> WorkingCalendar:
    """The city's hours, closed on its region's holidays in the years the cases speak of."""
    hours = profile.calendar
    years = {case.opened.year for case in cases} or {1970}
    first = min(years)
    last = min(max(years) + _AHEAD, first + _LONGEST)
    holidays, workdays = public_holidays(hours.region, range(first, last + 1))
    closed = frozenset(day for day in holidays if _month_day(day) not in hours.open_even_so)
    weekly = WorkingCalendar.weekly(
        profile.zone.key, _clock(hours.opens), _clock(hours.closes), [_DAYS.index(day) for day in hours.days]
    )
    return WorkingCalendar(weekly.zone, weekly.hours, closed, workdays)


def _month_day(day: date) -> str:
    return f"{day:%m-%d}"


def _clock(text: str) -> time:
    return END_OF_DAY if text == "24:00" else time.fromisoformat(text)
