"""Public holidays and make-up workdays of a country or one of its parts."""

from collections.abc import Iterable
from datetime import date

import holidays
from chinese_calendar import constants as state_council

# the years whose holiday notice the State Council had published when that package was made
NOTICED = frozenset(day.year for day in state_council.holidays)


def public_holidays(region: str, years: Iterable[int]) -> tuple[frozenset[date], frozenset[date]]:
    """The closed days and the make-up workdays (調休) of those years.

    `region`: ISO country, or country and part ("US-MA", "HK", "TW", "CN", "GB-ENG"); "" has none of either.
    Mainland China follows the State Council's yearly notice where it is known; a later year has only the
    holidays the law fixes, so its make-up workdays are missing until the notice comes out.
    Raises ValueError for a region nobody knows.
    """
    wanted = frozenset(years)
    if not region or not wanted:
        return frozenset(), frozenset()
    if region != "CN":
        return _listed(region, wanted)
    closed, open_even_so = _listed(region, wanted - NOTICED)
    closed |= _within(state_council.holidays, wanted)
    open_even_so |= _within(state_council.workdays, wanted)
    return closed, open_even_so


def _listed(region: str, years: frozenset[int]) -> tuple[frozenset[date], frozenset[date]]:
    country, dash, part = region.partition("-")
    try:
        if dash and not part:
            raise NotImplementedError(region)
        days = holidays.country_holidays(country, subdiv=part or None, years=sorted(years))
    except NotImplementedError as unknown:
        raise ValueError(f"{region!r} is not a country or part of one whose holidays are known") from unknown
    return _within(days, years), _within(days.weekend_workdays, years)


def _within(days: Iterable[date], years: frozenset[int]) -> frozenset[date]:
    return frozenset(day for day in days if day.year in years)
