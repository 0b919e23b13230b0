"""Between the clock on the wall and the instants the hub counts in, daylight-saving nights included.

A wall time is a datetime without a zone; an instant is an aware datetime in UTC.
"""

from bisect import bisect_left
from datetime import UTC, datetime
from math import ceil, floor
from zoneinfo import ZoneInfo


def as_utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError when `at` has no time zone."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at!r} has no time zone")
    return at.astimezone(UTC)


def wall_time(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows at that instant; both hours of an autumn night look the same."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock on the wall shows `wall` or later.

    In an hour shown twice that is the first showing; for a time never shown, the moment of the jump.
    A later wall time never gives an earlier instant, so intervals that do not overlap on the wall do not
    overlap in UTC either, and a day's intervals keep their order.
    """
    wall = wall.replace(fold=0)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    return instant if wall_time(instant, zone) == wall else _jump_over(wall, zone)


def _jump_over(wall: datetime, zone: ZoneInfo) -> datetime:
    # The two readings of a skipped time lie on either side of the jump; clocks jump on whole seconds.
    early = floor(wall.replace(tzinfo=zone, fold=1).timestamp())
    late = ceil(wall.replace(tzinfo=zone, fold=0).timestamp())
    seconds = range(early, late + 1)
    jump = bisect_left(seconds, wall, key=lambda second: wall_time(datetime.fromtimestamp(second, UTC), zone))
    return datetime.fromtimestamp(seconds[jump], UTC)
