"""Roles found by what the cells look like, where no heading names them."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from web.replay import wording
from web.replay.clues import Column

_Forms = tuple[str, ...]
_Chooser = Callable[[Sequence[Column], _Forms], Column | None]


def find(role: str, free: Sequence[Column], forms: _Forms) -> tuple[Column, str] | None:
    """The column that looks most like the role, and why; None when none does.

    free: the columns no other role has taken. One whose heading says it is something else is left out.
    """
    why, choose = _CHOOSERS[role]
    column = choose([one for one in free if not wording.unwanted(one.name)], forms)
    return (column, why) if column else None


def _id(free: Sequence[Column], forms: _Forms) -> Column | None:
    def numbering(column: Column) -> bool:
        whole = column.rows > 1 and column.full == 1 and column.unlike == 1 and not column.precise
        return whole and column.length <= 30 and not any(" " in text for text in column.texts)

    return next((c for c in free if numbering(c) and not c.date_share(forms)), None)


def _opened(free: Sequence[Column], forms: _Forms) -> Column | None:
    def typical(column: Column) -> float:
        moments = [column.moment(value, forms) for value in column.values[:300]]
        return median(moment.timestamp() for moment in moments if moment)

    dates = [column for column in free if column.full > 0.95 and column.date_share(forms) > 0.95]
    return min(dates, key=typical, default=None)


def _status(free: Sequence[Column], forms: _Forms) -> Column | None:
    few = (column for column in free if len(column.distinct) <= 20)
    return next((column for column in few if wording.reads_as_status(set(column.texts)) > 0.8), None)


def _channel(free: Sequence[Column], forms: _Forms) -> Column | None:
    few = (column for column in free if len(column.distinct) <= 20)
    return next((column for column in few if wording.reads_as_channel(set(column.texts)) > 0.7), None)


def _latitude(free: Sequence[Column], forms: _Forms) -> Column | None:
    """One of two neighbours full of decimals; the one that stays within ±90."""
    degrees = [column for column in free if column.precise and column.numbers]
    for one, other in itertools.pairwise(degrees):
        if abs(one.position - other.position) == 1 and _reach(one) <= 180 and _reach(other) <= 180:
            return one if _reach(one) <= 90 else other if _reach(other) <= 90 else None
    return None


def _longitude(free: Sequence[Column], forms: _Forms) -> Column | None:
    return next((c for c in free if c.precise and c.numbers and 0 < _reach(c) <= 180), None)


def _reach(column: Column) -> float:
    return max(map(abs, column.numbers))


def _item(free: Sequence[Column], forms: _Forms) -> Column | None:
    texts = [c for c in free if c.length >= 4 and c.spoken and not c.points and not c.date_share(forms)]
    return max(texts, key=lambda column: column.unlike, default=None)


_CHOOSERS: Mapping[str, tuple[str, _Chooser]] = {
    "id": ("every value differs", _id),
    "opened": ("dates in every row, the earliest of the date columns", _opened),
    "status": ("words of a status", _status),
    "channel": ("words of a channel", _channel),
    "latitude": ("numbers within ±90 with many decimals, beside a longitude", _latitude),
    "longitude": ("numbers within ±180 with many decimals", _longitude),
    "item": ("the most varied words of the file", _item),
}
ROLES = tuple(_CHOOSERS)
