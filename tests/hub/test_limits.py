from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.calendars import WorkingCalendar
from hub.limits import AT_ONCE, LONGEST, Limit, at_share

ZONE = "Asia/Hong_Kong"
ALWAYS = WorkingCalendar.round_the_clock(ZONE)
DAYTIME = WorkingCalendar.daily(ZONE, time(8), time(20))
OFFICE = WorkingCalendar.weekly(ZONE, time(9), time(18))

unhurried = settings(deadline=None)  # a busy machine is no counter-example

limits = st.sampled_from(sorted(LONGEST)).flatmap(
    lambda unit: st.builds(Limit, st.integers(1, 90), st.just(unit))
)
instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
calendars = st.sampled_from([ALWAYS, DAYTIME, OFFICE])


def hk(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


FRIDAY_EVENING = hk("2026-09-18 19:30")


@pytest.mark.parametrize(
    ("text", "calendar", "due"),
    [
        ("15m", ALWAYS, "2026-09-18 19:45"),
        ("9h", ALWAYS, "2026-09-19 04:30"),
        ("9h", DAYTIME, "2026-09-19 16:30"),
        ("24h", DAYTIME, "2026-09-19 19:30"),
        ("9h", OFFICE, "2026-09-21 18:00"),
        ("3d", ALWAYS, "2026-09-21 19:30"),
        ("1d", OFFICE, "2026-09-21 09:00"),
        ("3d", OFFICE, "2026-09-22 09:00"),
        ("1wd", OFFICE, "2026-09-22 09:00"),
        ("5wd", OFFICE, "2026-09-28 09:00"),
        ("0m", ALWAYS, "2026-09-18 19:45"),
        ("0m", OFFICE, "2026-09-21 09:15"),
    ],
)
def test_a_limit_falls_due_on_its_own_clock(text, calendar, due):
    assert Limit.parse(text).due(FRIDAY_EVENING, calendar) == hk(due)


def test_at_once_is_fifteen_minutes():
    assert timedelta(minutes=15) == AT_ONCE


@unhurried
@given(limits)
def test_a_limit_is_read_as_it_is_written(limit):
    assert Limit.parse(str(limit)) == limit
    assert Limit.parse(f" {limit} ") == limit


@pytest.mark.parametrize("text", ["", "15", "m", "-5m", "1.5h", "3 d", "5w", "24h safe", "appt", "٣d", "3D"])
def test_a_text_that_is_no_limit_is_refused_by_name(text):
    with pytest.raises(ValueError, match="is not a limit like") as refusal:
        Limit.parse(text)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize("text", ["0h", "0d", "0wd", "3661d", "9999999m", "87841h"])
def test_nothing_in_days_and_more_than_ten_years_are_refused_by_name(text):
    with pytest.raises(ValueError, match=f"{text} is not a limit: at once is 0m"):
        Limit.parse(text)


def test_a_limit_cannot_be_built_wrong_either():
    with pytest.raises(ValueError, match="'w' is not a unit"):
        Limit(3, "w")
    with pytest.raises(ValueError, match="-3d is not a limit"):
        Limit(-3, "d")


@unhurried
@given(limits, instants, calendars)
def test_no_limit_is_due_before_it_begins(limit, start, calendar):
    assert limit.due(start, calendar) > start


# ---------------------------------------------------------------- shares


def test_warning_at_eighty_percent_counts_open_hours_only():
    due = Limit.parse("10h").due(FRIDAY_EVENING, OFFICE)
    assert due == hk("2026-09-22 10:00")
    assert at_share(FRIDAY_EVENING, due, 50, OFFICE) == hk("2026-09-21 14:00")
    assert at_share(FRIDAY_EVENING, due, 80, OFFICE) == hk("2026-09-21 17:00")
    assert at_share(FRIDAY_EVENING, due, 100, OFFICE) == due
    assert at_share(FRIDAY_EVENING, due, 150, OFFICE) == hk("2026-09-22 15:00")


def test_a_due_time_at_the_doors_opening_is_kept_at_a_hundred_percent():
    due = hk("2026-09-21 09:00")
    assert at_share(hk("2026-09-18 16:00"), due, 100, OFFICE) == due
    assert at_share(hk("2026-09-18 16:00"), due, 99, OFFICE) < hk("2026-09-18 18:00")


def test_a_limit_without_any_open_time_is_used_up_at_once_and_not_before_its_start():
    saturday, sunday = hk("2026-09-19 12:00"), hk("2026-09-20 12:00")
    assert at_share(saturday, sunday, 80, OFFICE) == saturday
    assert at_share(saturday, sunday, 150, OFFICE) == sunday
    assert at_share(sunday, saturday, 80, OFFICE) == saturday


def test_a_negative_share_is_refused():
    with pytest.raises(ValueError, match="-1 %"):
        at_share(FRIDAY_EVENING, FRIDAY_EVENING, -1, OFFICE)


@unhurried
@given(limits, instants, calendars, st.integers(0, 300), st.integers(0, 300))
def test_a_larger_share_never_comes_earlier(limit, start, calendar, one, other):
    small, large = sorted([one, other])
    due = limit.due(start, calendar)
    assert start <= at_share(start, due, small, calendar) <= at_share(start, due, large, calendar)


@unhurried
@given(limits, instants, calendars, st.integers(0, 300))
def test_a_share_is_that_share_of_the_open_time(limit, start, calendar, percent):
    due = limit.due(start, calendar)
    passed = calendar.between(start, at_share(start, due, percent, calendar))
    assert abs(passed - calendar.between(start, due) * percent / 100) <= timedelta(microseconds=1)
