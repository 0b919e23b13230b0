"""What grows over time, for a report: months and weeks side by side, the year so far, the month to come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.database import Tx
from hub.statistics import forecast, periods, series
from hub.statistics.periods import Period
from hub.statistics.scope import Scope
from hub.wall_clock import wall_time

TREND, HISTORY, WEEKS = 13, 36, 26
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
        months = periods.last_months(self.period, TREND)
        weeks = periods.last_weeks(self.period, WEEKS)
        counted = {name: self._series(each) for name, each in (("months", months), ("weeks", weeks))}
        year = str((self.period.after - timedelta(days=1)).year)
        sums: Counter[str] = Counter()
        for month in counted["months"]:
            if month["key"].startswith(year):
                sums.update(month["counts"])
        return counted | {"year_to_date": dict(sorted(sums.items()))}

    def _series(self, stretches: Sequence[Period]) -> list[dict[str, Any]]:
        """From the first stretch in which there was anything; what is not over yet is cut at `as_of`."""
        known = [one for one in stretches if self.first is not None and one.bounds(self.zone)[1] > self.first]
        edges = self._edges(known)
        if len(edges) < 2:
            return []
        counts = series.counts(self.tx, self.ids, edges)
        return [
            {"key": one.key, "counts": {name: count for name, count in sorted(n.items()) if count}}
            for one, n in zip(known, counts, strict=False)
        ]

    def _edges(self, stretches: Sequence[Period]) -> list[datetime]:
        starts = [start for one in stretches if (start := one.bounds(self.zone)[0]) < self.scope.as_of]
        return (
            [*starts, min(stretches[len(starts) - 1].bounds(self.zone)[1], self.scope.as_of)]
            if starts
            else []
        )

    def forecasts(self) -> list[dict[str, Any]]:
        """Of the month that follows, by group and as a whole (group ""); months before the first full one
        are left out, for half a month would be taken for a quiet one."""
        months = [one for one in periods.last_months(self.period, HISTORY) if self._was_open(one)]
        edges = self._edges(months)
        if len(edges) < 2 or not months[-1].bounds(self.zone)[1] <= self.scope.as_of:
            return []
        groups = series.by_group(self.tx, self.ids, edges)
        whole = [sum(counts[at] for counts in groups.values()) for at in range(len(months))]
        found = []
        for group, counts in [("", whole), *sorted((key or "-", counts) for key, counts in groups.items())]:
            foretold = forecast.next_month(counts)
            if foretold is not None:
                found.append({"group": group, "last": counts[-1], "months": len(counts), **asdict(foretold)})
        return found

    def _was_open(self, month: Period) -> bool:
        first = self.first
        return first is not None and wall_time(first, self.zone).date() <= month.first + A_FEW_DAYS
