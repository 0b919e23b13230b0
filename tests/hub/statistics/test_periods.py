"""Periods: how they are written, where they begin on the office's wall, what stands before them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput
from hub.statistics.periods import EDITIONS, containing, last_months, last_weeks, parse

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 4, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 5)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 4)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_as_people_write_it(text: str, first: date, after: date) -> None:
    period = parse(text)
    assert (period.first, period.after, period.key) == (first, after, text)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "2026-W54", "2025-W53", "2026-Q5", "0000", "March", "26-03"]
)
def test_what_is_no_period_is_refused_and_told_how_to_write_one(text: str) -> None:
    with pytest.raises(BadInput, match="2026-W10"):
        parse(text)


def test_an_unknown_edition_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="monthly"):
        containing("daily", date(2026, 3, 1))


def test_a_month_over_the_clock_change_is_an_hour_short() -> None:
    start, end = parse("2026-03").bounds(NEW_YORK)
    assert (start, end) == (datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2026, 4, 1, 4, tzinfo=UTC))


def test_before_and_a_year_ago() -> None:
    assert [parse(text).before.key for text in ("2026-01", "2026-Q1", "2026-W01", "2026")] == [
        "2025-12",
        "2025-Q4",
        "2025-W52",
        "2025",
    ]
    assert [parse(text).year_ago.key for text in ("2026-02", "2026-W53", "2026-Q3")] == [
        "2025-02",
        "2025-W52",
        "2025-Q3",
    ]


def test_the_months_and_weeks_that_lead_up_to_a_period() -> None:
    assert [month.key for month in last_months(parse("2026-Q1"), 4)] == [
        "2025-12",
        "2026-01",
        "2026-02",
        "2026-03",
    ]
    weeks = last_weeks(parse("2026-03"), 3)
    assert [week.key for week in weeks] == ["2026-W11", "2026-W12", "2026-W13"]
    assert weeks[-1].after <= date(2026, 4, 1)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(EDITIONS))
def test_every_day_lies_in_one_period_which_follows_the_one_before(day: date, edition: str) -> None:
    period = containing(edition, day)
    assert period.first <= day < period.after
    assert period.before.after == period.first and period.following.before == period
    assert parse(period.key) == period
