"""What a promise is, as one small number: its kind, and which of three clauses are true of it.

A month has half a million promises, each of them told to every division: what is told is two whole numbers.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, case

from hub.statistics.seconds import Column

STEPS = ("answer", "accept", "arrive", "done", "resolve")
KINDS = (*STEPS, "callback")
PATTERNS = 1 << 3
Cells = list[list[int | None]]  # the lengths of what has each number; None where there is no length


def packed(kind: Column, pattern: ColumnElement[int]) -> ColumnElement[int]:
    """The number of a promise of one of KINDS."""
    ranks: ColumnElement[int] = case({name: n * PATTERNS for n, name in enumerate(KINDS)}, value=kind)
    return ranks + pattern


def cells() -> Cells:
    """A place for each number."""
    return [[] for _ in range(len(KINDS) * PATTERNS)]


def by_kind(found: Cells) -> Iterator[tuple[str, dict[int, int], Sequence[int]]]:
    """(kind, how often each pattern holds, lengths, shortest first) of every kind there is."""
    for n, kind in enumerate(KINDS):
        mine = found[n * PATTERNS : (n + 1) * PATTERNS]
        patterns = {bits: len(cell) for bits, cell in enumerate(mine) if cell}
        if patterns:
            yield kind, patterns, sorted(took for cell in mine for took in cell if took is not None)
