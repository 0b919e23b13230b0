"""What can be imported: for each kind its columns, its own checks, and how a checked row is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from hub import catalogue, contacts, estate, founding, organisation
from hub.catalogue import ASSIGN, CALLBACK_OF_KIND, KINDS, PAPERS, Category
from hub.contacts import KNOWN
from hub.database import Tx
from hub.estate import Building, Party, Room
from hub.organisation import COMPANY_ROLES, ROLES, Company, Office, Staff, StaffSkill
from hub.roster import StaffArea
from web.importing.cells import limit, minutes, number, yes
from web.importing.certificates import certificates, write_certificate
from web.importing.sheet import Column, Sheet, one_of, several

PROPERTY_TYPES = ("residential", "office", "mall", "industrial")


@dataclass(frozen=True)
class Place:
    """Where an import goes: the company and its office."""

    company: Company
    office: Office


@dataclass(frozen=True)
class Kind:
    """One kind of import. `check` looks at the whole sheet beside the register, `write` writes one row."""

    columns: tuple[Column, ...]
    check: Callable[[Tx, Place, Sheet], None]
    write: Callable[[Tx, Place, dict[str, Any]], None]


def _unique(sheet: Sheet, column: str) -> None:
    seen: dict[str, int] = {}
    for row, values in sheet.rows:
        value = str(values.get(column, "")).upper()
        if value and value in seen:
            sheet.refuse(row, column, value, f"stands in row {seen[value]} already")
        seen.setdefault(value, row)


def _check_rooms(tx: Tx, place: Place, sheet: Sheet) -> None:
    _unique(sheet, "room")


def _write_room(tx: Tx, place: Place, row: dict[str, Any]) -> None:
    building = _building(tx, place.office, row)
    code = estate.fold_code(row["room"])
    room = tx.exec_one(select(Room).where(Room.office_id == place.office.id, Room.code == code))
    if room is None:
        room = Room(office_id=place.office.id, code=code)
        tx.add(room)
    room.building_id = building.id if building else room.building_id
    room.floor = row.get("floor", room.floor)
    room.kind = row.get("kind", room.kind)
    room.area_m2 = row.get("area", room.area_m2)
    tx.flush()


def _building(tx: Tx, office: Office, row: dict[str, Any]) -> Building | None:
    if "building" not in row:
        return None
    found = tx.exec_one(
        select(Building).where(Building.office_id == office.id, Building.code == row["building"])
    )
    if found is None:
        found = Building(office_id=office.id, code=row["building"], name=row["building"])
        tx.add(found)
    found.name = row.get("building_name", found.name)
    found.property_type = row.get("property_type", found.property_type)
    tx.flush()
    return found


def _check_residents(tx: Tx, place: Place, sheet: Sheet) -> None:
    codes = set(tx.scalars(select(Room.code).where(Room.office_id == place.office.id)))
    for row, values in sheet.rows:
        if "room" in values and estate.fold_code(values["room"]) not in codes:
            sheet.refuse(row, "room", values["room"], "is not in this office's register of rooms")
        for phone in values.get("phones", []):
            if not contacts.is_phone(phone):
                sheet.refuse(row, "phones", phone, "has no digits of a phone number")


def _write_resident(tx: Tx, place: Place, row: dict[str, Any]) -> None:
    room = estate.room_by_code(tx, place.office.id, row["room"])
    assert room is not None
    party = next((p for p in estate.occupants(tx, room.id) if p.name == row["name"]), None)
    if party is None:
        party = Party(company_id=place.company.id, name=row["name"], locale=row.get("locale", ""))
        tx.add(party)
        tx.flush()
        estate.move_in(tx, party, room, row.get("role", "owner"))
    for phone in row.get("phones", []):
        point = contacts.contact_point(tx, place.company.id, phone, contacts.e164(phone, place.office.region))
        contacts.link(tx, party, point, KNOWN, "import")


def _check_staff(tx: Tx, place: Place, sheet: Sheet) -> None:
    _unique(sheet, "login")
    departments = {code for code, _ in _departments(tx, place.office)}
    for row, values in sheet.rows:
        if values.get("department", "") not in ("", *departments):
            sheet.refuse(
                row, "department", values["department"], f"is none of {', '.join(sorted(departments))}"
            )
        needs = {"supervisor", "worker", "guard"} & set(values.get("roles", []))
        if needs and "department" not in values:
            sheet.refuse(row, "department", "", f"is needed for a {min(needs)}")
    known = _buildings(tx, place.office)
    for row, values in sheet.rows:
        for code in set(values.get("buildings", [])) - set(known):
            sheet.refuse(row, "buildings", code, f"is none of {', '.join(sorted(known)) or 'the register'}")
    directors = [row for row, values in sheet.rows if "customer_director" in values.get("roles", [])]
    if len(directors) > 1:
        sheet.refuse(directors[1], "roles", "customer_director", "an office has one customer director")


def _buildings(tx: Tx, office: Office) -> dict[str, int]:
    rows = tx.scalars(select(Building).where(Building.office_id == office.id))
    return {row.code: row.id for row in rows}


def _departments(tx: Tx, office: Office) -> list[tuple[str, int]]:
    rows = tx.scalars(select(organisation.Department).where(organisation.Department.office_id == office.id))
    return [(row.code, row.id) for row in rows]


def _write_staff(tx: Tx, place: Place, row: dict[str, Any]) -> None:
    person = tx.exec_one(
        select(Staff).where(Staff.login == row["login"], Staff.company_id == place.company.id)
    )
    plain = {name: row[name] for name in ("phone", "email", "staff_no", "locale") if name in row}
    if person is None:
        person = founding.add_staff(
            tx, place.company, row["login"], row["name"], office=place.office, **plain
        )
    person.name = row["name"]
    person.password_hash = row.get("password_hash", person.password_hash)
    department = organisation.department(tx, place.office.id, row.get("department", ""))
    for role in row["roles"]:
        office = None if role in COMPANY_ROLES else place.office
        of_department = department if role in ("supervisor", "worker", "guard", "cashier") else None
        if not _holds(tx, person, role, office.id if office else None):
            founding.give_role(tx, person, role, place.company, office, of_department)
    for skill in row.get("skills", []):
        tx.merge(StaffSkill(staff_id=person.id, category=skill))
    for code in row.get("buildings", []):
        tx.merge(StaffArea(staff_id=person.id, building_id=_buildings(tx, place.office)[code]))
    for paper in row.get("certificates", []):
        write_certificate(tx, person, paper)
    tx.flush()


def _holds(tx: Tx, person: Staff, role: str, office_id: int | None) -> bool:
    held = select(organisation.Role.id).where(
        organisation.Role.staff_id == person.id,
        organisation.Role.role == role,
        organisation.Role.office_id == office_id,
        col(organisation.Role.ended_at).is_(None),
    )
    return tx.scalars(held).first() is not None


def _check_categories(tx: Tx, place: Place, sheet: Sheet) -> None:
    _unique(sheet, "code")


def _write_category(tx: Tx, place: Place, row: dict[str, Any]) -> None:
    known = tx.exec_one(
        select(Category).where(Category.company_id == place.company.id, Category.code == row["code"])
    )
    leaf = known or Category(
        company_id=place.company.id,
        code=row["code"],
        group_code=row.get("group", row["code"].partition("-")[0]),
        en=row["en"],
        kind=row["kind"],
        department=row["department"],
        priority=row["priority"],
    )
    for name in (
        "en",
        "zh_hans",
        "zh_hant",
        "kind",
        "department",
        "priority",
        "respond",
        "on_site",
        "resolve",
        "note",
        "trade",
        "paper",
        "minutes",
        "assign",
    ):
        setattr(leaf, name, row.get(name, getattr(leaf, name)))
    leaf.group_en = row.get("group_name", leaf.group_en)
    leaf.paid = row.get("paid", leaf.paid)
    leaf.callback = row.get("callback", CALLBACK_OF_KIND[leaf.kind] if known is None else leaf.callback)
    leaf.demands = row.get("demands", leaf.demands)
    tx.add(leaf)
    catalogue.changed(tx, place.company.id)
    tx.flush()


KINDS_OF_IMPORT: dict[str, Kind] = {
    "rooms": Kind(
        (
            Column("room", ("code", "room no", "flat", "房号", "房號", "单元号"), required=True),
            Column("building", ("block", "楼栋", "樓棟", "楼号")),
            Column("building_name", ("楼名", "樓名")),
            Column("property_type", ("物业类型",), read=one_of(*PROPERTY_TYPES)),
            Column("floor", ("楼层", "樓層")),
            Column(
                "kind", ("type", "类型", "類型"), read=one_of("flat", "shop", "office", "common", "parking")
            ),
            Column("area", ("area m2", "面积", "面積"), read=number),
        ),
        _check_rooms,
        _write_room,
    ),
    "residents": Kind(
        (
            Column("name", ("resident", "owner", "姓名", "业主", "業主", "住户"), required=True),
            Column("room", ("code", "room no", "flat", "房号", "房號"), required=True),
            Column("phones", ("phone", "mobile", "telephone", "电话", "電話", "手机"), read=several()),
            Column("role", ("身份",), read=one_of("owner", "tenant", "family", "user")),
            Column("locale", ("language", "语言"), read=str),
        ),
        _check_residents,
        _write_resident,
    ),
    "staff": Kind(
        (
            Column("login", ("user", "account", "账号", "帳號"), required=True),
            Column("name", ("姓名",), required=True),
            Column("roles", ("role", "角色"), required=True, read=several(*ROLES)),
            Column("department", ("部门", "部門")),
            Column("phone", ("mobile", "电话", "電話")),
            Column("email", ("e-mail", "邮箱")),
            Column("staff_no", ("no", "工号", "工號")),
            Column("skills", ("skill", "技能"), read=several()),
            Column("certificates", ("certificate", "证书", "證書"), read=certificates),
            Column("buildings", ("building", "责任区", "責任區"), read=several()),
            Column("locale", ("language", "语言")),
        ),
        _check_staff,
        _write_staff,
    ),
    "categories": Kind(
        (
            Column("code", ("编码", "編碼"), required=True),
            Column("group", ("l1",)),
            Column("group_name", ("l1_en",)),
            Column("en", ("name", "english"), required=True),
            Column("zh_hans", ("简体", "中文")),
            Column("zh_hant", ("繁體",)),
            Column("kind", ("类别",), required=True, read=one_of(*KINDS)),
            Column("department", ("部门", "部門"), required=True),
            Column(
                "priority",
                ("优先级",),
                required=True,
                read=lambda text: one_of("p1", "p2", "p3", "p4")(text).upper(),
            ),
            Column("respond", read=limit),
            Column("on_site", read=limit),
            Column("resolve", read=limit),
            Column("note"),
            Column("paid", read=yes),
            Column("callback", read=one_of("always", "sampled", "never")),
            Column("demands", read=several()),
            Column("trade", ("工种", "工種")),
            Column("paper", ("certificate", "持证", "持證"), read=one_of(*PAPERS[1:])),
            Column("minutes", ("工时", "工時"), read=minutes),
            Column("assign", ("派工",), read=one_of(*ASSIGN)),
        ),
        _check_categories,
        _write_category,
    ),
}
