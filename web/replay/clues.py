"""What a column's cells look like, whatever its heading says."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from web.replay import times
from web.tables import Cell

_CLOCKS = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %I:%M%p", "")
_DAYS = (
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%Y/%m/%d",
    "%Y-%m-%d",
    "%m/%d/%y",
    "%d/%m/%y",
    "%m-%d-%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
)
_NAMED = ("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y", "%Y.%m.%d")
_CHINESE = (
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
    "%Y年%m月%d日%H時%M分",
    "%Y年%m月%d日",
)
FORMS = ("iso", *(day + clock for day in (*_DAYS, *_NAMED) for clock in _CLOCKS), *_CHINESE)
_DATELIKE = re.compile(
    r"\d{1,4}[-/.年 ]\d{1,2}[-/.月 ]\d{1,4}|\d{1,2}[- ][A-Za-z]{3}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
_POINT = re.compile(r"^\W*-?\d+\.\d+\s*,\s*-?\d+\.\d+|^\s*POINT")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?")
_ENOUGH = 300


@dataclass(frozen=True)
class Column:
    """A column of the sample. values: its filled cells.  rows: how many rows the sample has."""

    name: str
    position: int
    values: tuple[Cell, ...]
    rows: int

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(value.strip() for value in self.values if isinstance(value, str))

    @cached_property
    def distinct(self) -> Counter[Cell]:
        return Counter(self.values)

    @property
    def full(self) -> float:
        """The share of rows where the column says anything."""
        return len(self.values) / self.rows if self.rows else 0.0

    @property
    def unlike(self) -> float:
        """The share of values that differ from all others: 1 for a case number."""
        return len(self.distinct) / len(self.values) if self.values else 0.0

    @cached_property
    def length(self) -> float:
        """Mean length of the texts, characters."""
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The values as numbers; empty when more than one in twenty is none."""
        found = tuple(float(text) for text in self.texts if re.fullmatch(r"-?\d+(\.\d+)?", text))
        return found if self.values and len(found) >= 0.95 * len(self.values) else ()

    @cached_property
    def precise(self) -> bool:
        """Whether most numbers have three decimals or more, as coordinates do."""
        return sum(bool(re.search(r"\.\d{3,}$", text)) for text in self.texts) > 0.5 * len(self.texts)

    @cached_property
    def points(self) -> bool:
        """Whether the texts are coordinate pairs, not places."""
        return sum(bool(_POINT.match(text)) for text in self.texts[:_ENOUGH]) > 0.5 * len(
            self.texts[:_ENOUGH]
        )

    @cached_property
    def spoken(self) -> bool:
        """Whether most texts are words, not codes: several of them, or in a script without blanks."""
        some = self.texts[:_ENOUGH]
        return sum(" " in text or not text.isascii() for text in some) > 0.5 * len(some)

    @cached_property
    def clock(self) -> bool:
        """Whether the texts are times of day without a date."""
        some = self.texts[:_ENOUGH]
        return sum(bool(_CLOCK.fullmatch(text)) for text in some) > 0.9 * max(1, len(some))

    def date_share(self, forms: tuple[str, ...]) -> float:
        """The share of values that are dates under these formats."""
        some = self.values[:_ENOUGH]
        return sum(self.moment(value, forms) is not None for value in some) / len(some) if some else 0.0

    def moment(self, value: Cell, forms: tuple[str, ...]) -> datetime | None:
        """One value as a time, taken as UTC; None where it is none."""
        if isinstance(value, str) and not _DATELIKE.search(value):
            return None
        return times.read(value, forms, ZoneInfo("UTC"))[0]


def date_forms(columns: Iterable[Column]) -> tuple[tuple[str, ...], bool]:
    """The formats that read the table's dates, fewest first to cover most; and whether day and month could
    be told apart.

    Month-first and day-first are never both taken: a table is written one way.
    """
    texts = [text for column in columns for text in column.texts[:_ENOUGH] if _DATELIKE.search(text)]
    left = [text for text in texts if len(text) <= 40]
    chosen: list[str] = []
    certain = True
    reads = {form: {text for text in set(left) if times.written(text, form)} for form in FORMS}
    month = sum(text in reads[form] for form in FORMS if form.startswith("%m") for text in left)
    day = sum(text in reads[form] for form in FORMS if _day_first(form) for text in left)
    if month and day:
        certain = month != day
        reads = {
            form: texts
            for form, texts in reads.items()
            if not (form.startswith("%m") if day > month else _day_first(form))
        }
    while left:
        form = max(reads, key=lambda form: sum(text in reads[form] for text in left))
        rest = [text for text in left if text not in reads[form]]
        if len(rest) == len(left):
            break
        chosen.append(form)
        left = rest
    return tuple(chosen), certain


def with_clocks(forms: tuple[str, ...]) -> tuple[str, ...]:
    """The formats, those of a bare date also with every way to write the time of day after it."""
    bare = [form for form in forms if form != "iso" and not any(code in form for code in ("%H", "%I"))]
    return (*(form + clock for form in bare for clock in _CLOCKS if clock), *forms)


def _day_first(form: str) -> bool:
    return form.startswith(("%d/%m", "%d-%m"))


def suits(role: str, column: Column, forms: tuple[str, ...]) -> tuple[float, str]:
    """How well the cells fit a role, 0…1, and why in words."""
    if not column.values:
        # a heading with nothing under it may still be right: nothing contradicts it
        return (0.5, "empty") if role not in ("id", "opened", "latitude", "longitude") else (0.0, "empty")
    if role in ("opened", "target", "closed", "reopened"):
        share = column.date_share(forms)
        fit = 0.0 if share < 0.8 else share * (1.0 if role != "opened" or column.full > 0.8 else 0.4)
        return fit, f"{share:.0%} dates, {column.full:.0%} filled"
    if column.date_share(forms) > 0.8 and role != "description":
        return 0.0, "dates"
    if role == "id":
        fit = column.unlike if column.unlike > 0.9 and column.full > 0.5 and not column.precise else 0.0
        return (fit if column.length <= 60 else 0.0), f"{column.unlike:.1%} of values differ"
    if role in ("latitude", "longitude"):
        limit = 90 if role == "latitude" else 180
        return float(_within(column.numbers, limit)), f"numbers within ±{limit}"
    return _suits_words(role, column)


def _suits_words(role: str, column: Column) -> tuple[float, str]:
    kinds = len(column.distinct)
    few = {"status": 40, "channel": 60, "flag": 8, "department": 400}.get(role)
    if few is not None:
        return float(kinds <= few and not column.points), f"{kinds} different values"
    if role == "category":
        return float(
            kinds <= max(60, 0.4 * len(column.values)) and not column.numbers
        ), f"{kinds} different values"
    if role == "zip":
        return float(column.length <= 12), f"{kinds} different values"
    codes = role in ("item", "description") and column.unlike > 0.9 and not column.spoken
    ok = not column.numbers and not column.points and not codes
    return float(ok), f"texts of {column.length:.0f} characters" if ok else "no words"


def _within(numbers: Sequence[float], limit: float) -> bool:
    inside = sum(abs(number) <= limit for number in numbers)
    return bool(numbers) and inside > 0.95 * len(numbers)
