"""One class against the rest: a linear support vector machine on sparse rows, in plain Python.

Dual coordinate descent after Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM"
(ICML 2008), squared hinge loss. The offset is fixed: a text of which nothing is known scores 0, one of the
class 2 and more. So a class says nothing about words it has never seen, and most rows never move.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from random import Random

AIM = 2.0  # a row of the class should score this, any other row 0 or less
PASSES = 40
WHOLE = 4  # every fourth pass looks at all rows, the others at those that hold the border
STILL = 0.05  # no row is moved by more than this: done


@dataclass(frozen=True, slots=True)
class Row:
    """A text as numbers: which features it has and how strongly (unit length); `weight` of the example."""

    index: tuple[int, ...]
    value: tuple[float, ...]
    weight: float = 1.0


def separate(rows: Sequence[Row], belongs: Sequence[bool], size: int, cost: float) -> list[float]:
    """The weight of each of `size` features for the class whose rows `belongs` says."""
    weights = [0.0] * size
    held = [0.0] * len(rows)
    everyone = list(range(len(rows)))
    Random(0).shuffle(everyone)
    for number in range(PASSES):
        whole = number % WHOLE == 0
        # forwards and backwards in turn, or of two rows that contradict each other the later would win
        everyone.reverse()
        order = everyone if whole else [i for i in everyone if held[i]]
        moved = _pass(rows, belongs, cost, weights, held, order)
        if whole and moved < STILL:
            break
    return weights


def _pass(
    rows: Sequence[Row],
    belongs: Sequence[bool],
    cost: float,
    weights: list[float],
    held: list[float],
    order: Sequence[int],
) -> float:
    """Move each row's hold on the border to where it is best, given all others; the longest move made."""
    at = weights.__getitem__
    longest = 0.0
    for i in order:
        row = rows[i]
        soft = 1 / (2 * cost * row.weight)
        score = sum(map(mul, map(at, row.index), row.value))
        short = (AIM - score if belongs[i] else score) - soft * held[i]
        if short <= 0 and not held[i]:
            continue
        moved = max(short / (1 + soft), -held[i])
        held[i] += moved
        longest = max(longest, abs(moved))
        step = moved if belongs[i] else -moved
        for j, value in zip(row.index, row.value, strict=True):
            weights[j] += step * value
    return longest
