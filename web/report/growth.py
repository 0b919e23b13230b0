"""What grows over time, for a report: months and weeks side by side, the year so far, the month to come."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from hub.catalogue import Category
from hub.database import Tx
from hub.statistics import forecast, periods, series
from hub.statistics.periods import Period
from hub.statistics.scope import Scope
from hub.wall_clock import wall_time

TREND, HISTORY, WEEKS = 13, 36, 26
BUSIEST = 20  # categories whose coming month is foretold one by one
# an office whose first matter came on the third was open for the month
A_FEW_DAYS = timedelta(days=3)


@dataclass(frozen=True)
class Growth:
    """One report's view over time; `first` is the moment of the first matter there ever was."""

    tx: Tx
    ids: tuple[int, ...]
    period: Period
    zone: ZoneInfo
    first: datetime | None
    scope: Scope

    def trends(self) -> dict[str, Any]:
        """Months, weeks and the year so far. A week lies across two months, so both are made of pieces."""
        months = self._known(periods.last_months(self.period, TREND))
        weeks = self._known(periods.last_weeks(self.period, WEEKS))
        edges = sorted({*self._edges(months), *self._edges(weeks)})
        pieces = dict(zip(edges, series.counts(self.tx, self.ids, edges), strict=False))
        counted = {
            name: self._series(stretches, pieces)
            for name, stretches in (("months", months), ("weeks", weeks))
        }
        year = str((self.period.after - timedelta(days=1)).year)
        sums: Counter[str] = Counter()
        for month in counted["months"]:
            if month["key"].startswith(year):
                sums.update(month["counts"])
        return counted | {"year_to_date": dict(sorted(sums.items()))}

    def _known(self, stretches: Sequence[Period]) -> list[Period]:
        """From the first stretch in which there was anything."""
        return [one for one in stretches if self.first is not None and one.bounds(self.zone)[1] > self.first]

    def _series(
        self, stretches: Sequence[Period], pieces: Mapping[datetime, Counter[str]]
    ) -> list[dict[str, Any]]:
        """What is not over yet is cut at `as_of`, as the pieces are."""
        found = []
        for one, (start, end) in zip(stretches, pairwise(self._edges(stretches)), strict=False):
            sums: Counter[str] = Counter()
            for at, counts in pieces.items():
                if start <= at < end:
                    sums.update(counts)
            found.append({"key": one.key, "counts": dict(sorted(sums.items()))})
        return found

    def _edges(self, stretches: Sequence[Period]) -> list[datetime]:
        starts = [start for one in stretches if (start := one.bounds(self.zone)[0]) < self.scope.as_of]
        return (
            [*starts, min(stretches[len(starts) - 1].bounds(self.zone)[1], self.scope.as_of)]
            if starts
            else []
        )

    def forecasts(self) -> dict[str, list[dict[str, Any]]]:
        """Of the month that follows: as a whole (group ""), by group, and by the busiest categories.

        Months before the first full one are left out, for half a month would be taken for a quiet one.
        """
        months = [one for one in periods.last_months(self.period, HISTORY) if self._was_open(one)]
        edges = self._edges(months)
        if len(edges) < 2 or not months[-1].bounds(self.zone)[1] <= self.scope.as_of:
            return {"forecast": [], "forecast_categories": []}
        counts = series.by_category(self.tx, self.ids, edges)
        codes = {
            row[0]: (row[1], row[2])
            for row in self.tx.execute(select(col(Category.id), col(Category.code), col(Category.group_code)))
        }
        categories: dict[str, list[int]] = {}
        groups: dict[str, list[int]] = {"": [0] * len(months)}
        for category, each in counts.items():
            code, group = codes[category] if category is not None else ("-", "-")
            _add(categories, code, each)
            _add(groups, group, each)
            _add(groups, "", each)
        busiest = sorted(categories, key=lambda code: (-sum(categories[code]), code))[:BUSIEST]
        return {
            "forecast": list(_foretold("group", groups)),
            "forecast_categories": list(_foretold("category", {code: categories[code] for code in busiest})),
        }

    def _was_open(self, month: Period) -> bool:
        first = self.first
        return first is not None and wall_time(first, self.zone).date() <= month.first + A_FEW_DAYS


def _add(sums: dict[str, list[int]], key: str, counts: Sequence[int]) -> None:
    known = sums.get(key)
    sums[key] = [was + more for was, more in zip(known, counts, strict=True)] if known else list(counts)


def _foretold(by: str, counts: Mapping[str, list[int]]) -> Iterator[dict[str, Any]]:
    for key, each in sorted(counts.items()):
        foretold = forecast.next_month(each)
        if foretold is not None:
            yield {by: key, "last": each[-1], "months": len(each), **asdict(foretold)}
