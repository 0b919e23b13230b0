"""Control charts (控制圖): whether a figure really changed, or only did what it always does.

XmR for counts, p for shares. Pure arithmetic; a point is a signal when it lies beyond the limits, or is the
eighth in a row on one side of the centre. Source: W. A. Shewhart's charts as in ISO 7870-2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

# 3 / d2 for ranges of two neighbours: the natural limits of single values
WIDTH = 2.66
RUN = 8
FEWEST = 6  # limits drawn from fewer points are no limits
BEYOND, RUNS = "beyond", "run"


@dataclass(frozen=True)
class Point:
    """One value with its limits; `signal` is "", "beyond" or "run"; no value where nothing was judged."""

    label: str
    value: float | None
    low: float
    high: float
    signal: str = ""


@dataclass(frozen=True)
class Control:
    """A control chart: its points in time order, and the centre they swing around (None: too few points)."""

    points: tuple[Point, ...]
    centre: float | None


def xmr(labels: Sequence[str], values: Sequence[float]) -> Control:
    """Single values with moving ranges: limits at the mean ± 2.66 times the mean step, not below 0."""
    if len(values) < FEWEST:
        return _without_limits(labels, values)
    centre = sum(values) / len(values)
    steps = [abs(after - before) for before, after in pairwise(values)]
    reach = WIDTH * sum(steps) / len(steps)
    bounds = [(max(0.0, centre - reach), centre + reach)] * len(values)
    return _judged(labels, values, bounds, centre)


def p(labels: Sequence[str], parts: Sequence[int], wholes: Sequence[int]) -> Control:
    """Shares of unequal wholes: limits at ± 3 standard errors of each point's own whole, within 0 and 1."""
    values = [part / whole if whole else None for part, whole in zip(parts, wholes, strict=True)]
    if sum(value is not None for value in values) < FEWEST:
        return _without_limits(labels, values)
    centre = sum(parts) / sum(wholes)
    bounds = []
    for whole in wholes:
        reach = 3 * sqrt(centre * (1 - centre) / whole) if whole else 1.0
        bounds.append((max(0.0, centre - reach), min(1.0, centre + reach)))
    return _judged(labels, values, bounds, centre)


def _judged(
    labels: Sequence[str],
    values: Sequence[float | None],
    bounds: Sequence[tuple[float, float]],
    centre: float,
) -> Control:
    points: list[Point] = []
    side, length = 0, 0
    for label, value, (low, high) in zip(labels, values, bounds, strict=True):
        here = 0 if value is None or value == centre else 1 if value > centre else -1
        length = length + 1 if here and here == side else abs(here)
        side = here or side
        signal = ""
        if value is not None and not low <= value <= high:
            signal = BEYOND
        elif length >= RUN:
            signal = RUNS
        points.append(Point(label, value, low, high, signal))
    return Control(tuple(points), centre)


def _without_limits(labels: Sequence[str], values: Sequence[float | None]) -> Control:
    return Control(
        tuple(Point(label, value, 0.0, 0.0) for label, value in zip(labels, values, strict=True)), None
    )
