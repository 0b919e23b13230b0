from datetime import date

import pytest

from hub.public_holidays import public_holidays


@pytest.mark.parametrize(
    ("region", "holiday"),
    [
        ("US-MA", date(2015, 4, 20)),  # Patriots' Day
        ("HK", date(2026, 7, 1)),
        ("TW", date(2026, 10, 10)),
        ("CN", date(2026, 10, 1)),
        ("GB-ENG", date(2026, 8, 31)),
    ],
)
def test_a_region_closes_on_its_own_holidays(region, holiday):
    closed, _ = public_holidays(region, [holiday.year])
    assert holiday in closed
    assert {day.year for day in closed} == {holiday.year}


def test_a_part_of_a_country_keeps_days_that_the_rest_works():
    rest, _ = public_holidays("US", [2015])
    massachusetts, _ = public_holidays("US-MA", [2015])
    assert date(2015, 4, 20) in massachusetts - rest


def test_china_closes_and_makes_up_as_its_notice_says():
    closed, open_even_so = public_holidays("CN", range(2025, 2027))
    assert {date(2026, 2, 16), date(2026, 2, 23)} <= closed
    assert {date(2025, 1, 26), date(2026, 2, 14), date(2026, 2, 28)} <= open_even_so
    assert not closed & open_even_so


def test_china_beyond_the_last_notice_keeps_the_holidays_of_the_law():
    closed, _ = public_holidays("CN", [2026, 2031])
    assert {date(2026, 10, 1), date(2031, 10, 1), date(2031, 1, 1)} <= closed


def test_taiwan_made_up_a_saturday_for_the_new_year_of_2025():
    closed, open_even_so = public_holidays("TW", [2025])
    assert date(2025, 1, 27) in closed
    assert open_even_so == {date(2025, 2, 8)}


def test_no_region_or_no_year_has_no_holidays():
    assert public_holidays("", [2026]) == (frozenset(), frozenset())
    assert public_holidays("HK", []) == (frozenset(), frozenset())


@pytest.mark.parametrize("region", ["XX", "US-ZZ", "hong kong", "CN-"])
def test_an_unknown_region_is_refused_by_name(region):
    with pytest.raises(ValueError, match=f"'{region}' is not"):
        public_holidays(region, [2026])
