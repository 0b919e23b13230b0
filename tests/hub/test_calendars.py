from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from hub.calendars import END_OF_DAY, WorkingCalendar

HONG_KONG, BOSTON = "Asia/Hong_Kong", "America/New_York"


def minutes(amount: int) -> timedelta:
    return timedelta(minutes=amount)


def local(zone: str, text: str, fold: int = 0) -> datetime:
    """An instant by what the wall clock of that zone shows."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def hk(text: str) -> datetime:
    return local(HONG_KONG, text)


LUNCH = WorkingCalendar.from_data(
    {
        "zone": HONG_KONG,
        "hours": {day: ["09:00-12:30", "13:30-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
        | {"sat": ["09:00-13:00"]},
        "holidays": ["2026-10-01", "2026-10-02"],  # a Thursday and a Friday
        "workdays": ["2026-10-10", "2026-10-11"],  # a Saturday and a Sunday
    }
)


# ---------------------------------------------------------------- examples


def test_the_lunch_break_is_not_counted():
    assert LUNCH.add(hk("2026-09-21 12:00"), minutes(60)) == hk("2026-09-21 14:00")
    assert LUNCH.between(hk("2026-09-21 12:00"), hk("2026-09-21 14:00")) == minutes(60)
    assert not LUNCH.is_open(hk("2026-09-21 12:30"))
    assert LUNCH.is_open(hk("2026-09-21 13:30"))


def test_time_used_up_at_closing_ends_at_closing_and_not_next_morning():
    assert LUNCH.add(hk("2026-09-21 17:00"), minutes(60)) == hk("2026-09-21 18:00")
    assert LUNCH.add(hk("2026-09-21 17:00"), minutes(61)) == hk("2026-09-22 09:01")


def test_a_split_shift_over_the_weekend():
    assert LUNCH.add(hk("2026-09-18 17:30"), timedelta(hours=6)) == hk("2026-09-21 10:30")


def test_a_holiday_in_the_middle_is_not_counted():
    assert LUNCH.between(hk("2026-09-30 17:00"), hk("2026-10-03 10:00")) == timedelta(hours=2)
    assert LUNCH.add_working_days(hk("2026-09-30 10:00"), 1) == hk("2026-10-03 10:00")
    assert LUNCH.add_days(hk("2026-09-30 10:00"), 1) == hk("2026-10-03 09:00")
    assert not LUNCH.is_working_day(date(2026, 10, 1))


def test_a_makeup_workday_has_mondays_hours():
    assert LUNCH.is_open(hk("2026-10-10 17:59"))
    assert LUNCH.is_open(hk("2026-10-11 09:00"))
    assert not LUNCH.is_open(hk("2026-10-17 17:59"))
    assert LUNCH.add_working_days(hk("2026-10-09 16:00"), 2) == hk("2026-10-11 16:00")


def test_a_makeup_workday_wins_over_a_holiday():
    day = frozenset({date(2026, 10, 10)})
    both = WorkingCalendar(HONG_KONG, LUNCH.hours, holidays=day, workdays=day, makeup_like=5)
    assert both.is_working_day(date(2026, 10, 10))
    assert not both.is_open(hk("2026-10-10 13:00")), "a make-up day like Saturday closes at 13:00"


def test_a_hold_across_a_holiday_costs_only_the_open_time():
    held = LUNCH.between(hk("2026-09-30 16:00"), hk("2026-10-05 10:00"))
    assert held == timedelta(hours=2 + 4 + 1)  # Wednesday's end, Saturday morning, Monday's first hour


def test_a_night_shift_to_midnight_meets_the_one_from_midnight():
    night = WorkingCalendar(HONG_KONG, dict.fromkeys(range(7), ((time(0), time(6)), (time(22), END_OF_DAY))))
    assert night.add(hk("2026-09-21 21:00"), timedelta(hours=8)) == hk("2026-09-22 06:00")
    assert night.is_open(hk("2026-09-22 00:00"))
    assert night.to_data()["hours"]["mon"] == ["00:00-06:00", "22:00-24:00"]


def test_a_working_day_that_ends_before_that_hour_moves_to_the_next_opening():
    assert LUNCH.add_working_days(hk("2026-09-18 15:00"), 1) == hk("2026-09-21 09:00")  # Saturday shuts at 13


def test_what_comes_in_on_sunday_counts_from_monday_morning():
    assert LUNCH.add_working_days(hk("2026-09-20 22:00"), 1) == hk("2026-09-22 09:00")
    assert LUNCH.add_working_days(hk("2026-09-20 22:00"), 0) == hk("2026-09-21 09:00")
    assert LUNCH.add_days(hk("2026-09-20 22:00"), 0) == hk("2026-09-21 09:00")


def test_three_calendar_days_keep_the_wall_clock_over_the_clock_change():
    always = WorkingCalendar.round_the_clock(BOSTON)
    assert always.add_days(local(BOSTON, "2026-03-06 10:00"), 3) == local(BOSTON, "2026-03-09 10:00")
    assert always.add(local(BOSTON, "2026-03-07 10:00"), timedelta(hours=24)) == local(
        BOSTON, "2026-03-08 11:00"
    )


def test_a_time_that_spring_skips_becomes_the_moment_of_the_jump():
    always = WorkingCalendar.round_the_clock(BOSTON)
    assert always.add_days(local(BOSTON, "2026-03-07 02:30"), 1) == local(BOSTON, "2026-03-08 03:00")


def test_a_night_shift_is_shorter_in_spring_and_longer_in_autumn():
    night = WorkingCalendar.daily(BOSTON, time(0), time(6))
    spring, autumn = local(BOSTON, "2026-03-08 00:00"), local(BOSTON, "2026-11-01 00:00")
    assert night.between(spring, spring + timedelta(hours=12)) == timedelta(hours=5)
    assert night.between(autumn, autumn + timedelta(hours=12)) == timedelta(hours=7)


def test_a_night_that_falls_back_over_midnight_is_counted_once():
    newfoundland = "America/St_Johns"  # 2010: from 00:01 on Sunday back to 23:01 on Saturday
    always = WorkingCalendar.round_the_clock(newfoundland)
    start, end = (local(newfoundland, f"2010-11-06 {clock}", fold=1) for clock in ("23:10", "23:50"))
    assert always.is_open(start)
    assert always.between(start, end) == minutes(40)
    assert always.between(start - timedelta(hours=2), end) == minutes(160)


def test_hours_that_spring_skips_whole_do_not_open_that_day():
    early = WorkingCalendar.daily(BOSTON, time(2), time(3))
    assert early.next_opening(local(BOSTON, "2026-03-08 00:00")) == local(BOSTON, "2026-03-09 02:00")


def test_a_calendar_day_that_an_island_skipped_has_no_open_time():
    apia = WorkingCalendar.round_the_clock("Pacific/Apia")  # there was no 30 December 2011
    start = local("Pacific/Apia", "2011-12-29 12:00")
    assert apia.add_days(start, 1) == local("Pacific/Apia", "2011-12-31 00:00")
    assert apia.between(start, local("Pacific/Apia", "2011-12-31 12:00")) == timedelta(hours=24)


def test_nothing_lies_between_an_end_and_a_later_start():
    assert LUNCH.between(hk("2026-09-21 11:00"), hk("2026-09-21 10:00")) == timedelta()
    assert LUNCH.between(hk("2026-09-21 11:00"), hk("2026-09-21 11:00")) == timedelta()


def test_every_zone_in_gives_utc_out():
    there = datetime(2026, 9, 21, 17, 0, tzinfo=ZoneInfo(HONG_KONG))
    for instant in (LUNCH.next_opening(there), LUNCH.add(there, minutes(0)), LUNCH.add_days(there, 1)):
        assert instant.tzinfo is UTC
    twice = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo(BOSTON), fold=1)
    assert WorkingCalendar.round_the_clock(BOSTON).is_open(twice)


def test_ten_years_are_added_in_a_moment():
    calendar = WorkingCalendar(
        LUNCH.zone, LUNCH.hours, LUNCH.holidays, LUNCH.workdays
    )  # remembers no day yet
    began = perf_counter()
    due = calendar.add(hk("2026-09-21 09:00"), timedelta(hours=10 * 52 * 44))
    calendar.add_working_days(hk("2026-09-21 09:00"), 2_600)
    assert due > hk("2036-01-01 09:00")
    assert perf_counter() - began < 2


# ---------------------------------------------------------------- refusals

NOON = datetime(2026, 9, 21, 12)


@pytest.mark.parametrize(
    "question",
    [
        lambda: LUNCH.is_open(NOON),
        lambda: LUNCH.next_opening(NOON),
        lambda: LUNCH.add(NOON, minutes(1)),
        lambda: LUNCH.between(NOON, hk("2026-09-21 12:00")),
        lambda: LUNCH.between(hk("2026-09-21 12:00"), NOON),
        lambda: LUNCH.add_days(NOON, 1),
        lambda: LUNCH.add_working_days(NOON, 1),
    ],
)
def test_a_time_without_a_zone_is_refused(question):
    with pytest.raises(ValueError, match="has no time zone"):
        question()


@pytest.mark.parametrize("move", [LUNCH.add_days, LUNCH.add_working_days])
@pytest.mark.parametrize("days", [-1, 1_000_000_000])
def test_days_backwards_or_beyond_a_century_are_refused(move, days):
    with pytest.raises(ValueError, match="is not between 0 and"):
        move(hk("2026-09-21 12:00"), days)


def test_open_time_backwards_or_beyond_a_century_is_refused():
    with pytest.raises(ValueError, match="forward only"):
        LUNCH.add(hk("2026-09-21 12:00"), minutes(-1))
    with pytest.raises(ValueError, match="more than a century"):
        WorkingCalendar(HONG_KONG, {0: ((time(9), time(9, 1)),)}).add(
            hk("2026-09-21 12:00"), timedelta(days=30)
        )
