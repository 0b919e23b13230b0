"""Charts as shapes: geometry only, so that one drawing serves the screen, the report and the paper.

Every shape has a class (the screen colours it by CSS variables, light and dark) and its colour on paper.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from web.report.document import SHARE, Chart
from web.words import N_, Words

WIDTH = 680
ROW, GAP = 22, 6
LEFT, RIGHT, TOP, BOTTOM = 190, 60, 12, 34
TALL = 190
LONGEST_LABEL = 26
HALF_WIDE = 6.6  # a letter, on average; Chinese ones are twice as wide
# on paper; the screen has its own in hub.css under the same classes
COLOURS = ("#0b5cad", "#d97706", "#15803d", "#7c3aed", "#be123c", "#0e7490", "#713f12", "#475569")
INK, QUIET, LINE, BAD = "#1c2430", "#566072", "#d5dbe3", "#b91c1c"
HEAT = ("#f4f6f8", "#fff4d6", "#ffe1a6", "#ffc18a", "#ff9d84")


@dataclass(frozen=True)
class Shape:
    """rect, line, path, circle or text, with its numbers; `css` is its class."""

    kind: str
    css: str
    fill: str
    numbers: tuple[float, ...] = ()
    text: str = ""
    anchor: str = "start"
    title: str = ""
    path: str = ""


@dataclass(frozen=True)
class Drawing:
    """A chart drawn: its size, what it is called and what it says to those who do not see it."""

    id: str
    width: int
    height: int
    title: str
    says: str
    shapes: tuple[Shape, ...]


def draw(chart: Chart, words: Words) -> Drawing:
    """The chart as shapes, in the reader's figures."""
    shapes = list(_KINDS[chart.kind](chart, words))
    return Drawing(
        chart.id, WIDTH, _height(chart), chart.title, chart.says or describe(chart, words), tuple(shapes)
    )


def describe(chart: Chart, words: Words) -> str:
    """In one sentence: how many values, the largest and where."""
    values = [
        (value, label, one.name)
        for one in chart.series
        for label, value in zip(chart.labels, one.values, strict=True)
        if value is not None
    ]
    if not values:
        return words.gettext(N_("Nothing to show."))
    most, label, name = max(values, key=lambda each: each[0])
    return words.gettext(
        N_("%(count)s values; the largest is %(value)s at %(label)s (%(name)s)."),
        count=len(values),
        value=_said(chart, words, most),
        label=label,
        name=name,
    )


def _height(chart: Chart) -> int:
    if chart.kind in ("bar", "stacked"):
        return TOP + len(chart.labels) * (ROW + GAP) + (ROW if chart.kind == "stacked" else 0)
    if chart.kind == "heat":
        return TOP + (len(chart.series) + 2) * ROW + 20
    return TOP + TALL + BOTTOM + (18 if len(chart.series) > 1 else 0)


def spark(chart: Chart) -> Drawing:
    """The last months as a line the size of a word; its numbers stand in the text beside it."""
    wide, high = 120, 26
    values = chart.series[0].values
    known = [value for value in values if value is not None]
    low, most = min(known, default=0.0), max(known, default=1.0)
    step, reach = (wide - 8) / max(1, len(values) - 1), (most - low) or 1.0
    points = [
        (4 + at * step, high - 4 - (high - 8) * (value - low) / reach)
        for at, value in enumerate(values)
        if value is not None
    ]
    shapes = [Shape("path", "trace s0", COLOURS[0], path=_path(points))] if len(points) > 1 else []
    if points:
        shapes.append(Shape("circle", "dot s0", COLOURS[0], (*points[-1], 3)))
    return Drawing(chart.id, wide, high, chart.title, chart.title, tuple(shapes))


# --- bars lying ------------------------------------------------------------------


def _bar(chart: Chart, words: Words) -> Iterator[Shape]:
    values = chart.series[0].values
    most = max((value or 0 for value in values), default=0) or 1
    for at, (label, value) in enumerate(zip(chart.labels, values, strict=True)):
        y = TOP + at * (ROW + GAP)
        yield _label(LEFT - 8, y + ROW - 7, label, "end")
        wide = (WIDTH - LEFT - RIGHT) * (value or 0) / most
        yield _rect(LEFT, y, wide, ROW, 0, f"{label}: {_said(chart, words, value)}")
        yield _text(LEFT + wide + 5, y + ROW - 7, _said(chart, words, value))


def _stacked(chart: Chart, words: Words) -> Iterator[Shape]:
    wholes = [sum(one.values[at] or 0 for one in chart.series) for at in range(len(chart.labels))]
    most = max(wholes, default=0) or 1
    yield from _legend(chart, 0)
    for at, label in enumerate(chart.labels):
        x, y = float(LEFT), TOP + ROW + at * (ROW + GAP)
        yield _label(LEFT - 8, y + ROW - 7, label, "end")
        for number, one in enumerate(chart.series):
            wide = (WIDTH - LEFT - RIGHT) * (one.values[at] or 0) / most
            said = f"{label}, {one.name}: {_said(chart, words, one.values[at])}"
            yield _rect(x, y, wide, ROW, number, said)
            x += wide
        yield _text(x + 5, y + ROW - 7, _said(chart, words, wholes[at]))


# --- columns standing, lines, control charts ----------------------------------------


def _column(chart: Chart, words: Words) -> Iterator[Shape]:
    most, left, step = _top(chart), 46, _step(chart, 46)
    yield from _axis(chart, words, most, left)
    values = chart.series[0].values
    for at, (label, value) in enumerate(zip(chart.labels, values, strict=True)):
        high = TALL * (value or 0) / most
        x = left + at * step + step * 0.15
        said = f"{label}: {_said(chart, words, value)}"
        yield _rect(x, TOP + TALL - high, step * 0.7, high, 0, said)
    yield from _under(chart, left, step)


def _line(chart: Chart, words: Words) -> Iterator[Shape]:
    most, left, step = _top(chart), 46, _step(chart, 46)
    yield from _axis(chart, words, most, left)
    for number, one in enumerate(chart.series):
        yield from _trace(one.values, number, most, left, step)
    yield from _under(chart, left, step)
    if len(chart.series) > 1:
        yield from _legend(chart, TOP + TALL + BOTTOM)


def _control(chart: Chart, words: Words) -> Iterator[Shape]:
    yield from _line(chart, words)
    most, left, step = _top(chart), 46, _step(chart, 46)
    if chart.centre is None:
        return
    for css, bound in (
        ("limit", chart.low),
        ("limit", chart.high),
        ("centre", (chart.centre,) * len(chart.low)),
    ):
        points = [
            (left + (at + 0.5) * step, TOP + TALL * (1 - value / most)) for at, value in enumerate(bound)
        ]
        yield Shape("path", css, QUIET, path=_path(points))
    for at, (signal, value) in enumerate(zip(chart.signals, chart.series[0].values, strict=True)):
        if signal and value is not None:
            x, y = left + (at + 0.5) * step, TOP + TALL * (1 - value / most)
            yield Shape("circle", "signal", BAD, (x, y, 5), title=chart.labels[at])


def _trace(
    values: tuple[float | None, ...], number: int, most: float, left: float, step: float
) -> Iterator[Shape]:
    run: list[tuple[float, float]] = []
    colour = COLOURS[number % len(COLOURS)]
    for at, value in enumerate((*values, None)):
        if value is not None:
            run.append((left + (at + 0.5) * step, TOP + TALL * (1 - value / most)))
            continue
        if len(run) > 1:
            yield Shape("path", f"trace s{number}", colour, path=_path(run))
        for x, y in run:
            yield Shape("circle", f"dot s{number}", colour, (x, y, 2.5))
        run = []


def _axis(chart: Chart, words: Words, most: float, left: float) -> Iterator[Shape]:
    for share in (0.0, 0.5, 1.0):
        y = TOP + TALL * (1 - share)
        yield Shape("line", "grid", LINE, (left, y, WIDTH - 8, y))
        yield _text(left - 6, y + 4, _said(chart, words, _tidy(most * share, chart)), "end")


def _under(chart: Chart, left: float, step: float) -> Iterator[Shape]:
    """Labels below, as many as there is room for."""
    room = max((len(label) for label in chart.labels), default=1) * 7.2 + 8
    every = max(1, -(-int(room) // max(1, int(step))))
    for at, label in enumerate(chart.labels):
        if at % every == 0:
            yield _text(left + (at + 0.5) * step, TOP + TALL + 18, label, "middle")


# --- heat ----------------------------------------------------------------------------


def _heat(chart: Chart, words: Words) -> Iterator[Shape]:
    most = max((value or 0 for one in chart.series for value in one.values), default=0) or 1
    left, step = LEFT, (WIDTH - LEFT - 8) / max(1, len(chart.labels))
    for at, label in enumerate(chart.labels):
        yield _label(left + (at + 0.5) * step, TOP + 14, label, "middle", int(step / HALF_WIDE))
    for row, one in enumerate(chart.series):
        y = TOP + (row + 1) * ROW
        yield _label(left - 8, y + ROW - 7, one.name, "end")
        for at, value in enumerate(one.values):
            level = min(4, 1 + int(4 * ((value or 0) - 1) // most)) if value else 0
            said = f"{one.name}, {chart.labels[at]}: {_said(chart, words, value or 0)}"
            yield Shape(
                "rect", f"h{level}", HEAT[level], (left + at * step, y, step - 2, ROW - 2), title=said
            )
            if value:
                yield _text(left + (at + 0.5) * step, y + ROW - 7, _said(chart, words, value), "middle")


_KINDS: dict[str, Callable[[Chart, Words], Iterator[Shape]]] = {
    "bar": _bar,
    "column": _column,
    "stacked": _stacked,
    "line": _line,
    "control": _control,
    "heat": _heat,
}


# --- the small parts --------------------------------------------------------------------


def _top(chart: Chart) -> float:
    """The top of the scale: 100 % for shares, else a little above the largest."""
    if chart.unit == SHARE:
        return 1.0
    values = [value for one in chart.series for value in one.values if value is not None]
    return max((*values, *chart.high, 1.0)) * 1.05


def _step(chart: Chart, left: float) -> float:
    return (WIDTH - 8 - left) / max(1, len(chart.labels))


def _tidy(value: float, chart: Chart) -> float:
    return value if chart.unit == SHARE else round(value)


def _said(chart: Chart, words: Words, value: float | None) -> str:
    if value is None:
        return "–"
    return words.percent(value, 1) if chart.unit == SHARE else words.number(value)


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _rect(x: float, y: float, wide: float, high: float, number: int, title: str) -> Shape:
    return Shape("rect", f"s{number}", COLOURS[number % len(COLOURS)], (x, y, wide, high), title=title)


def _text(x: float, y: float, text: str, anchor: str = "start") -> Shape:
    return Shape("text", "said", INK, (x, y), text=text, anchor=anchor)


def _label(x: float, y: float, text: str, anchor: str, room: int = LONGEST_LABEL) -> Shape:
    """A label cut to its room, in half-width letters; the whole stands in its title and in the table."""
    wide = 0
    for at, letter in enumerate(text):
        wide += 1 if ord(letter) < 0x2E80 else 2
        if wide > room:
            return Shape("text", "said", INK, (x, y), text=text[:at] + "…", anchor=anchor, title=text)
    return Shape("text", "said", INK, (x, y), text=text, anchor=anchor)


def _legend(chart: Chart, y: float) -> Iterator[Shape]:
    x = 46.0
    for number, one in enumerate(chart.series):
        yield Shape("rect", f"s{number}", COLOURS[number % len(COLOURS)], (x, y + 3, 10, 10))
        yield _text(x + 14, y + 12, one.name)
        x += 30 + sum(7 if ord(letter) < 0x2E80 else 12 for letter in one.name)
