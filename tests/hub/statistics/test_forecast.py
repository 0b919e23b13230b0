"""The forecast: a season is seen, its error is honest, and little history is admitted to."""

import math

from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.forecast import HOLT_WINTERS, NAIVE, holt_winters, next_month, recent_mean, same_month


def seasonal(months: int) -> list[int]:
    return [round(200 + 2 * n + 60 * math.sin(2 * math.pi * n / 12)) for n in range(months)]


def test_trend_and_season_together_beat_last_years_month() -> None:
    found = next_month(seasonal(36))
    assert found is not None and found.method == HOLT_WINTERS
    expected = seasonal(37)[-1]
    assert abs(found.value - expected) < 5 < abs((found.naive or 0) - expected)
    assert found.error is not None and found.naive_error is not None
    assert (found.held_back, found.error < found.naive_error) == (6, True)


def test_where_the_year_repeats_itself_last_years_month_is_taken() -> None:
    year = [90, 10, 400, 30, 250, 60, 700, 80, 20, 500, 110, 5]
    found = next_month(year * 2)
    assert found is not None
    assert (found.value, found.naive, found.naive_error) == (90, 90, 0)
    assert (found.method, found.error) == (NAIVE, 0)


def test_little_history_gives_a_mean_and_says_how_little_it_knows() -> None:
    one = next_month([7])
    assert one is not None and (one.value, one.method, one.error, one.naive) == (7, "mean", None, None)
    assert next_month([]) is None
    assert same_month([1.0] * 11) is None and holt_winters([1.0] * 23) is None and recent_mean([]) is None


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=40))
def test_a_forecast_is_a_number_not_below_nothing(history: list[int]) -> None:
    found = next_month(history)
    assert found is not None and math.isfinite(found.value) and found.value >= 0
    assert found.error is None or found.error >= 0
