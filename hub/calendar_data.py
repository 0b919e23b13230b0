"""A working calendar as plain data: the checks on its parts, and the form it is stored and edited in."""

import re
from collections.abc import Collection, Mapping
from datetime import date, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

Opening = tuple[time, time]

END_OF_DAY = time.max  # a closing time of 24:00, which `time` cannot say
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
REQUIRED = {"zone", "hours"}
OPTIONAL = {"holidays", "workdays", "makeup_like"}

_CLOCK = re.compile("[0-9]{1,2}:[0-9]{2}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")  # fromisoformat also takes weeks and days without dashes


def known_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError, TypeError) as unknown:
        raise ValueError(f"zone: {name!r} is not a time zone of the IANA list") from unknown


def checked_hours(hours: Mapping[int, Collection[Opening]]) -> dict[int, tuple[Opening, ...]]:
    """The opening hours in order, without the days that have none.

    Raises ValueError naming the weekday whose openings overlap, run backwards or are not whole minutes, and
    when there is no opening at all: a promise on such a calendar would never fall due.
    """
    checked = {}
    for weekday, openings in sorted(hours.items()):
        if weekday not in range(7):
            raise ValueError(f"hours: {weekday!r} is not a weekday from 0 (Monday) to 6")
        ordered = tuple(sorted((opens, closes) for opens, closes in openings))
        _check_openings(f"hours.{WEEKDAYS[weekday]}", ordered)
        if ordered:
            checked[weekday] = ordered
    if not checked:
        raise ValueError("hours: a calendar must be open at some time of the week")
    return checked


def _check_openings(where: str, openings: tuple[Opening, ...]) -> None:
    for opening in openings:
        if opening[0] >= opening[1]:
            raise ValueError(f"{where}: {_opening_text(opening)} ends before it begins")
        if not all(_is_whole_minute(clock) for clock in opening):
            raise ValueError(f"{where}: {opening[0]} to {opening[1]} is not in whole minutes")
    for before, after in pairwise(openings):
        if after[0] < before[1]:
            raise ValueError(f"{where}: {_opening_text(before)} and {_opening_text(after)} overlap")


def _is_whole_minute(clock: time) -> bool:
    return clock == END_OF_DAY or clock == clock.replace(second=0, microsecond=0)


# ---------------------------------------------------------------- writing


def written(
    zone: str,
    hours: Mapping[int, tuple[Opening, ...]],
    holidays: Collection[date],
    workdays: Collection[date],
    makeup_like: int,
) -> dict[str, Any]:
    """The parts of a calendar as JSON values, dates sorted; `parts` reads them back."""
    openings = {
        WEEKDAYS[weekday]: [_opening_text(one) for one in hours[weekday]] for weekday in sorted(hours)
    }
    return {
        "zone": zone,
        "hours": openings,
        "holidays": [day.isoformat() for day in sorted(holidays)],
        "workdays": [day.isoformat() for day in sorted(workdays)],
        "makeup_like": WEEKDAYS[makeup_like],
    }


def _opening_text(opening: Opening) -> str:
    opens, closes = opening
    return f"{opens:%H:%M}-{'24:00' if closes == END_OF_DAY else format(closes, '%H:%M')}"


# ---------------------------------------------------------------- reading


def parts(data: Mapping[str, Any]) -> dict[str, Any]:
    """A calendar's fields from what `written` made or a person edited. Raises ValueError naming the part."""
    if not isinstance(data, Mapping):
        raise ValueError(f"a calendar is an object with zone and hours, not {data!r}")
    for name in sorted(REQUIRED - set(data)):
        raise ValueError(f"{name}: missing")
    for name in sorted(set(data) - REQUIRED - OPTIONAL, key=str):
        raise ValueError(f"{name}: a calendar has no such part")
    return {
        "zone": _zone_name(data["zone"]),
        "hours": _read_hours(data["hours"]),
        "holidays": _read_days("holidays", data.get("holidays", [])),
        "workdays": _read_days("workdays", data.get("workdays", [])),
        "makeup_like": _read_weekday("makeup_like", data.get("makeup_like", WEEKDAYS[0])),
    }


def _zone_name(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"zone: {value!r} is not a time zone of the IANA list")
    return value


def _read_hours(value: object) -> dict[int, tuple[Opening, ...]]:
    if not isinstance(value, Mapping):
        raise ValueError(f"hours: {value!r} is not an object of weekdays")
    hours = {}
    for name, openings in value.items():
        weekday = _read_weekday("hours", name)
        if not isinstance(openings, list | tuple):
            raise ValueError(f"hours.{name}: {openings!r} is not a list of openings")
        hours[weekday] = tuple(_read_opening(f"hours.{name}", opening) for opening in openings)
    return hours


def _read_opening(where: str, value: object) -> Opening:
    try:
        opens, closes = str(value).split("-")
        return _read_clock(opens), END_OF_DAY if closes.strip() == "24:00" else _read_clock(closes)
    except ValueError as wrong:
        raise ValueError(f"{where}: {value!r} is not an opening like 08:30-17:00") from wrong


def _read_clock(text: str) -> time:
    if not _CLOCK.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is not a time like 08:30")
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _read_days(where: str, value: object) -> frozenset[date]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{where}: {value!r} is not a list of dates")
    return frozenset(_read_day(where, day) for day in value)


def _read_day(where: str, value: object) -> date:
    try:
        if not _DAY.fullmatch(str(value)):
            raise ValueError(f"{value!r} is not written as year-month-day")
        return date.fromisoformat(str(value))
    except ValueError as wrong:
        raise ValueError(f"{where}: {value!r} is not a date like 2026-12-25") from wrong


def _read_weekday(where: str, value: object) -> int:
    if value not in WEEKDAYS:
        raise ValueError(f"{where}: {value!r} is not one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(str(value))
