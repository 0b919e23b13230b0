from datetime import time

import pytest

from hub.calendars import WorkingCalendar

HONG_KONG = "Asia/Hong_Kong"
GOOD = {
    "zone": HONG_KONG,
    "hours": {"mon": ["09:00-12:30", "13:30-18:00"], "sat": ["09:00-13:00"], "sun": []},
    "holidays": ["2026-10-01"],
    "workdays": ["2026-10-10"],
    "makeup_like": "sat",
}


def test_data_is_written_back_in_order_without_the_closed_days():
    shuffled = GOOD | {"hours": {"sun": [], "sat": ["9:00 - 13:00"], "mon": ["13:30-18:00", "09:00-12:30"]}}
    written = {"mon": ["09:00-12:30", "13:30-18:00"], "sat": ["09:00-13:00"]}
    assert WorkingCalendar.from_data(shuffled).to_data() == GOOD | {"hours": written}


def test_zone_and_hours_are_enough():
    calendar = WorkingCalendar.from_data({"zone": HONG_KONG, "hours": {"tue": ["00:00-24:00"]}})
    assert calendar.to_data() == {
        "zone": HONG_KONG,
        "hours": {"tue": ["00:00-24:00"]},
        "holidays": [],
        "workdays": [],
        "makeup_like": "mon",
    }


def test_data_that_is_no_object_is_refused():
    with pytest.raises(ValueError, match="a calendar is an object"):
        WorkingCalendar.from_data(["mon"])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"zone": "Mars/Olympus"}, "zone: 'Mars/Olympus'"),
        ({"zone": "../etc/passwd"}, "zone: '../etc/passwd'"),
        ({"zone": "Europe"}, "zone: 'Europe'"),
        ({"zone": 8}, "zone: 8"),
        ({"hours": {}}, "hours: a calendar must be open"),
        ({"hours": {"mon": []}}, "hours: a calendar must be open"),
        ({"hours": ["09:00-17:00"]}, "hours: .* is not an object of weekdays"),
        ({"hours": {"monday": ["09:00-17:00"]}}, "hours: 'monday' is not one of mon"),
        ({"hours": {"mon": "09:00-17:00"}}, "hours.mon: '09:00-17:00' is not a list"),
        ({"hours": {"mon": ["9-17"]}}, "hours.mon: '9-17' is not an opening"),
        ({"hours": {"mon": ["09:00-25:00"]}}, "hours.mon: '09:00-25:00' is not an opening"),
        ({"hours": {"mon": ["24:00-24:00"]}}, "hours.mon: '24:00-24:00' is not an opening"),
        ({"hours": {"tue": ["17:00-09:00"]}}, "hours.tue: 17:00-09:00 ends before it begins"),
        ({"hours": {"wed": ["09:00-12:00", "11:00-17:00"]}}, "hours.wed: .* overlap"),
        ({"holidays": ["2026-02-30"]}, "holidays: '2026-02-30' is not a date"),
        ({"holidays": "2026-02-03"}, "holidays: '2026-02-03' is not a list"),
        ({"workdays": [20260203.5]}, "workdays: 20260203.5 is not a date"),
        ({"workdays": ["20260203"]}, "workdays: '20260203' is not a date"),
        ({"makeup_like": 0}, "makeup_like: 0 is not one of mon"),
        ({"makeup_like": "sun"}, "makeup_like: weekday 6 has no hours"),
        ({"lunch": "12:00"}, "lunch: a calendar has no such part"),
    ],
)
def test_data_that_is_wrong_is_refused_by_the_name_of_its_part(change, named):
    with pytest.raises(ValueError, match=named):
        WorkingCalendar.from_data(GOOD | change)


@pytest.mark.parametrize("part", ["zone", "hours"])
def test_data_without_zone_or_hours_is_refused(part):
    with pytest.raises(ValueError, match=f"{part}: missing"):
        WorkingCalendar.from_data({name: value for name, value in GOOD.items() if name != part})


def test_hours_in_seconds_or_on_an_eighth_weekday_are_refused():
    with pytest.raises(ValueError, match=r"hours\.mon: 09:00:30 to 17:00:00 is not in whole minutes"):
        WorkingCalendar(HONG_KONG, {0: ((time(9, 0, 30), time(17)),)})
    with pytest.raises(ValueError, match="hours: 7 is not a weekday"):
        WorkingCalendar(HONG_KONG, {7: ((time(9), time(17)),)})
    with pytest.raises(ValueError, match="makeup_like: 7"):
        WorkingCalendar(HONG_KONG, {0: ((time(9), time(17)),)}, makeup_like=7)
