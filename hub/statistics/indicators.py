"""The figures of a period, whole or divided: counts, ratios with both their parts, and how long steps took.

The same few grouped queries on both engines; nothing is read row by row but what only a calendar can judge.
Source: domain.md §3.5 (formulas), §7 (what the monthly report needs).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from hub.database import Tx
from hub.organisation import Office
from hub.statistics import repeats, timeliness, voices, volume
from hub.statistics.cuts import ALWAYS_SHOWN, Division, Sums, Tallies, cut, zones
from hub.statistics.definitions import MEDIANS, RATIOS
from hub.statistics.naming import names
from hub.statistics.scope import Scope, months
from hub.statistics.side_by_side import SideBySide
from hub.statistics.volume import RESIDENTIAL

# parts that have no households of their own to compare with
PLACES = ("building", "room")
Count = Callable[[Tx, Division, Scope, Sums], None]
COUNTING: tuple[Count, ...] = (
    volume.intake,
    volume.happenings,
    volume.closings,
    volume.backlog,
    repeats.repairs,
    repeats.complaints,
    timeliness.at_risk,
    voices.answers,
    voices.owed,
)

# Counted by whoever reads the promises, where two read: each then has half of the work.
WITH_LENGTHS: tuple[Count, ...] = (volume.closings, volume.backlog)
STEPS = len(COUNTING) + 1
HEADLINE_STEPS = ("answer", "resolve")
HEADLINE = ("on_time_response", "on_time_completion", "solved_rate", "satisfaction", "satisfaction_strict")


@dataclass(frozen=True)
class Ratio:
    """One indicator with what it was divided from."""

    name: str
    numerator: int
    denominator: int
    note: str = ""

    @property
    def value(self) -> float | None:
        """The share, as a number (1.0 is all); None where there was nothing to judge."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Figures:
    """All figures of one part of a division; "" is the key of the whole, and of what has no such part.

    `counts` answers 0 for what did not happen; `medians` has every name of MEDIANS, None where no step was
    taken. `label` is a name as it is stored: screens translate codes (kinds, channels, priorities).
    """

    key: str
    label: str
    counts: Counter[str]
    ratios: dict[str, Ratio]
    medians: dict[str, timedelta | None]


def figures(tx: Tx, scope: Scope, by: str = "", beside: Tx | None = None) -> list[Figures]:
    """The figures of the scope, by one of BY, in the order of their keys.

    One row for the whole when `by` is "". By month, each month is a period of its own, seen from its end, in
    the zone of the first office. Half is counted by `beside` meanwhile, where there is a second reader of the
    same view (Database.views). Raises BadInput for an unknown division.
    """
    if by == "month":
        zone = next(iter(zones(tx, scope)), None)
        return [_whole(tx, part, month, beside) for month, part in months(scope, zone)] if zone else []
    if beside is not None:
        return _counted_by_two(tx, beside, scope, by)
    return _counted(tx, cut(tx, scope, by), scope, _no_step)[by]


def figures_by(
    tx: Tx, scope: Scope, bys: Sequence[str], step: Callable[[], None] | None = None
) -> dict[str, list[Figures]]:
    """The figures by each of several divisions ("month" is none of them), every fact read once for all.

    `step` is called STEPS times on the way.
    """
    return _counted(tx, SideBySide(tx, scope, bys), scope, step or _no_step)


def headline_by(tx: Tx, scope: Scope, bys: Sequence[str]) -> dict[str, list[Figures]]:
    """The counts and rates a wall shows, by each of several divisions: those of `figures`, and fewer.

    Received, closed, answered and completed in time, what customers said; no backlog, no order, no length.
    """
    division = SideBySide(tx, scope, bys) if len(bys) > 1 else cut(tx, scope, *bys)
    sums = _nothing(division, scope)
    for count in (volume.intake, volume.closings, voices.answers):
        count(tx, division, scope, sums)
    timeliness.in_time(tx, division, scope, sums, HEADLINE_STEPS)
    found = {by: _rows(tx, scope, by, tallies, {}) for by, tallies in sums.items()}
    return {by: [replace(row, ratios=_those(row, HEADLINE)) for row in rows] for by, rows in found.items()}


def _whole(tx: Tx, scope: Scope, month: str, beside: Tx | None) -> Figures:
    (whole,) = figures(tx, scope, beside=beside)
    return Figures(month, month, whole.counts, whole.ratios, whole.medians)


def _counted(tx: Tx, division: Division, scope: Scope, step: Callable[[], None]) -> dict[str, list[Figures]]:
    sums = _nothing(division, scope)
    for count in COUNTING:
        count(tx, division, scope, sums)
        step()
    lengths = timeliness.kept_or_late(tx, division, scope, sums)
    step()
    return _added_up(tx, scope, sums, lengths)


def _counted_by_two(tx: Tx, beside: Tx, scope: Scope, by: str) -> list[Figures]:
    """As `_counted`, the promises and what goes with them by the second reader."""

    def counted(reader: Tx, counting: Sequence[Count]) -> tuple[Division, Sums]:
        division = cut(reader, scope, by)
        sums = _nothing(division, scope)
        for count in counting:
            count(reader, division, scope, sums)
        return division, sums

    def with_lengths() -> tuple[Sums, dict[str, timeliness.Lengths]]:
        division, sums = counted(beside, WITH_LENGTHS)
        return sums, timeliness.kept_or_late(beside, division, scope, sums)

    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(copy_context().run, with_lengths)
        _, sums = counted(tx, [count for count in COUNTING if count not in WITH_LENGTHS])
        more, lengths = theirs.result()
    for part, tally in more[by].items():
        sums[by][part].update(tally)
    return _added_up(tx, scope, sums, lengths)[by]


def _added_up(
    tx: Tx, scope: Scope, sums: Sums, lengths: dict[str, timeliness.Lengths]
) -> dict[str, list[Figures]]:
    for by, tallies in sums.items():
        _add_denominators(tx, scope, by, tallies)
    return {by: _rows(tx, scope, by, tallies, lengths[by]) for by, tallies in sums.items()}


def _nothing(division: Division, scope: Scope) -> Sums:
    """Where nothing was counted yet: only the parts that are shown all the same."""
    sums: Sums = {by: defaultdict(Counter) for by in division.bys}
    for by, tallies in sums.items():
        for key in scope.office_ids if by == "office" else ALWAYS_SHOWN.get(by, ()):
            tallies[key].update()
    return sums


def _those(row: Figures, names: Sequence[str]) -> dict[str, Ratio]:
    return {name: row.ratios[name] for name in names}


def _no_step() -> None:
    """Nobody watches."""


def _rows(tx: Tx, scope: Scope, by: str, tallies: Tallies, lengths: timeliness.Lengths) -> list[Figures]:
    called = names(tx, scope, by, tallies)
    rows = [_figures(*called[key], tally, lengths.get(key, {})) for key, tally in tallies.items()]
    return sorted(rows, key=lambda row: row.key)


def _add_denominators(tx: Tx, scope: Scope, by: str, tallies: Tallies) -> None:
    """Households and m² to set complaints against: an office's own, else those of all its kind together."""
    rows = tx.execute(
        select(col(Office.id), col(Office.property_type), col(Office.households), col(Office.area_m2)).where(
            col(Office.id).in_(scope.office_ids)
        )
    ).all()
    for key, tally in tallies.items():
        mine = [row for row in rows if by != "office" or row.id == key]
        homes = [row.id for row in mine if row.property_type == RESIDENTIAL]
        if by in PLACES:
            continue
        tally["households"] = sum(row.households for row in mine if row.id in homes)
        tally["area_m2"] = sum(row.area_m2 for row in mine if row.id not in homes)


def _figures(key: str, label: str, tally: Counter[str], lengths: dict[str, timedelta]) -> Figures:
    ratios = {}
    for name, (formula, said) in RATIOS.items():
        over = sum(tally[each] for each in formula.over) - sum(tally[each] for each in formula.less)
        ratios[name] = Ratio(name, over, sum(tally[each] for each in formula.under), said.note)
    return Figures(key, label, tally, ratios, {name: lengths.get(name) for name in MEDIANS})
