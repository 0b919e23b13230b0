"""Open time summed up once is the open time a calendar finds by walking its days."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.calendars import WorkingCalendar
from hub.limits import at_share
from hub.open_time import OpenTime
from tests.hub.test_calendar_laws import calendars, instants, unhurried

spans = st.timedeltas(timedelta(), timedelta(days=20))


@unhurried
@given(calendars(), instants, spans, spans, spans)
def test_open_time_is_what_the_calendar_counts(
    calendar: WorkingCalendar, start: datetime, lead: timedelta, one: timedelta, other: timedelta
) -> None:
    open_time = OpenTime(calendar, start, start + timedelta(days=60))
    first, second = start + lead + one, start + lead + other
    assert open_time.between(first, second) == calendar.between(first, second)


@unhurried
@given(calendars(), instants, spans, spans, spans, st.integers(0, 99))
def test_a_share_is_past_when_its_instant_is(
    calendar: WorkingCalendar,
    first: datetime,
    lead: timedelta,
    limit: timedelta,
    passed: timedelta,
    percent: int,
) -> None:
    start = first + lead
    due, at = start + limit, start + passed
    open_time = OpenTime(calendar, first, max(due, at))
    assert open_time.is_past(start, due, percent, at) == (at_share(start, due, percent, calendar) <= at)


@unhurried
@given(calendars(), instants, spans, st.integers(0, 99))
def test_at_its_very_instant_a_share_is_past_and_just_before_it_is_not(
    calendar: WorkingCalendar, start: datetime, limit: timedelta, percent: int
) -> None:
    due = start + limit
    at = at_share(start, due, percent, calendar)
    open_time = OpenTime(calendar, start, due)
    assert open_time.is_past(start, due, percent, at)
    if at > start:
        assert not open_time.is_past(start, due, percent, at - timedelta(microseconds=1))


def test_a_calendar_that_is_shut_all_the_while_has_no_open_time() -> None:
    calendar = WorkingCalendar.weekly("Asia/Hong_Kong", time(9), time(18))
    saturday = datetime(2026, 9, 19, 4, tzinfo=UTC)
    open_time = OpenTime(calendar, saturday, saturday + timedelta(hours=20))
    assert open_time.between(saturday, saturday + timedelta(hours=20)) == timedelta()
    assert open_time.is_past(saturday, saturday + timedelta(hours=20), 80, saturday)
