"""When the office is open, and which clock each priority runs on.

Promises that run already keep the moment they were given; what comes in from now on follows the new hours.
Source: domain.md §4 (the clocks of P1 to P4), hub.calendars (breaks, holidays, make-up workdays).
"""

import re
from collections.abc import Mapping
from typing import Any

from hub.access import Actor
from hub.calendar_data import WEEKDAYS
from hub.calendars import WorkingCalendar
from hub.catalogue import PRIORITIES
from hub.database import Tx
from hub.errors import HubError, NotNow
from hub.organisation import Office
from hub.public_holidays import public_holidays
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

KEY = "hours"
CLOCKS = ("always", "daily", "office")
OF_CLOCK = {f"clock_{priority.lower()}": priority for priority in PRIORITIES}
FILL = ("fill_region", "fill_year")  # fields of the form that are not kept
FIELDS = (*WEEKDAYS, "holidays", "workdays", "makeup_like", *OF_CLOCK, *FILL)
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _read(tx: Tx, office: Office, key: str) -> Values | None:
    if key != KEY:
        return None
    data = office.calendar
    values: Values = {day: ", ".join(data["hours"].get(day, [])) for day in WEEKDAYS}
    values |= {name: list(data.get(name, [])) for name in ("holidays", "workdays")}
    values["makeup_like"] = data.get("makeup_like", WEEKDAYS[0])
    return values | {name: office.clocks[priority] for name, priority in OF_CLOCK.items()}


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {day: _openings(given, office, day) for day in WEEKDAYS}
    for name in ("holidays", "workdays"):
        values[name] = sorted(_days(given, office, name))
    values["makeup_like"] = given.one_of("makeup_like", WEEKDAYS)
    values |= {name: given.one_of(name, CLOCKS) for name in OF_CLOCK}
    _fill(given, values)
    given.finish()
    if not any(values[day] for day in WEEKDAYS):
        given.refuse("mon", HubError("the office must be open at some time of the week"))
    if values["workdays"] and not values.get(values["makeup_like"]):
        given.refuse("makeup_like", HubError("a make-up workday needs the hours of a day that is open"))
    given.finish()
    return values


def _openings(given: Said, office: Office, day: str) -> str:
    text = given.text(day)
    parts = [part.strip() for part in re.split(r"[,，;；\n]", text) if part.strip()]
    parts = [re.sub(r"\s*[–—~-]\s*", "-", part) for part in parts]
    if not parts:
        return ""
    try:
        made = WorkingCalendar.from_data({"zone": office.zone, "hours": {day: parts}})
    except ValueError:
        given.refuse(day, HubError("write hours like 08:30-12:00, 14:00-18:00; they may not overlap"))
        return ""
    return ", ".join(made.to_data()["hours"][day])


def _days(given: Said, office: Office, name: str) -> list[str]:
    days = given.several(name)
    try:
        WorkingCalendar.from_data({"zone": office.zone, "hours": {"mon": ["09:00-18:00"]}, name: days})
    except ValueError:
        given.refuse(name, HubError("write one date a line, like 2026-12-25"))
    return days


def _fill(given: Said, values: Values) -> None:
    """Add the public holidays of a region in a year, with its make-up workdays, where that is asked."""
    region, year = given.text("fill_region"), given.whole("fill_year", FIRST_YEAR, LAST_YEAR)
    if not region:
        return
    if year is None:
        given.refuse("fill_year", HubError("say of which year"))
        return
    try:
        closed, open_even_so = public_holidays(region.upper(), [year])
    except ValueError:
        given.refuse("fill_region", HubError("nobody knows the holidays of this region"))
        return
    values["holidays"] = sorted({*values["holidays"], *(day.isoformat() for day in closed)})
    values["workdays"] = sorted({*values["workdays"], *(day.isoformat() for day in open_even_so)})


def _write(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    if values is None:
        raise NotNow("an office always has its hours")
    hours = {day: values[day].split(", ") for day in WEEKDAYS if values[day]}
    plain = {name: values[name] for name in ("holidays", "workdays", "makeup_like")}
    office.calendar = WorkingCalendar.from_data({"zone": office.zone, "hours": hours, **plain}).to_data()
    office.clocks = {priority: values[name] for name, priority in OF_CLOCK.items()}
    return key


HOURS = Subject("hours", FIELDS, _read, _check, _write)
