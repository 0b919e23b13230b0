"""Spreadsheets of an office: what is right is written whole, what is wrong is named cell by cell."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import select

from hub import contacts, estate, organisation, roster
from hub.catalogue import Category
from hub.estate import Party, Room
from hub.organisation import Role, Staff
from hub.papers import Qualification
from tests.house import House
from web.importing.run import run


def _csv(folder: Path, text: str) -> Path:
    path = folder / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rooms_are_written_with_their_buildings(hub: House, tmp_path: Path) -> None:
    path = _csv(tmp_path, "room,building,floor,area\nC-0101,C,1,55.5\nc- 0102,C,1,60\n")
    done = run(hub.database, "rooms", path, "LG", dry_run=False)
    assert (done.rows, done.bad, done.is_written) == (2, [], True)
    room = hub.look(estate.room_by_code, hub.office().id, "C-0102")
    assert room is not None and room.area_m2 == 60


def test_a_second_import_of_the_same_rooms_adds_none(hub: House, tmp_path: Path) -> None:
    path = _csv(tmp_path, "room,building\nC-0101,C\n")
    before = hub.look(lambda tx: len(tx.scalars(select(Room.id)).all()))
    for _ in range(2):
        run(hub.database, "rooms", path, "LG", dry_run=False)
    assert hub.look(lambda tx: len(tx.scalars(select(Room.id)).all())) == before + 1


def test_a_dry_run_names_every_bad_cell_and_writes_nothing(hub: House, tmp_path: Path) -> None:
    path = _csv(tmp_path, "room,kind,area\nC-1,palace,5\nC-2,flat,big\n,flat,1\nC-2,flat,2\n")
    done = run(hub.database, "rooms", path, "LG", dry_run=True)
    named = {(cell.row, cell.column) for cell in done.bad}
    assert named == {(2, "kind"), (3, "area"), (4, "room"), (5, "room")}
    assert hub.look(estate.room_by_code, hub.office().id, "C-2") is None


def test_one_bad_cell_keeps_the_whole_file_out(hub: House, tmp_path: Path) -> None:
    path = _csv(tmp_path, "room,kind\nC-1,flat\nC-2,palace\n")
    assert not run(hub.database, "rooms", path, "LG", dry_run=False).is_written
    assert hub.look(estate.room_by_code, hub.office().id, "C-1") is None


def test_residents_come_with_chinese_headers_and_several_phones(hub: House, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "房号", "电话"])
    book.active.append(["王大明", "A-0101", "2345 1111; 6111 2222"])
    book.save(tmp_path / "residents.xlsx")
    for _ in range(2):
        assert run(hub.database, "residents", tmp_path / "residents.xlsx", "LG", dry_run=False).is_written
    wangs = hub.look(lambda tx: tx.scalars(select(Party).where(Party.name == "王大明")).all())
    assert len(wangs) == 1
    point = hub.do(lambda tx: contacts.contact_point(tx, wangs[0].company_id, "6111 2222", "+85261112222"))
    assert [party.name for party, _ in hub.look(contacts.parties_of, point.id)] == ["王大明"]


def test_a_resident_of_an_unknown_room_is_named(hub: House, tmp_path: Path) -> None:
    done = run(hub.database, "residents", _csv(tmp_path, "name,room\nAnn,Z-9999\n"), "LG", dry_run=False)
    assert [str(cell) for cell in done.bad] == [
        "row 2, room: 'Z-9999' is not in this office's register of rooms"
    ]


def test_staff_get_their_roles_and_a_first_password_once(hub: House, tmp_path: Path) -> None:
    path = _csv(tmp_path, "login,name,roles,department,skills\nnew,New Hand,worker;supervisor,ENG,01;02-02\n")
    assert set(run(hub.database, "staff", path, "LG", dry_run=False).passwords) == {"new"}
    assert run(hub.database, "staff", path, "LG", dry_run=False).passwords == {}
    person = hub.look(lambda tx: tx.scalars(select(Staff).where(Staff.login == "new")).one())
    roles = hub.look(lambda tx: tx.scalars(select(Role.role).where(Role.staff_id == person.id)).all())
    assert sorted(roles) == ["supervisor", "worker"]
    assert person.id in {p.id for p in hub.look(organisation.field_staff, hub.department("ENG").id)}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("x,X,king,ENG", "roles"),
        ("x,X,worker,NOPE", "department"),
        ("x,X,worker,", "department"),
        (",X,clerk,", "login"),
    ],
)
def test_staff_that_cannot_be_are_named(hub: House, tmp_path: Path, row: str, column: str) -> None:
    done = run(
        hub.database, "staff", _csv(tmp_path, f"login,name,roles,department\n{row}\n"), "LG", dry_run=True
    )
    assert column in {cell.column for cell in done.bad}


def test_categories_are_changed_and_added(hub: House, tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        "code,en,kind,department,priority,respond,resolve,paid,demands\n"
        "01-03,Tap leaks,repair,ENG,p2,15m,24h,yes,meter\n90-01,Pool ticket,service,CSC,P4,1wd,3wd,no,\n",
    )
    assert run(hub.database, "categories", path, "LG", dry_run=False).is_written
    rows = hub.look(lambda tx: {c.code: c for c in tx.scalars(select(Category))})
    assert (rows["01-03"].priority, rows["01-03"].paid, rows["01-03"].demands) == ("P2", True, ["meter"])
    assert rows["90-01"].callback == "sampled"


def test_a_limit_that_is_none_is_named(hub: House, tmp_path: Path) -> None:
    path = _csv(tmp_path, "code,en,kind,department,priority,resolve\n90-01,X,repair,ENG,P3,soon\n")
    assert [cell.column for cell in run(hub.database, "categories", path, "LG", dry_run=True).bad] == [
        "resolve"
    ]


@pytest.mark.seed("P4.2.2b")
def test_staff_come_with_their_certificates_and_buildings(hub: House, tmp_path: Path) -> None:
    cell = "electric | Electrician A | 2027-03-31 | 2024-02-01; height | | 2026-12-31"
    path = _csv(
        tmp_path,
        f"login,name,roles,department,certificates,buildings\nnew,New Hand,worker,ENG,{cell},A;B\n",
    )
    for _ in range(2):
        assert run(hub.database, "staff", path, "LG", dry_run=False).bad == []
    ident = hub.staff("new").id
    held = hub.look(
        lambda tx: tx.scalars(
            select(Qualification).where(Qualification.staff_id == ident).order_by("id")
        ).all()
    )
    assert [(one.trade, one.certificate, one.valid_until, one.tested_on) for one in held] == [
        ("electric", "Electrician A", date(2027, 3, 31), date(2024, 2, 1)),
        ("height", "height", date(2026, 12, 31), None),
    ]
    assert len(hub.look(roster.of, hub.office()).areas[ident]) == 2


def test_a_renewed_certificate_is_warned_of_anew(hub: House, tmp_path: Path) -> None:
    def bring(until: str) -> Qualification:
        text = f"login,name,roles,department,certificates\nwen,Wen,worker,ENG,electric | A | {until}\n"
        run(hub.database, "staff", _csv(tmp_path, text), "LG", dry_run=False)
        return hub.look(lambda tx: tx.scalars(select(Qualification)).one())

    first = bring("2026-03-09")
    hub.do(lambda tx: setattr(tx.get_one(Qualification, first.id), "warned", 7))
    assert bring("2026-03-09").warned == 7
    assert bring("2028-03-09").warned is None


def test_a_certificate_that_cannot_be_read_and_a_building_nobody_knows_are_named(
    hub: House, tmp_path: Path
) -> None:
    path = _csv(
        tmp_path,
        "login,name,roles,department,certificates,buildings\n"
        "a,A,worker,ENG,electric | A | soon,A\nb,B,worker,ENG,,Z\nc,C,worker,ENG,|A,A\n",
    )
    done = run(hub.database, "staff", path, "LG", dry_run=True)
    assert {(cell.row, cell.column) for cell in done.bad} == {
        (2, "certificates"),
        (3, "buildings"),
        (4, "certificates"),
    }


def test_a_category_says_its_certificate_its_minutes_and_how_hands_are_chosen(
    hub: House, tmp_path: Path
) -> None:
    head = "code,en,kind,department,priority,trade,paper,minutes,assign\n"
    path = _csv(tmp_path, head + "01-03,Taps,repair,ENG,P3,plumbing,required,35,propose\n")
    run(hub.database, "categories", path, "LG", dry_run=False)
    row = hub.look(lambda tx: tx.scalars(select(Category).where(Category.code == "01-03")).one())
    assert (row.trade, row.paper, row.minutes, row.assign) == ("plumbing", "required", 35, "propose")
    path = _csv(tmp_path, head + "01-03,Taps,repair,ENG,P3,plumbing,perhaps,0,never\n")
    done = run(hub.database, "categories", path, "LG", dry_run=True)
    assert {cell.column for cell in done.bad} == {"paper", "minutes", "assign"}
