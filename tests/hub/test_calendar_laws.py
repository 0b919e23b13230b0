"""What must hold on every calendar, in every zone, over every change of the clock."""

import json
import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.calendars import END_OF_DAY, WorkingCalendar
from hub.wall_clock import wall_time

HONG_KONG, BOSTON, LONDON = "Asia/Hong_Kong", "America/New_York", "Europe/London"
# jumps of an hour by night, of an hour at midnight, of half an hour; and a zone that never jumps
ZONES = [BOSTON, LONDON, "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", HONG_KONG]


def minutes(amount: int) -> timedelta:
    return timedelta(minutes=amount)


unhurried = settings(deadline=None)  # a busy machine is no counter-example

clocks = st.integers(0, 24 * 4).map(
    lambda quarter: END_OF_DAY if quarter == 96 else time(*divmod(quarter * 15, 60))
)
days_of_openings = st.lists(clocks, unique=True, max_size=6).map(
    lambda marks: tuple(zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False))
)
dates = st.dates(date(2025, 1, 1), date(2027, 12, 31))
instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
amounts = st.timedeltas(timedelta(), timedelta(days=20))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    hours = draw(st.dictionaries(st.integers(0, 6), days_of_openings, min_size=1))
    assume(any(hours.values()))
    makeup_like = draw(st.sampled_from([day for day, openings in hours.items() if openings]))
    holidays, workdays = draw(st.frozensets(dates, max_size=20)), draw(st.frozensets(dates, max_size=20))
    return WorkingCalendar(draw(st.sampled_from(ZONES)), hours, holidays, workdays, makeup_like)


@unhurried
@given(calendars(), instants, amounts)
def test_adding_open_time_and_counting_it_again_gives_it_back(calendar, start, amount):
    assert calendar.between(start, calendar.add(start, amount)) == amount


@unhurried
@given(calendars(), instants, amounts, amounts)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, first, second):
    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)


@unhurried
@given(calendars(), instants, instants, instants)
def test_open_time_adds_up_over_any_cut(calendar, one, two, three):
    start, cut, end = sorted([one, two, three])
    assert calendar.between(start, cut) + calendar.between(cut, end) == calendar.between(start, end)


@unhurried
@given(calendars(), instants, instants, amounts, amounts)
def test_later_or_longer_never_ends_earlier(calendar, one, other, short, long):
    start, later = sorted([one, other])
    short, long = sorted([short, long])
    assert start <= calendar.add(start, short) <= calendar.add(start, long)
    assert calendar.add(start, short) <= calendar.add(later, short)


@unhurried
@given(calendars(), instants)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar, at):
    opening = calendar.next_opening(at)
    assert opening >= at
    assert calendar.is_open(opening)
    assert calendar.next_opening(opening) == opening
    assert calendar.between(at, opening) == timedelta()


@unhurried
@given(calendars(), instants, instants, st.integers(0, 400))
def test_days_run_forward_and_keep_the_order_of_the_wall_clock(calendar, one, other, days):
    zone = ZoneInfo(calendar.zone)
    start, later = sorted([one, other])
    assume(wall_time(start, zone) <= wall_time(later, zone))  # not so within the hour that autumn shows twice
    for add in (calendar.add_days, calendar.add_working_days):
        assert start <= add(start, days) <= add(later, days)
        assert calendar.is_open(add(start, days))
    assert calendar.add_days(start, days) <= calendar.add_working_days(start, days)


@unhurried
@given(calendars(), instants, st.integers(0, 60), st.integers(0, 60))
def test_working_days_are_as_many_working_dates(calendar, start, first, second):
    whole_days = WorkingCalendar(
        calendar.zone,
        dict.fromkeys(calendar.hours, ((time(0), END_OF_DAY),)),
        calendar.holidays,
        calendar.workdays,
        calendar.makeup_like,
    )
    zone = ZoneInfo(calendar.zone)
    begun, due = whole_days.next_opening(start), whole_days.add_working_days(start, first)
    passed = range((wall_time(due, zone).date() - wall_time(begun, zone).date()).days)
    dates_passed = [wall_time(begun, zone).date() + timedelta(days=1 + day) for day in passed]
    assert sum(map(whole_days.is_working_day, dates_passed)) == first


@unhurried
@given(calendars())
def test_a_calendar_survives_storage(calendar):
    stored = json.loads(json.dumps(calendar.to_data()))
    assert WorkingCalendar.from_data(stored) == calendar
    assert hash(WorkingCalendar.from_data(stored)) == hash(calendar)
    assert pickle.loads(pickle.dumps(calendar)) == calendar


@unhurried
@given(st.sampled_from(ZONES), instants, amounts)
def test_round_the_clock_is_plain_elapsed_time(zone, start, amount):
    always = WorkingCalendar.round_the_clock(zone)
    assert always.is_open(start)
    assert always.add(start, amount) == start + amount
    assert always.between(start, start + amount) == amount


# ---------------------------------------------------------------- the weeks of the clock change


@pytest.mark.parametrize(
    ("zone", "week"),
    [
        (BOSTON, "2026-03-06"),
        (BOSTON, "2026-10-30"),
        (LONDON, "2026-03-27"),
        (LONDON, "2026-10-23"),
        ("America/Santiago", "2026-04-03"),
        ("America/Santiago", "2026-09-04"),
        ("Africa/Cairo", "2026-04-23"),
        ("Africa/Cairo", "2026-10-28"),
        ("Australia/Lord_Howe", "2026-04-03"),
        ("Australia/Lord_Howe", "2026-10-02"),
    ],
)
def test_open_time_is_the_sum_of_the_minutes_the_wall_clock_shows_as_open(zone, week):
    # borders outside the hour shown twice: inside it the wall clock alone cannot say which showing is meant
    hours = ((time(0), time(0, 45)), (time(4), time(12)), (time(13), time(22, 30)))
    if zone in ("America/Santiago", "Africa/Cairo"):
        hours = ((time(0), time(12)), (time(13), END_OF_DAY))
    calendar = WorkingCalendar.from_data(
        {"zone": zone, "hours": WorkingCalendar(zone, dict.fromkeys(range(7), hours)).to_data()["hours"]}
    )
    start = datetime.fromisoformat(f"{week} 12:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    every_minute = [start + minutes(passed) for passed in range(5 * 24 * 60)]
    shown = [wall_time(minute, ZoneInfo(zone)).time() for minute in every_minute]
    is_open = [any(opens <= clock < closes for opens, closes in hours) for clock in shown]
    assert [calendar.is_open(minute) for minute in every_minute] == is_open
    assert calendar.between(start, start + timedelta(days=5)) == minutes(sum(is_open))
