"""Control charts: what is chance and what is change."""

import random

from hypothesis import given
from hypothesis import strategies as st

from hub.statistics.control import BEYOND, RUNS, p, xmr

LABELS = [str(n) for n in range(40)]


def test_limits_are_the_mean_and_two_thirds_of_four_mean_steps() -> None:
    chart = xmr(LABELS[:6], [10, 12, 10, 12, 10, 12])
    assert chart.centre == 11
    assert [(round(point.low, 2), round(point.high, 2)) for point in chart.points[:1]] == [(5.68, 16.32)]
    assert chart.points[-1].signal == ""


def test_a_leap_is_a_signal_and_the_noise_before_it_is_not() -> None:
    dice = random.Random(1)
    values = [100 + dice.randrange(-5, 6) for _ in range(25)]
    assert not any(point.signal for point in xmr(LABELS[:25], values).points)
    assert xmr(LABELS[:26], [*values, 160]).points[-1].signal == BEYOND


def test_eight_in_a_row_on_one_side_are_a_change_though_none_is_beyond() -> None:
    values = [10, 12] * 6 + [12.4, 12.6] * 4
    signals = [point.signal for point in xmr(LABELS[:20], values).points]
    assert signals[-1] == RUNS and BEYOND not in signals and not any(signals[:12])


def test_a_share_of_a_small_whole_has_wider_limits() -> None:
    chart = p(LABELS[:6], [90, 9, 90, 9, 90, 9], [100, 10, 100, 10, 100, 10])
    large, small = chart.points[0], chart.points[1]
    assert small.low < large.low < 0.9 < large.high < small.high <= 1.0
    assert not any(point.signal for point in chart.points)


def test_too_few_points_have_no_limits_and_no_signals() -> None:
    for chart in (xmr(LABELS[:5], [1, 1, 1, 1, 99]), p(LABELS[:5], [1] * 5, [1] * 5), xmr([], [])):
        assert chart.centre is None and not any(point.signal for point in chart.points)


def test_a_week_in_which_nothing_fell_due_is_no_value_and_breaks_nothing() -> None:
    chart = p(LABELS[:8], [9, 9, 9, 0, 9, 9, 9, 9], [10, 10, 10, 0, 10, 10, 10, 10])
    assert chart.points[3].value is None and chart.points[3].signal == ""


@given(st.lists(st.integers(0, 10_000), min_size=6, max_size=40))
def test_limits_enclose_the_centre_and_are_never_below_nothing(values: list[int]) -> None:
    chart = xmr(LABELS[: len(values)], values)
    assert chart.centre is not None
    for point in chart.points:
        assert 0 <= point.low <= chart.centre + 1e-9 and chart.centre <= point.high + 1e-9
