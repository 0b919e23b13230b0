"""Moments as whole seconds inside a query, the same number on SQLite and PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, and_, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

HOUR, DAY, WEEK = 3_600, 86_400, 604_800
# Moments before 1970 count too, and a remainder of a negative number would be negative.
CENTURY = 5_218 * WEEK

Column = ColumnElement[Any] | Mapped[Any]


class Seconds(FunctionElement[int]):
    """Whole seconds since 1970 of a moment; the fraction is cut off."""

    name = "seconds"
    type = BigInteger()
    inherit_cache = True


@compiles(Seconds, "sqlite")
def _sqlite(element: Seconds, compiler: SQLCompiler, **how: Any) -> str:
    # the text is cut first, because strftime rounds to the nearest millisecond
    return f"CAST(strftime('%s', substr({compiler.process(element.clauses, **how)}, 1, 19)) AS INTEGER)"


@compiles(Seconds, "postgresql")
def _postgres(element: Seconds, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **how)})) AS BIGINT)"


class Between(FunctionElement[int]):
    """Whole seconds from one moment to another, the fractions of both cut off."""

    name = "seconds_between"
    type = BigInteger()
    inherit_cache = True


@compiles(Between, "sqlite")
def _between_sqlite(element: Between, compiler: SQLCompiler, **how: Any) -> str:
    # as days, which SQLite has at once; a day's fraction is exact to a tenth of a millisecond
    start, end = (
        f"julianday(substr({compiler.process(each, **how)}, 1, 19))" for each in element.clauses.clauses
    )
    return f"CAST(round(({end} - {start}) * {DAY}) AS INTEGER)"


@compiles(Between, "postgresql")
def _between_postgres(element: Between, compiler: SQLCompiler, **how: Any) -> str:
    start, end = element.clauses.clauses
    return compiler.process(Seconds(end) - Seconds(start), **how)


def between(start: Column, end: Column) -> ColumnElement[int]:
    """Seconds from one moment to another."""
    return Between(start, end)


def on_the_wall(
    at: Column,
    office_id: Column,
    zones: Mapping[ZoneInfo, Sequence[int]],
    first: datetime,
    last: datetime,
) -> ColumnElement[int]:
    """Seconds as the office's clock on the wall shows them; right for moments from `first` to `last`.

    A zone's changes in that time are written into the query, so that both engines know the same rules.
    """
    whens = []
    for zone, office_ids in zones.items():
        for moment, offset in reversed(list(changes(zone, first, last))):
            whens.append((and_(office_id.in_(office_ids), at >= moment), literal(offset, BigInteger)))
    return Seconds(at) + CENTURY + case(*whens, else_=0)


def hour(wall: ColumnElement[int]) -> ColumnElement[int]:
    """0 to 23."""
    return (wall // HOUR) % 24


def weekday(wall: ColumnElement[int]) -> ColumnElement[int]:
    """1 Monday to 7 Sunday; the first day of 1970 was a Thursday."""
    return (wall // DAY + 3) % 7 + 1


def changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, int]]:
    """(from when, seconds east of UTC) of the zone's clock: at `first`, and wherever it jumps till `last`."""
    at = first.astimezone(UTC).replace(microsecond=0)
    offset = _offset(zone, at)
    yield at, offset
    while at <= last:
        tomorrow = at + timedelta(days=1)
        if _offset(zone, tomorrow) != offset:
            offset = _offset(zone, tomorrow)
            yield _jump(zone, at, tomorrow, offset), offset
        at = tomorrow


def _jump(zone: ZoneInfo, before: datetime, after: datetime, offset: int) -> datetime:
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def _offset(zone: ZoneInfo, at: datetime) -> int:
    return int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds())
