"""The register of an office's places: its buildings and rooms.

Source: seed K5.3 (房號 from the register), K7.1 (property types by configuration).
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from hub import clock, estate
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, HubError, NotNow
from hub.estate import Building, Occupancy, Room
from hub.organisation import Office
from hub.setup.change import Subject, Values
from hub.setup.checks import Said
from hub.setup.rules import PROPERTY_TYPES

ROOM_KINDS = ("flat", "shop", "office", "common", "parking")
LARGEST = 999_999  # square metres


def buildings(tx: Tx, office: Office) -> list[Building]:
    query = select(Building).where(Building.office_id == office.id)
    return list(tx.scalars(query.order_by(col(Building.code))))


def rooms(tx: Tx, office: Office, query: str, limit: int) -> list[Room]:
    """The running rooms whose code has this in it."""
    found = select(Room).where(Room.office_id == office.id, col(Room.ended_at).is_(None))
    if query.strip():
        found = found.where(col(Room.code).contains(estate.fold_code(query), autoescape=True))
    return list(tx.scalars(found.order_by(col(Room.code)).limit(limit)))


# --- buildings ---------------------------------------------------------------


def _building(tx: Tx, office: Office, code: str) -> Building | None:
    return tx.exec_one(select(Building).where(Building.office_id == office.id, Building.code == code))


def _read_building(tx: Tx, office: Office, key: str) -> Values | None:
    row = _building(tx, office, key)
    return None if row is None else {"code": row.code, "name": row.name, "property_type": row.property_type}


def _check_building(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {
        "code": given.code("code"),
        "name": given.text("name", required=True),
        "property_type": given.one_of("property_type", PROPERTY_TYPES),
    }
    given.finish()
    return values


def _write_building(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    if values is None:
        raise NotNow("a building stays in the register; end its rooms instead")
    other = _building(tx, office, values["code"])
    row = _building(tx, office, key) if key else None
    if other is not None and other is not row:
        raise BadInput("code", "another one has this code")
    if key and values["code"] != key:
        raise BadInput("code", "a code stays; matters and rules name it")
    if row is None:
        row = Building(office_id=office.id, code="", name="")
        tx.add(row)
    row.code, row.name, row.property_type = values["code"], values["name"], values["property_type"]
    return row.code


# --- rooms -------------------------------------------------------------------


def _room(tx: Tx, office: Office, code: str) -> Room | None:
    return tx.exec_one(select(Room).where(Room.office_id == office.id, Room.code == code))


def _read_room(tx: Tx, office: Office, key: str) -> Values | None:
    row = _room(tx, office, key)
    if row is None or row.ended_at is not None:
        return None
    building = tx.get(Building, row.building_id) if row.building_id else None
    return {
        "code": row.code,
        "building": building.code if building else "",
        "floor": row.floor,
        "kind": row.kind,
        "area_m2": round(row.area_m2),
    }


def _check_room(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {
        "code": estate.fold_code(given.code("code")),
        "building": given.one_of("building", ("", *(one.code for one in buildings(tx, office)))),
        "floor": given.text("floor", longest=10),
        "kind": given.one_of("kind", ROOM_KINDS),
        "area_m2": given.whole("area_m2", 0, LARGEST) or 0,
    }
    given.finish()
    return values


def _write_room(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    row = _room(tx, office, key) if key else None
    if values is None:
        assert row is not None
        living = select(Occupancy.id).where(Occupancy.room_id == row.id, col(Occupancy.ended_at).is_(None))
        if tx.scalars(living).first() is not None:
            raise NotNow("somebody still lives there; a room ends when it is empty")
        row.ended_at = clock.now()
        return key
    other = _room(tx, office, values["code"])
    if other is not None and other is not row and (other.ended_at is None or row is not None):
        raise BadInput.of({"code": HubError("another one has this code")})
    row = row or other or Room(office_id=office.id, code="")
    building = _building(tx, office, values["building"]) if values["building"] else None
    row.code, row.floor, row.kind = values["code"], values["floor"], values["kind"]
    row.building_id, row.area_m2, row.ended_at = building.id if building else None, values["area_m2"], None
    tx.add(row)
    return row.code


BUILDING = Subject(
    "building", ("code", "name", "property_type"), _read_building, _check_building, _write_building
)
ROOM = Subject("room", ("code", "building", "floor", "kind", "area_m2"), _read_room, _check_room, _write_room)
