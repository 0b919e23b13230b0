"""What the hub knows: rooms, parties, staff, departments and categories."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from hub import access, catalogue, duty, finding
from hub.access import Actor
from hub.catalogue import Category
from hub.database import Tx
from hub.organisation import Office, Role, Staff
from web.api import paging
from web.api.bounds import Code, Line
from web.api.names import Names
from web.api.paging import BySearch, Page, Paged
from web.api.steps import naming
from web.deps import Db, Me
from web.templating import words_of

router = APIRouter(tags=["look-ups"])


class RoomOut(BaseModel):
    """A room; `code` is what tickets name it by."""

    code: str
    office: str | None
    building: str | None
    floor: str
    kind: str


class RoomOf(BaseModel):
    code: str
    office: str | None
    role: str


class PartyOut(BaseModel):
    """A customer, seen through the rooms they live in. `certainty`: the phone is theirs, known or maybe."""

    name: str
    kind: str
    certainty: str
    rooms: list[RoomOf]


class RoleOut(BaseModel):
    role: str
    office: str | None
    department: str | None


class StaffOut(BaseModel):
    login: str
    name: str
    is_on_duty: bool
    roles: list[RoleOut]


class DepartmentOut(BaseModel):
    code: str
    name: str
    office: str | None
    is_centre: bool


class CategoryOut(BaseModel):
    """A leaf of the category tree. Limits are text: 15m, 24h, 3d, 5wd; empty means none."""

    code: str
    name: str
    group: str
    kind: str
    department: str
    priority: str
    respond: str
    on_site: str
    resolve: str
    callback: str
    paid: bool
    demands: list[str]


class PhoneWanted(Paged):
    phone: Annotated[Line, Field(min_length=3, max_length=40)]


class InOffice(Paged):
    """A list of one office; of the asker's own when none is named."""

    office: Code | None = None


@router.get("/rooms")
def rooms(wanted: BySearch, me: Me, db: Db) -> Page[RoomOut]:
    """Rooms in use whose code holds `q`."""

    def look(tx: Tx) -> Page[RoomOut]:
        after = wanted.after("rooms", int)
        rows = finding.rooms(tx, me, wanted.q, wanted.office, after, wanted.limit + 1)
        shown, next_cursor = paging.cut("rooms", rows, wanted.limit, lambda row: row.id)
        names = Names(tx)
        items = [
            RoomOut(
                code=row.code,
                office=names.office(row.office_id),
                building=names.building(row.building_id),
                floor=row.floor,
                kind=row.kind,
            )
            for row in shown
        ]
        return Page(items=items, next_cursor=next_cursor)

    return db.read(look)


@router.get("/parties")
def parties(wanted: Annotated[PhoneWanted, Query()], me: Me, db: Db) -> Page[PartyOut]:
    """Whose phone this is, in any national form, among those who live in an office the asker may see."""

    def look(tx: Tx) -> Page[PartyOut]:
        rows = finding.parties(tx, me, wanted.phone, wanted.after("parties", int), wanted.limit + 1)
        shown, next_cursor = paging.cut("parties", rows, wanted.limit, lambda row: row.party.id)
        names = Names(tx)
        items = [
            PartyOut(
                name=row.party.name,
                kind=row.party.kind,
                certainty=row.certainty,
                rooms=[
                    RoomOf(code=room.code, office=names.office(room.office_id), role=role)
                    for room, role in row.rooms
                ],
            )
            for row in shown
        ]
        return Page(items=items, next_cursor=next_cursor)

    return db.read(look)


@router.get("/staff")
def staff(wanted: BySearch, me: Me, db: Db) -> Page[StaffOut]:
    """Colleagues by name or log-in, with the roles they hold and whether they are on duty now."""

    def look(tx: Tx) -> Page[StaffOut]:
        after = wanted.after("staff", int)
        rows = finding.staff(tx, me, wanted.q, wanted.office, after, wanted.limit + 1)
        shown, next_cursor = paging.cut("staff", rows, wanted.limit, lambda row: row.id)
        held = finding.roles(tx, me, [row.id for row in shown])
        return Page(items=_people(tx, shown, held), next_cursor=next_cursor)

    return db.read(look)


@router.get("/departments")
def departments(wanted: Annotated[InOffice, Query()], me: Me, db: Db) -> Page[DepartmentOut]:
    """The departments of the offices the asker may see."""

    def look(tx: Tx) -> Page[DepartmentOut]:
        after = wanted.after("departments", int)
        rows = finding.departments(tx, me, wanted.office, after, wanted.limit + 1)
        shown, next_cursor = paging.cut("departments", rows, wanted.limit, lambda row: row.id)
        names = Names(tx)
        items = [
            DepartmentOut(
                code=row.code, name=row.name, office=names.office(row.office_id), is_centre=row.is_centre
            )
            for row in shown
        ]
        return Page(items=items, next_cursor=next_cursor)

    return db.read(look)


@router.get("/categories")
def categories(wanted: Annotated[InOffice, Query()], request: Request, me: Me, db: Db) -> Page[CategoryOut]:
    """The category tree of an office, in the order of its codes, named in the asker's language."""
    locale = words_of(request).locale

    def look(tx: Tx) -> Page[CategoryOut]:
        after = wanted.after("categories", str) or ""
        book = catalogue.of(tx, _office(tx, me, wanted.office))
        rows = [row for code, row in sorted(book.categories.items()) if code > after]
        shown, next_cursor = paging.cut(
            "categories", rows[: wanted.limit + 1], wanted.limit, lambda row: row.code
        )
        return Page(items=[_category(row, locale) for row in shown], next_cursor=next_cursor)

    return db.read(look)


def _office(tx: Tx, me: Actor, code: str | None) -> Office:
    with naming("office"):
        return access.office(tx, me, code) if code else access.home(tx, me)


def _people(tx: Tx, rows: Sequence[Staff], held: Sequence[Role]) -> list[StaffOut]:
    names = Names(tx)
    offices = {role.office_id for role in held if role.office_id is not None}
    present = {id for office in offices for id in duty.on_duty(tx, tx.get_one(Office, office))}
    return [
        StaffOut(
            login=row.login,
            name=row.name,
            is_on_duty=row.id in present,
            roles=[
                RoleOut(
                    role=role.role,
                    office=names.office(role.office_id),
                    department=names.department(role.department_id),
                )
                for role in held
                if role.staff_id == row.id
            ],
        )
        for row in rows
    ]


def _category(row: Category, locale: str) -> CategoryOut:
    kept = row.model_dump(include=set(CategoryOut.model_fields) - {"name", "group"})
    groups = {"zh-Hans": row.group_zh_hans, "zh-Hant": row.group_zh_hant}
    return CategoryOut(**kept, name=row.name(locale), group=groups.get(locale) or row.group_en)
