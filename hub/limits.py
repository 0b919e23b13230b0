"""Limits: how long a category allows for an answer, an arrival or a solution, and when that falls due."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, Self, cast

from hub.calendars import WorkingCalendar
from hub.wall_clock import as_utc

Unit = Literal["m", "h", "d", "wd"]

# "At once" is written 0m. Nobody answers in zero seconds, and a promise that is broken when it is made
# teaches people to ignore promises.
AT_ONCE = timedelta(minutes=15)

HOURS_A_DAY = 24
SHARES_REMEMBERED = 16_384  # some MB: of the promises that run, as often as their lists are drawn

# ten years in each unit; what is longer is a slip of the pen
LONGEST: dict[Unit, int] = {"m": 5_270_400, "h": 87_840, "d": 3_660, "wd": 3_660}

_WRITTEN = re.compile(r"([0-9]{1,7})(m|h|d|wd)")


@dataclass(frozen=True)
class Limit:
    """An allowance: "15m" and "9h" of open time, "3d" calendar days, "5wd" working days, "0m" at once.

    Whole days written in hours ("24h", "48h") run on while the office is shut, as people mean them.

    Raises ValueError for another unit, a negative amount, more than ten years, or nothing in a unit but m.
    Source: domain.md §4 (columns respond, on site, resolve).
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in LONGEST:
            raise ValueError(f"{self.unit!r} is not a unit of time: m, h, d or wd")
        if not 0 <= self.amount <= LONGEST[self.unit] or (self.amount == 0 and self.unit != "m"):
            longest = f"{LONGEST[self.unit]}{self.unit}"
            raise ValueError(f"{self} is not a limit: at once is 0m, the longest is {longest}")

    @classmethod
    @lru_cache(256)
    def parse(cls, text: str) -> Self:
        """The limit written as "15m", "9h", "3d", "5wd" or "0m". Raises ValueError naming the text."""
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text!r} is not a limit like 15m, 9h, 3d or 5wd")
        return cls(int(found[1]), cast(Unit, found[2]))

    def due(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """The instant the limit is used up when it begins at `start` on that calendar, in UTC."""
        match self.unit:
            case "m":
                return calendar.add(start, timedelta(minutes=self.amount) or AT_ONCE)
            case "h" if self.amount % HOURS_A_DAY == 0:
                return calendar.next_opening(calendar.next_opening(start) + timedelta(hours=self.amount))
            case "h":
                return calendar.add(start, timedelta(hours=self.amount))
            case "d":
                return calendar.add_days(start, self.amount)
            case "wd":
                return calendar.add_working_days(start, self.amount)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@lru_cache(SHARES_REMEMBERED)
def at_share(start: datetime, due: datetime, percent: int, calendar: WorkingCalendar) -> datetime:
    """The instant when `percent` % of the open time from `start` to `due` has passed, in UTC.

    Above 100 it goes on beyond `due` by the same open time; 100 is `due` itself. Where no open time lies
    between, every smaller share is already reached at `start` (and never later than `due`) and every larger
    one at `due`. Raises ValueError for a negative percentage. Source: domain.md §4 (warn at 80 %, 150 %).
    """
    start, due = as_utc(start), as_utc(due)
    if percent < 0:
        raise ValueError(f"{percent} % of a time limit is not a share")
    allowed = calendar.between(start, due)
    if percent < 100:
        return min(calendar.add(start, allowed * percent / 100), due)
    return calendar.add(due, allowed * (percent - 100) / 100)
