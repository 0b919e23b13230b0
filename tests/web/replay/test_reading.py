"""Rows as cases: dirt kept and named, times in UTC, nothing dropped; small files first, then real ones."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import BadInput
from tests.web.replay.real import real
from web.replay.case import Case, Rejected, read
from web.replay.profile import Profile, load, parse
from web.replay.steps import last_time, on_time, order_by_time

TOWN = parse(
    """
name = "Town"
source = "town"
zone = "America/New_York"
dates = ["%Y-%m-%d %H:%M", "iso"]
within = [40.0, 41.0, -75.0, -74.0]
placeholders = [[40.5, -74.5]]
zip_digits = 5
[columns]
id = "id"
opened = "opened"
target = "target"
closed = "closed"
reopened = "reopened"
status = "status"
item = "item"
category = "category"
channel = "channel"
zip = "zip"
latitude = "lat"
longitude = "lon"
flag = "flag"
[status]
closed = ["Closed"]
duplicate = ["Closed (Duplicate)"]
[flag]
on_time = ["YES"]
late = ["NO"]
[channels]
default = "portal"
"Call" = "phone"
"Other" = ""
"""
)
COLUMNS = [alternatives[0][0] for alternatives in TOWN.columns.values()]
GOOD = {
    "id": "1", "opened": "2024-03-04 09:00", "target": "2024-03-05 09:00", "closed": "2024-03-04 17:00",
    "status": "Closed", "item": "Lift stuck", "category": "Lift", "channel": "Call", "zip": "2132.0",
    "lat": "40.7", "lon": "-74.1", "flag": "YES",
}  # fmt: skip
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def put(folder: Path, *rows: dict[str, str], name: str = "town.csv") -> Path:
    lines = [";".join(COLUMNS), *(";".join(row.get(column, "") for column in COLUMNS) for row in rows)]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / name


def told(folder: Path, *rows: dict[str, str], profile: Profile = TOWN) -> list[Case | Rejected]:
    return list(read(put(folder, *rows), profile, NOW))


def one(folder: Path, **changed: str) -> Case:
    (case,) = told(folder, GOOD | changed)
    assert isinstance(case, Case)
    return case


def cases(path: Path, profile: Profile) -> list[Case]:
    return [case for case in read(path, profile) if isinstance(case, Case)]


def test_a_clean_row_is_a_case_without_a_mark(tmp_path: Path) -> None:
    case = one(tmp_path)
    assert (case.row, case.source, case.ref, case.marks) == (2, "town", "1", ())
    assert (case.opened, case.closed) == (
        datetime(2024, 3, 4, 14, 0, tzinfo=UTC),
        datetime(2024, 3, 4, 22, 0, tzinfo=UTC),
    )
    assert (case.channel, case.channel_text, case.zip) == ("phone", "Call", "02132")
    assert (case.ended, case.outcome, case.flag) == (True, "solved", "on_time")
    assert (case.latitude, case.longitude) == (40.7, -74.1)


@pytest.mark.parametrize(
    ("changed", "mark"),
    [
        ({"closed": "2024-03-03 09:00"}, "closed before opened"),
        ({"target": "2024-03-03 09:00"}, "target before opened"),
        ({"reopened": "2024-03-03 09:00"}, "reopened before opened"),
        ({"opened": "2025-03-03 09:00", "target": "", "closed": "", "status": "Open"}, "date in the future"),
        ({"opened": "2023-11-05 01:30"}, "ambiguous local time"),
        ({"opened": "2023-03-12 02:30"}, "local time that never was"),
        ({"opened": "2024-03-04"}, "date without time of day"),
        ({"target": "soon"}, "target unreadable"),
        ({"closed": "2024-13-45 09:00"}, "closed unreadable"),
        ({"opened": ""}, "no opened date, a later one taken"),
        ({"closed": ""}, "closed but no closing time"),
        ({"status": "Open"}, "closing time but not closed"),
        ({"lat": "", "lon": ""}, "no coordinates"),
        ({"lat": "0", "lon": "0.0"}, "no coordinates"),
        ({"lat": "140.7"}, "coordinates impossible"),
        ({"lat": "40.5", "lon": "-74.5"}, "placeholder coordinates"),
        ({"lat": "-74.1", "lon": "40.7"}, "coordinates outside the city"),
        ({"flag": ""}, "flag blank"),
        ({"flag": "MAYBE"}, "flag unknown"),
        ({"category": ""}, "no category"),
        ({"item": "", "category": ""}, "no item"),
        ({"channel": ""}, "no channel"),
        ({"channel": "Other"}, "no channel"),
        ({"channel": "Pigeon"}, "channel unknown"),
        ({"id": ""}, "no id"),
        ({"flag": "YES;and more"}, "too many cells"),
    ],
)
def test_dirt_is_kept_on_the_case_and_named(tmp_path: Path, changed: dict[str, str], mark: str) -> None:
    assert mark in one(tmp_path, **changed).marks
    assert mark not in one(tmp_path).marks


def test_an_hour_that_comes_twice_is_the_first_and_one_that_never_was_moves_on(tmp_path: Path) -> None:
    assert one(tmp_path, opened="2023-11-05 01:30").opened == datetime(2023, 11, 5, 5, 30, tzinfo=UTC)
    assert one(tmp_path, opened="2023-03-12 02:30").opened == datetime(2023, 3, 12, 7, 30, tzinfo=UTC)


def test_a_row_without_any_date_is_rejected_with_its_cells(tmp_path: Path) -> None:
    got = told(tmp_path, GOOD, {"id": "2", "item": "Pipe"}, {"item": "Lamp", "target": "2024-03-05 09:00"})
    assert [type(each) for each in got] == [Case, Rejected, Rejected]
    assert [(each.row, each.reason) for each in got if isinstance(each, Rejected)] == [
        (3, "no opened date"),
        (4, "no id and no opened date"),
    ]
    assert isinstance(got[1], Rejected) and got[1].cells["item"] == "Pipe"


def test_the_same_row_again_is_rejected_and_names_the_first(tmp_path: Path) -> None:
    _, again, nameless, copy = told(tmp_path, GOOD, GOOD, GOOD | {"id": ""}, GOOD | {"id": ""})
    assert isinstance(again, Rejected) and again.reason == "the same as row 2"
    assert isinstance(nameless, Case) and isinstance(copy, Rejected) and copy.reason == "the same as row 4"


def test_one_id_on_two_matters_keeps_both_whatever_their_order(tmp_path: Path) -> None:
    rows = [GOOD, GOOD | {"item": "Pipe leaks"}, GOOD | {"id": "2"}]
    there = told(tmp_path, *rows)
    back = told(tmp_path, *reversed(rows))
    assert [("duplicate id, other content" in case.marks) for case in there] == [True, True, False]  # type: ignore[union-attr]
    assert {(case.ref, case.item) for case in there} == {(case.ref, case.item) for case in back}  # type: ignore[union-attr]
    assert len({case.ref for case in there}) == 3  # type: ignore[union-attr]


def test_a_profile_whose_columns_are_not_in_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="the file has no column CASE_ENQUIRY_ID"):
        list(read(put(tmp_path, GOOD), load("boston")))


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ({"closed": "", "status": "Open"}, ["opened"]),
        ({}, ["opened", "closed"]),
        ({"closed": "2024-03-03 09:00"}, ["opened", "closed*"]),
        ({"closed": ""}, ["opened", "closed*"]),
        ({"reopened": "2024-03-06 09:00", "status": "Open"}, ["opened", "closed", "reopened"]),
        ({"reopened": "2024-03-06 09:00"}, ["opened", "closed", "reopened", "closed again*"]),
        ({"reopened": "2024-03-04 10:00"}, ["opened", "closed*", "reopened", "closed again"]),
        ({"reopened": "2024-03-04 10:00", "closed": "", "status": "Open"}, ["opened", "closed*", "reopened"]),
        (
            {"reopened": "2024-03-01 10:00", "closed": "", "status": "Open"},
            ["opened", "closed*", "reopened*"],
        ),
    ],
)
def test_the_steps_of_a_case_are_always_legal_and_say_what_is_inferred(
    tmp_path: Path, changed: dict[str, str], steps: list[str]
) -> None:
    got = list(order_by_time([one(tmp_path, **changed)]))
    assert [step.kind + "*" * step.inferred for step in got] == steps
    assert [step.at for step in got] == sorted(step.at for step in got)


ROWS = [
    GOOD | {"id": f"{n % 9 or ''}", "opened": f"2024-03-0{n % 4 + 1} 09:00", "item": f"item {n % 5}"}
    for n in range(24)
]


@settings(max_examples=60, deadline=None)
@given(order=st.permutations(range(len(ROWS))))
def test_any_order_of_the_rows_gives_the_same_steps(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    def steps(rows: list[dict[str, str]]) -> list[tuple[object, ...]]:
        found = cases(put(tmp_path_factory.mktemp("town"), *rows), TOWN)
        return [
            (step.at, step.kind, step.inferred, replace(step.case, row=0)) for step in order_by_time(found)
        ]

    assert steps([ROWS[number] for number in order]) == steps(ROWS)


@settings(max_examples=100, deadline=None)
@given(cells=st.lists(st.text(max_size=40), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_whatever_stands_in_the_cells_the_row_is_told(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    plain = [
        cell.encode("utf-8", "replace").decode().translate({10: 32, 13: 32, 59: 32, 34: 39}) for cell in cells
    ]
    path = put(tmp_path_factory.mktemp("any"), GOOD | {"id": "good"}, dict(zip(COLUMNS, plain, strict=True)))
    got = list(read(path, TOWN, NOW))
    assert isinstance(got[0], Case)
    assert len(got) == 1 + any(cell.strip(" \t\r\n\0\ufeff") for cell in plain)


@cache
def whole(name: str, city: str) -> tuple[Case | Rejected, ...]:
    return tuple(read(real(name), load(city)))


@pytest.mark.parametrize(
    ("name", "city", "rows", "marks"),
    [
        (
            "311/boston_2015_24000.csv.gz",
            "boston",
            24_000,
            {
                "placeholder coordinates": 3_458,
                "characters lost": 84,
                "flag blank": 35,
                "closed before opened": 34,
            },
        ),
        (
            "311/baltimore_311_10000.csv",
            "baltimore",
            10_000,
            {
                "placeholder coordinates": 885,
                "no coordinates": 590,
                "coordinates outside the city": 107,
                "no channel": 10,
                "local time that never was": 2,
            },
        ),
        (
            "311/nyc_2011_2000.csv",
            "nyc",
            2_000,
            {
                "no coordinates": 598,
                "no channel": 207,
                "closing time but not closed": 2,
                "closed before opened": 1,
            },
        ),
        ("311/atlanta_seeclickfix_8465.csv", "atlanta", 8_465, {"closing time but not closed": 1}),
    ],
)
def test_every_row_of_a_city_is_a_case_or_rejected(
    name: str, city: str, rows: int, marks: dict[str, int]
) -> None:
    got = whole(name, city)
    assert len(got) == rows
    assert not [each for each in got if isinstance(each, Rejected)]
    assert len({case.ref for case in got if isinstance(case, Case)}) == rows
    assert Counter(mark for case in got if isinstance(case, Case) for mark in case.marks) == marks


def test_bostons_own_on_time_flags_are_reproduced_from_the_cases() -> None:
    found = [case for case in whole("311/boston_2015_24000.csv.gz", "boston") if isinstance(case, Case)]
    as_of = last_time(found)
    assert as_of == datetime(2016, 1, 13, 3, 20, 36, tzinfo=UTC)
    flagged = [case for case in found if case.flag]
    assert len(flagged) == 23_965
    assert [case.row for case in flagged if (case.flag == "on_time") != on_time(case, as_of)] == []


def test_baltimores_workbook_tells_the_same_as_its_csv() -> None:
    """Same rows, same order; only coordinates differ, in the 15th digit, which the workbook rounded."""
    there, here = (whole(f"311/baltimore_311_10000.{kind}", "baltimore") for kind in ("csv", "xlsx"))
    assert len(there) == len(here) == 10_000
    differing = 0
    for one, other in zip(there, here, strict=True):
        assert isinstance(one, Case) and isinstance(other, Case)
        assert replace(one, latitude=None, longitude=None) == replace(other, latitude=None, longitude=None)
        assert (one.latitude, one.longitude) == pytest.approx((other.latitude, other.longitude), abs=1e-12)
        differing += (one.latitude, one.longitude) != (other.latitude, other.longitude)
    assert differing == 106


def test_a_shuffled_copy_of_a_real_file_gives_the_same_steps(tmp_path: Path) -> None:
    path = real("311/nyc_2011_2000.csv")
    header, *lines = path.read_text("utf-8").splitlines(keepends=True)
    random.Random(2).shuffle(lines)
    (tmp_path / "shuffled.csv").write_text(header + "".join(lines), encoding="utf-8")

    def steps(file: Path) -> list[tuple[object, ...]]:
        ordered = order_by_time(cases(file, load("nyc")))
        return [(step.at, step.kind, replace(step.case, row=0)) for step in ordered]

    assert steps(tmp_path / "shuffled.csv") == steps(path)


@pytest.mark.parametrize("size", [400_000, 1_000_000])
def test_a_cut_copy_of_a_real_file_tells_no_case_the_whole_does_not(tmp_path: Path, size: int) -> None:
    (tmp_path / "cut.csv.gz").write_bytes(real("311/boston_2015_24000.csv.gz").read_bytes()[:size])
    *got, last = read(tmp_path / "cut.csv.gz", load("boston"))
    assert isinstance(last, Rejected) and last.reason == "the file is cut off in this row"
    assert len(got) > 3_000
    assert got == list(whole("311/boston_2015_24000.csv.gz", "boston")[: len(got)])


def test_dates_in_the_future_do_not_move_the_files_last_time(tmp_path: Path) -> None:
    case = one(tmp_path)
    stray = one(tmp_path, closed="2099-01-01 00:00")
    assert last_time([case, stray]) == case.closed
    assert last_time([]) is None
    assert on_time(replace(case, closed=None), case.opened)
    assert not on_time(replace(case, closed=None), case.opened + timedelta(days=2))
