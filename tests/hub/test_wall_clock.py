from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.wall_clock import as_utc, first_instant, wall_time

BOSTON = "America/New_York"
# jumps of an hour by night, of an hour at midnight, of half an hour; and a zone that never jumps
ZONES = [BOSTON, "Europe/London", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Hong_Kong"]
unhurried = settings(deadline=None)  # a busy machine is no counter-example
amounts = st.timedeltas(timedelta(), timedelta(days=20))


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        as_utc(datetime(2026, 1, 1))


def test_a_time_shown_twice_is_the_first_showing():
    assert first_instant(datetime(2026, 11, 1, 1, 30), ZoneInfo(BOSTON)) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )


def test_a_time_never_shown_is_the_moment_of_the_jump():
    assert first_instant(datetime(2026, 3, 8, 2, 30), ZoneInfo(BOSTON)) == datetime(2026, 3, 8, 7, tzinfo=UTC)


@unhurried
@given(st.sampled_from(ZONES), st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)), amounts)
def test_a_later_wall_time_never_comes_first(zone, wall, amount):
    place = ZoneInfo(zone)
    instant = first_instant(wall, place)
    assert wall_time(instant, place) >= wall
    assert first_instant(wall + amount, place) >= instant
    assert wall_time(instant - timedelta(seconds=1), place) < wall
