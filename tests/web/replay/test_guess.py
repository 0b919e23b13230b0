"""Files nobody described: which column is what, found, shown and mended."""

import csv
import random
from pathlib import Path

import pytest

from hub.errors import BadInput
from tests.web.replay.real import real
from web.replay.case import Case, read
from web.replay.guess import guess, override
from web.replay.profile import known, parse, squash
from web.replay.writing import as_toml
from web.tables import open_table

SMALL = "Ticket No,Logged,Finished,State,Problem\nA1,2024-03-01 09:00,2024-03-01 10:00,Done,Lift\n" + "".join(
    f"A{number},2024-03-{number:02} 09:00,,Open,Lamp in hall {number}\n" for number in range(2, 20)
)
RENAMED = {
    "boston": {
        "CASE_ENQUIRY_ID": "Ticket Number",
        "OPEN_DT": "Date Received",
        "TARGET_DT": "Due",
        "CLOSED_DT": "Resolved At",
        "CASE_STATUS": "State",
        "CASE_TITLE": "Subject Line",
        "TYPE": "Request Category",
        "Department": "Dept",
        "Source": "Received Via",
        "Location": "Street Address",
        "LATITUDE": "Lat",
        "LONGITUDE": "Lng",
        "OnTime_Status": "SLA Status",
    },
    "baltimore": {
        "SRRecordID": "工单编号",
        "ServiceRequestNum": "旧号",
        "SRType": "投诉类型",
        "MethodReceived": "受理渠道",
        "CreatedDate": "受理时间",
        "SRStatus": "工单状态",
        "DueDate": "截止时间",
        "CloseDate": "办结时间",
        "Agency": "责任部门",
        "Address": "详细地址",
        "Latitude": "纬度",
        "Longitude": "经度",
        "StatusDate": "更新时间",
    },
    "nyc": {
        "Unique Key": "request_id",
        "Created Date": "requested_datetime",
        "Closed Date": "closed_datetime",
        "Due Date": "expected_datetime",
        "Complaint Type": "service_name",
        "Descriptor": "Details",
        "Agency": "agency_responsible",
        "Status": "SR Status",
        "Open Data Channel Type": "Origin",
        "Incident Address": "address",
        "Latitude": "lat",
        "Longitude": "lon",
    },
    "atlanta": {
        "id": "Issue ID",
        "created_at": "Reported",
        "closed_at": "Date Closed",
        "reopened_at": "Reopened Date",
        "status": "Current Status",
        "summary": "Title",
        "lat": "y_lat",
        "lng": "x_lng",
    },
}
FILES = {
    "atlanta": "311/atlanta_seeclickfix_8465.csv",
    "baltimore": "311/baltimore_311_10000.csv",
    "boston": "311/boston_2015_24000.csv.gz",
    "nyc": "311/nyc_2011_2000.csv",
}
SOUGHT = (
    "id",
    "opened",
    "target",
    "closed",
    "reopened",
    "status",
    "channel",
    "department",
    "latitude",
    "longitude",
)


def put(folder: Path, text: str, name: str = "given.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def disguised(folder: Path, city: str, rows: int = 1_500) -> Path:
    """The head of a city's file with its columns renamed and in another order."""
    table, names = open_table(real(FILES[city])), RENAMED[city]
    columns = list(table.header)
    random.Random(311).shuffle(columns)
    path = folder / "disguised.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow([names.get(column, column) for column in columns])
        writer.writerows(
            [row.cells[c] for c in columns] for row, _ in zip(table.rows(), range(rows), strict=False)
        )
    return path


@pytest.mark.parametrize("city", sorted(FILES))
def test_a_known_city_is_recognised_by_its_columns(city: str) -> None:
    got = guess(real(FILES[city]))
    assert (got.city, got.profile) == (city, known()[city])


@pytest.mark.parametrize("city", sorted(FILES))
def test_a_city_in_disguise_is_guessed_right_without_a_flag(city: str, tmp_path: Path) -> None:
    path, profile = disguised(tmp_path, city), known()[city]
    got = guess(path, zone=profile.zone.key)
    assert got.city is None
    wanted = {r: RENAMED[city].get(c := profile.columns[r][0][0], c) for r in SOUGHT if r in profile.columns}
    assert {role: got.profile.columns[role][0][0] for role in wanted if role in got.profile.columns} == wanted
    own = {case.ref: case for case in read(real(FILES[city]), profile) if isinstance(case, Case)}
    for case in read(path, got.profile):
        assert isinstance(case, Case)
        true = own[case.ref]
        assert (case.opened, case.target, case.closed) == (true.opened, true.target, true.closed)
        assert (case.outcome, case.flag) == (true.outcome, true.flag)


def test_chinese_messages_are_guessed_right_without_a_flag() -> None:
    path = real("text_zh/tipdm2020c_messages_votes_4326.xlsx")
    got = guess(path)
    assert {role: found[0][0] for role, found in got.profile.columns.items()} == {
        "id": "留言编号", "opened": "留言时间", "item": "留言主题", "description": "留言详情",
    }  # fmt: skip
    assert got.profile.zone.key == "Asia/Shanghai"
    assert set(got.unused) == {"留言用户", "反对数", "点赞数"}
    cases = list(read(path, got.profile))
    assert len(cases) == 4_326
    assert all(isinstance(case, Case) and case.ref.isdigit() and case.description for case in cases)


def test_the_table_shows_role_column_and_reason(tmp_path: Path) -> None:
    lines = guess(put(tmp_path, SMALL)).table().splitlines()
    assert lines[0].split() == [
        "id",
        "Ticket",
        "No",
        "heading",
        "says",
        "“ticket",
        "no”;",
        "100.0%",
        "of",
        "values",
        "differ",
    ]
    assert any(line.startswith("status") and "closed: Done" in line for line in lines)
    assert lines[-1].startswith("not used")


def test_columns_without_telling_names_are_found_by_their_cells(tmp_path: Path) -> None:
    rows = (
        f"K-{n},2024-03-{n:02} 08:00,{'Closed' if n % 2 else 'Open'},Lamp {n} in hall,31.{n}234,121.{n}567\n"
        for n in range(1, 25)
    )
    got = guess(put(tmp_path, "c1,c2,c3,c4,c5,c6\n" + "".join(rows)))
    assert {role: found[0][0] for role, found in got.profile.columns.items()} == {
        "id": "c1", "opened": "c2", "status": "c3", "item": "c4", "latitude": "c5", "longitude": "c6",
    }  # fmt: skip


def test_a_flag_overrides_the_guess_and_may_join_two_columns(tmp_path: Path) -> None:
    path = put(tmp_path, "Ref,Day,Clock,Seen,What\n" + "".join(
        f"R{n},{n:02}/05/2024,{n % 12 + 8:02}:30,2024-06-{n:02} 10:00,Pipe {n} leaks\n" for n in range(1, 29)
    ))  # fmt: skip
    got = guess(path, {"opened": "day + clock", "description": "What", "item": ""})
    assert got.profile.columns["opened"] == (("Day", "Clock"),)
    assert ("opened", "given") in {(finding.role, finding.why) for finding in got.findings}
    assert "item" not in got.profile.columns
    case = next(case for case in read(path, got.profile) if isinstance(case, Case))
    assert (case.opened.isoformat(), case.marks) == ("2024-05-01T09:30:00+00:00", ())


@pytest.mark.parametrize(
    ("headings", "wanted"),
    [
        (
            "SR_NUMBER,SR_TYPE,OWNER_DEPARTMENT,STATUS,CREATED_DATE,LAST_MODIFIED_DATE,CLOSED_DATE,STREET_ADDRESS",
            {"id": 0, "category": 1, "department": 2, "status": 3, "opened": 4, "closed": 6, "place": 7},
        ),
        (
            "Category,CASEID,OPENEDDATETIME,SLA_Date,CLOSEDDATETIME,Dept,CaseStatus,SourceID",
            {"category": 0, "id": 1, "opened": 2, "target": 3, "closed": 4, "department": 5, "status": 6},
        ),
        (
            "objectid,service_request_id,status,status_notes,service_name,requested_datetime,updated_datetime,address",
            {"id": 1, "status": 2, "resolution": 3, "category": 4, "opened": 5, "place": 7},
        ),
        (
            "序号,工单编号,报修人,联系电话,房号,报修类型,报修内容,报修时间,更新时间,完工时间,工单状态",
            {"id": 1, "place": 4, "category": 5, "description": 6, "opened": 7, "closed": 9, "status": 10},
        ),
        (
            "個案編號,投訴人姓名,聯絡電話,大廈座數,投訴類別,投訴內容,接報時間,完成時間,處理狀態",
            {"id": 0, "place": 3, "category": 4, "description": 5, "opened": 6, "closed": 7, "status": 8},
        ),
    ],
)
def test_the_headings_other_offices_use_are_understood(
    tmp_path: Path, headings: str, wanted: dict[str, int]
) -> None:
    names = headings.split(",")
    roles = {column: role for role, column in wanted.items()}
    path = put(tmp_path, "\n".join([headings, *(_line(n, len(names), roles) for n in range(1, 60))]))
    found = guess(path).profile.columns
    assert {role: names.index(found[role][0][0]) for role in wanted} == wanted


def _line(number: int, width: int, roles: dict[int, str]) -> str:
    """A believable row; columns without a role hold the row's number."""
    day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02} 10:{number:02}:00"
    cells = {
        "id": f"SR{number:05}",
        **dict.fromkeys(("opened", "target"), day),
        "closed": day if number % 3 else "",
        "status": "Closed" if number % 3 else "Open",
        **dict.fromkeys(
            ("place", "description", "resolution"), f"Tower {number}, flat {number}: lamp is out"
        ),
        **dict.fromkeys(("category", "department"), f"Kind {number % 4}"),
    }
    return ",".join('"' + cells.get(roles.get(column, ""), str(number)) + '"' for column in range(width))


def test_a_time_of_day_in_its_own_column_is_joined_to_its_date(tmp_path: Path) -> None:
    text = "CASE ID,CREATION DATE,CREATION TIME,DETAIL\n" + "".join(
        f"{n},03/{n:02}/2024,{n % 12 + 1:02}:15 PM,Lamp {n} is out\n" for n in range(1, 29)
    )
    got = guess(put(tmp_path, text))
    assert got.profile.columns["opened"] == (("CREATION DATE", "CREATION TIME"),)
    first = next(case for case in read(put(tmp_path, text), got.profile) if isinstance(case, Case))
    assert (first.opened.isoformat(), first.marks) == ("2024-03-01T14:15:00+00:00", ())


def test_days_overdue_are_not_taken_for_a_flag(tmp_path: Path) -> None:
    text = "Case ID,Opened,Overdue\n" + "".join(f"{n},2024-01-{n:02},{n % 7}\n" for n in range(1, 29))
    assert "flag" not in guess(put(tmp_path, text)).profile.columns


def test_overrides_are_read_from_the_command_line() -> None:
    assert override("opened = Created Date") == ("opened", "Created Date")
    for wrong in ("opened", "when=Created", "=Created"):
        with pytest.raises(BadInput, match="write ROLE=HEADER"):
            override(wrong)


def test_an_override_naming_no_column_is_refused_with_the_columns(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no column Birthday; there are: Ticket No, Logged"):
        guess(put(tmp_path, SMALL), {"opened": "Birthday"})


def test_a_guess_without_id_and_opened_names_both_and_the_flags(tmp_path: Path) -> None:
    path = put(tmp_path, "text,category\nMy card is lost,cards\nMy card is lost,cards\nWhere is it,post\n")
    with pytest.raises(BadInput) as refused:
        guess(path)
    assert set(refused.value.fields) == {"id", "opened"}
    assert "--column id=HEADER, or --column id=- to" in str(refused.value)
    assert "--column opened=HEADER" in str(refused.value)


def test_rows_may_be_numbered_by_what_they_say(tmp_path: Path) -> None:
    text = "Logged,Problem\n2024-03-01 09:00,Lift\n2024-03-01 09:00,Lamp\n"
    got = guess(put(tmp_path, text), {"id": "-"})
    refs = [case.ref for case in read(put(tmp_path, text), got.profile) if isinstance(case, Case)]
    turned = "Problem,Logged\nLamp,2024-03-01 09:00\nLift,2024-03-01 09:00\n"
    again = [case.ref for case in read(put(tmp_path, turned, "b.csv"), got.profile) if isinstance(case, Case)]
    assert len(set(refs)) == 2
    assert set(refs) == set(again)


@pytest.mark.parametrize(("day", "month"), [(13, 2), (2, 13)])
def test_day_first_and_month_first_are_told_apart_by_the_days_beyond_twelve(
    tmp_path: Path, day: int, month: int
) -> None:
    text = (
        "Ticket,Created\n"
        + "".join(f"{n},{n:02}/{n:02}/2024 10:00\n" for n in range(1, 9))
        + f"99,{day:02}/{month:02}/2024 10:00\n"
    )
    path = put(tmp_path, text)
    cases = [case for case in read(path, guess(path).profile) if isinstance(case, Case)]
    assert (cases[-1].opened.month, cases[-1].opened.day) == (2, 13)


def test_lateness_asked_with_yes_and_no_is_turned_round(tmp_path: Path) -> None:
    text = "Case ID,Opened,Late (Yes/No)\n" + "".join(
        f"{n},2024-01-{n:02},{'YES' if n % 2 else 'NO'}\n" for n in range(1, 20)
    )
    path = put(tmp_path, text)
    cases = [case for case in read(path, guess(path).profile) if isinstance(case, Case)]
    assert [case.flag for case in cases[:2]] == ["late", "on_time"]


def test_the_source_of_a_guess_does_not_depend_on_name_or_order(tmp_path: Path) -> None:
    header, *lines = SMALL.splitlines()
    turned = "\n".join([header, *reversed(lines[:9])]) + "\n"
    assert (
        guess(put(tmp_path, SMALL)).profile.source == guess(put(tmp_path, turned, "part.csv")).profile.source
    )


def test_a_guess_is_kept_as_a_profile(tmp_path: Path) -> None:
    profile = guess(put(tmp_path, SMALL), zone="Asia/Hong_Kong").profile
    assert parse(as_toml(profile)) == profile


def test_another_place_with_the_same_columns_is_not_taken_for_the_city(tmp_path: Path) -> None:
    columns = known()["atlanta"].recognised_by
    rows = "".join(
        f"{n},Open,Pothole {n},41.31{n},-72.92{n},2019-01-{n:02}T10:00:00Z,,\n" for n in range(10, 29)
    )
    got = guess(put(tmp_path, ",".join(columns) + "\n" + rows))
    assert got.city is None
    assert squash(got.profile.columns["opened"][0][0]) == "createdat"
