"""Quiet hours: when nobody is woken for what can wait; one setting of the office for every way of reaching.

The office's policy `quiet` says from when to when; from 22:00 to 07:00 unless it does.
Source: peers.md §5-4 (not at midnight).
"""

from datetime import datetime, time, timedelta

from hub.organisation import Office
from hub.wall_clock import first_instant, wall_time

USUAL = ("22:00", "07:00")


def end(office: Office, at: datetime) -> datetime | None:
    """When the quiet hours around this moment end; None outside them."""
    begins, ends = (time.fromisoformat(said) for said in office.policy.get("quiet", USUAL))
    wall = wall_time(at, office.tz)
    if begins <= ends:
        is_night, day = begins <= wall.time() < ends, wall.date()
    else:
        is_night = wall.time() >= begins or wall.time() < ends
        day = wall.date() + timedelta(days=1) if wall.time() >= begins else wall.date()
    return first_instant(datetime.combine(day, ends), office.tz) if is_night else None
