"""The duty rota (值班表): the weekly shifts of each person of an office.

A shift is written as people write it, 08:00-16:00; one that ends before it begins runs into the next day.
Source: hub.duty; peers.md §5-7.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sqlmodel import col, select

from hub import clock
from hub.access import Actor
from hub.calendar_data import WEEKDAYS
from hub.database import Tx
from hub.duty import Duty
from hub.errors import HubError, NotNow
from hub.organisation import Office
from hub.setup import people
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

A_DAY = 1440
_SHIFT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})")


def written(starts: int, ends: int) -> str:
    """A shift as people write it, from minutes of the local day."""
    late = ends if ends <= A_DAY else ends - A_DAY
    return f"{starts // 60:02d}:{starts % 60:02d}-{late // 60:02d}:{late % 60:02d}"


def shifts(text: str) -> list[tuple[int, int]]:
    """The shifts of one day in order, as minutes of it. Raises ValueError where one cannot be read."""
    found = []
    for part in re.split(r"[,，;；\n]", text):
        if part.strip():
            found.append(_shift(part.strip()))
    ordered = sorted(found)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise ValueError("overlap")
    return ordered


def _shift(text: str) -> tuple[int, int]:
    said = _SHIFT.fullmatch(text)
    if said is None:
        raise ValueError(text)
    hour, minute, late, least = map(int, said.groups())
    starts, ends = hour * 60 + minute, late * 60 + least
    if minute > 59 or least > 59 or starts >= A_DAY or ends > A_DAY or starts == ends:
        raise ValueError(text)
    return starts, ends if ends > starts else ends + A_DAY


def week(tx: Tx, office: Office) -> dict[int, dict[str, str]]:
    """By person, what stands on each weekday ("" for none)."""
    query = select(Duty).where(Duty.office_id == office.id, col(Duty.ended_at).is_(None))
    found: dict[int, dict[str, list[str]]] = {}
    for row in tx.scalars(query.order_by(col(Duty.weekday), col(Duty.starts))):
        day = WEEKDAYS[row.weekday]
        found.setdefault(row.staff_id, {}).setdefault(day, []).append(written(row.starts, row.ends))
    return {
        staff_id: {day: ", ".join(days.get(day, [])) for day in WEEKDAYS} for staff_id, days in found.items()
    }


def _read(tx: Tx, office: Office, login: str) -> Values | None:
    staff_id = _about(tx, office, login)
    if staff_id is None:
        return None
    return dict(week(tx, office).get(staff_id) or dict.fromkeys(WEEKDAYS, ""))


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {}
    for day in WEEKDAYS:
        try:
            values[day] = ", ".join(written(*one) for one in shifts(given.text(day)))
        except ValueError:
            given.refuse(day, HubError("write shifts like 08:00-12:00, 13:00-17:00; they may not overlap"))
    given.finish()
    return values


def _write(tx: Tx, actor: Actor, office: Office, login: str, values: Values | None) -> str:
    staff_id = _about(tx, office, login)
    if staff_id is None:
        raise NotNow("this person does not work in this office any more")
    wanted = {
        (number, *one)
        for number, day in enumerate(WEEKDAYS)
        for one in shifts(str((values or {}).get(day, "")))
    }
    query = select(Duty).where(
        Duty.office_id == office.id, Duty.staff_id == staff_id, col(Duty.ended_at).is_(None)
    )
    for row in tx.scalars(query).all():
        if (row.weekday, row.starts, row.ends) in wanted:
            wanted.remove((row.weekday, row.starts, row.ends))
        else:
            row.ended_at = clock.now()
    for weekday, starts, ends in sorted(wanted):
        tx.add(Duty(staff_id=staff_id, office_id=office.id, weekday=weekday, starts=starts, ends=ends))
    return login


def _about(tx: Tx, office: Office, login: str) -> int | None:
    return next((one.id for one in people.of_office(tx, office) if one.login == login), None)


DUTY = Subject("duty", WEEKDAYS, _read, _check, _write, about=_about)
