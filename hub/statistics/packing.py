"""A promise as one whole number: its kind, what is true of it and how long it took.

A month has half a million promises. One number for each goes through the driver three times as fast as a row
of three values, and sorted numbers lie by kind: a count is the length of a stretch, a median a place in it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, func, literal

from hub.statistics.seconds import Column

STEPS = ("answer", "accept", "arrive", "done", "resolve")
KINDS = (*STEPS, "callback")
PATTERNS = 1 << 3  # what is true of it: three clauses
SPAN = 1 << 36  # seconds, of which half are before the start: a clock may have gone wrong
ZERO = SPAN // 2
PATTERN = 2 * SPAN  # a pattern's numbers: first those without a length, then those with one
KIND = PATTERNS * PATTERN


def packed(kind: Column, took: ColumnElement[Any], pattern: ColumnElement[int]) -> ColumnElement[int]:
    """The number of a promise of one of KINDS; `took` in seconds, NULL where it has no length."""
    ranks = case(*((kind == name, literal(n * KIND, BigInteger)) for n, name in enumerate(KINDS)))
    return (
        ranks
        + pattern * literal(PATTERN, BigInteger)
        + func.coalesce(took + literal(SPAN + ZERO, BigInteger), 0)
    )


def by_kind(codes: Sequence[int]) -> Iterator[tuple[str, dict[int, int], list[int]]]:
    """(kind, how often each pattern holds, lengths in seconds, shortest first) of sorted numbers."""
    for n, kind in enumerate(KINDS):
        patterns: dict[int, int] = {}
        lengths: list[int] = []
        for bits in range(PATTERNS):
            least = n * KIND + bits * PATTERN
            first, middle, after = (bisect_left(codes, least + more) for more in (0, SPAN, PATTERN))
            if first < after:
                patterns[bits] = after - first
                zero = least + SPAN + ZERO
                lengths += [code - zero for code in codes[middle:after]]
        if patterns:
            yield kind, patterns, sorted(lengths)
