"""What the parts of a division are called: codes and names as people know them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from hub.catalogue import Category
from hub.database import Tx
from hub.estate import Building, Room
from hub.organisation import Department, Office, Staff
from hub.statistics.scope import Scope


def names(tx: Tx, scope: Scope, by: str, keys: Iterable[Any]) -> dict[Any, tuple[str, str]]:
    """What each part is called, by its key: its code as people know it, and its name.

    Codes that an office gives out (departments, buildings, rooms) are led by the office's where there are
    several. What has no such part ("no room", "nobody yet") is called "".
    """
    known = [key for key in keys if key is not None]
    named = _named(tx, scope, by, known)
    return {key: named.get(key, (_plain(by, key), _plain(by, key))) for key in keys}


def _named(tx: Tx, scope: Scope, by: str, keys: list[Any]) -> dict[Any, tuple[str, str]]:
    if by == "office":
        return _read(tx, Office.id, Office.code, Office.name, keys)
    if by == "worker":
        return _read(tx, Staff.id, Staff.login, Staff.name, keys)
    if by == "category":
        return _read(tx, Category.id, Category.code, Category.en, keys)
    if by == "group":
        return _read(tx, Category.group_code, Category.group_code, Category.group_en, keys)
    places: dict[str, tuple[Any, Any]] = {
        "department": (Department, Department.name),
        "building": (Building, Building.name),
        "room": (Room, Room.code),
    }
    if by not in places:
        return {}
    table, name = places[by]
    found = _read(tx, table.id, table.code, name, keys)
    if len(scope.office_ids) == 1:
        return found
    offices = _read(tx, table.id, Office.code, Office.name, keys, (Office, Office.id == table.office_id))
    return {
        key: (f"{offices[key][0]}/{code}", f"{offices[key][1]} · {said}")
        for key, (code, said) in found.items()
    }


def _read(
    tx: Tx, key: Any, code: Any, name: Any, keys: list[Any], join: tuple[Any, Any] | None = None
) -> dict[Any, tuple[str, str]]:
    query = select(key, code, name)
    if join is not None:
        query = query.select_from(key.class_).join(*join)
    if len(keys) <= 500:
        query = query.where(key.in_(keys))
    wanted = set(keys)
    return {row[0]: (row[1], row[2]) for row in tx.execute(query) if row[0] in wanted}


def _plain(by: str, key: Any) -> str:
    if by == "" or key is None:
        return ""
    return f"{key:02d}" if by == "hour" else str(key)
