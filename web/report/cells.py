"""How a cell is said to a reader, and which plain values it is in a spreadsheet."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from web.report import document
from web.report.document import (
    FEWEST,
    Change,
    Chart,
    Column,
    Fraction,
    Length,
    Light,
    Share,
    Table,
    TicketNumber,
    Value,
)
from web.words import N_, NOTHING, Words

LIGHTS = {
    "good": ("●", N_("on target")),
    "near": ("▲", N_("just short")),
    "bad": ("■", N_("off target")),
    "unknown": ("○", N_("nothing to judge")),
}


def say(words: Words, value: Value) -> str:
    """The cell as a reader sees it."""
    match value:
        case None:
            return NOTHING
        case str():
            return value
        case int() | float():
            return words.number(value)
        case Share():
            return _share(words, value)
        case Fraction():
            return words.percent(value.value, 1)
        case Length():
            return NOTHING if value.seconds is None else words.duration(value.seconds)
        case Change():
            return _change(words, value)
        case Light():
            sign, word = LIGHTS[value.tone]
            return f"{sign} {words.gettext(word)}"
        case TicketNumber():
            return value.number
        case datetime():
            return words.moment(value, "year")
        case date():
            return words.day(value)


def _share(words: Words, share: Share) -> str:
    if not share.whole:
        return NOTHING
    if share.whole < FEWEST:
        return words.gettext("%(part)s of %(whole)s", part=share.part, whole=share.whole)
    return words.percent(share.part, share.whole)


def _change(words: Words, change: Change) -> str:
    difference = change.difference
    if difference is None:
        return NOTHING
    if isinstance(change.now, Share):
        return words.gettext("%(points)s points", points=signed(words, round(difference * 100, 1)))
    if isinstance(change.before, int) and change.before >= FEWEST:
        return f"{signed(words, round(difference / change.before * 100, 1))}%"
    return signed(words, difference)


def signed(words: Words, value: float) -> str:
    """A number with its sign, also when it is more; ±0 for no change."""
    if not value:
        return "±0"
    return ("+" if value > 0 else "−") + words.number(abs(value))


# --- plain values ---------------------------------------------------------------


def heads(words: Words, column: Column) -> tuple[str, ...]:
    """The headings of a column in a spreadsheet: a share has its part and its whole beside it."""
    if column.kind == document.SHARE:
        return (
            column.head,
            words.gettext("%(what)s: part", what=column.head),
            words.gettext("%(what)s: whole", what=column.head),
        )
    if column.kind == document.LENGTH:
        return (words.gettext("%(what)s (seconds)", what=column.head),)
    return (column.head,)


def plain(words: Words, column: Column, value: Value) -> tuple[Any, ...]:
    """The cell's values in a spreadsheet, as many as `heads` has: numbers stay numbers."""
    if column.kind == document.SHARE:
        share = value if isinstance(value, Share) else Share(0, 0)
        return (share.value, share.part, share.whole)
    match value:
        case Fraction():
            return (value.value,)
        case Length():
            return (value.seconds,)
        case Change():
            return (value.difference,)
        case Light() | datetime() | date():
            return (say(words, value),)
        case TicketNumber():
            return (value.number,)
        case _:
            return (value,)


def twin(chart: Chart) -> Table:
    """The table that says the same as a chart."""
    kind = document.SHARE if chart.unit == document.SHARE else document.NUMBER
    columns = [Column(chart.head, document.TEXT, 2.0)]
    columns += [Column(one.name, document.NUMBER) for one in chart.series]
    rows: Iterable[tuple[Value, ...]] = (
        (label, *(one.values[at] for one in chart.series)) for at, label in enumerate(chart.labels)
    )
    if kind == document.SHARE:
        rows = ((label, *map(_fraction, values)) for label, *values in rows)
    return Table(f"{chart.id}-table", chart.title, tuple(columns), list(rows))


def _fraction(value: Any) -> Value:
    return None if value is None else Fraction(value)
