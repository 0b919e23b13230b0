"""How figures are divided: by office, department, category, hour …, one line each.

Every division but two is a property of the ticket (its hour and weekday are those of its receipt on the
office's wall clock). Department and worker are those of the order concerned; for what belongs to a ticket as
a whole, of its first order of that round that was not withdrawn: who was first keeps the lead (首接負責).
Source: domain.md §3.2, §7.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from hub.catalogue import KINDS, PRIORITIES, Category
from hub.database import Tx
from hub.errors import BadInput
from hub.estate import Building, Room
from hub.orders import Order
from hub.organisation import Department, Office, Staff
from hub.statistics import seconds
from hub.statistics.scope import Scope
from hub.statistics.seconds import Column
from hub.tickets import Ticket

BY = (
    "",
    "office",
    "department",
    "worker",
    "category",
    "group",
    "building",
    "channel",
    "priority",
    "kind",
    "hour",
    "weekday",
    "month",
    "room",
)
HANDS = ("department", "worker")
# what a division shows even where nothing happened
ALWAYS_SHOWN: dict[str, tuple[Any, ...]] = {
    "": (0,),
    "hour": tuple(range(24)),
    "weekday": tuple(range(1, 8)),
    "kind": KINDS,
    "priority": PRIORITIES,
}

Tallies = defaultdict[Any, Counter[str]]
Hands = aliased(Order, name="hands")
Lead = aliased(Order, name="lead")


@dataclass(frozen=True)
class Cut:
    """One division: the column that tells the parts apart, None when all is one."""

    by: str
    key: Column | None

    def rows(
        self,
        tx: Tx,
        base: Select[Any],
        hands: Column,
        *columns: Column,
        key: Column | None = None,
        grouped: bool = True,
    ) -> Iterable[Any]:
        """The columns of `base` for each part of the division; the first of every row is the part's key.

        `base` selects from a fact joined to its Ticket; `hands` is the id of the order it belongs to.
        """
        query = base
        if self.by in HANDS:
            query = query.outerjoin(Hands, col(Hands.id) == hands)
        elif self.by == "group":
            query = query.outerjoin(Category, col(Category.id) == col(Ticket.category_id))
        elif self.by == "building":
            query = query.outerjoin(Room, col(Room.id) == col(Ticket.room_id))
        mine = key if key is not None else self.key
        if mine is not None:
            query = query.add_columns(mine.label("cut_key"))
            query = query.group_by("cut_key") if grouped else query
        return _first_the_key(tx.execute(query.add_columns(*columns)), mine is not None)

    def tally(
        self,
        tx: Tx,
        into: Tallies,
        base: Select[Any],
        hands: Column,
        *,
        key: Column | None = None,
        **sums: ColumnElement[Any],
    ) -> None:
        """Add each named sum to its part's tally."""
        columns = [column.label(name) for name, column in sums.items()]
        for part, *values in self.rows(tx, base, hands, *columns, key=key):
            into[part].update({name: int(value or 0) for name, value in zip(sums, values, strict=True)})


def cut(tx: Tx, scope: Scope, by: str) -> Cut:
    """The division of this name. Raises BadInput for one that is not in BY."""
    if by not in BY:
        raise BadInput("by", "must be one of: %(names)s", names=", ".join(name for name in BY if name))
    keys: dict[str, Any] = {
        "office": Ticket.office_id,
        "department": Hands.department_id,
        "worker": Hands.worker_id,
        "category": Ticket.category_id,
        "group": Category.group_code,
        "building": Room.building_id,
        "room": Ticket.room_id,
        "channel": Ticket.channel,
        "priority": Ticket.priority,
        "kind": Ticket.kind,
    }
    if by in keys:
        return Cut(by, col(keys[by]))
    if by in ("hour", "weekday"):
        return Cut(by, getattr(seconds, by)(_wall(tx, scope)))
    return Cut(by, None)


def lead_of(ticket_round: Column | None = None) -> ColumnElement[Any]:
    """The id of the order that has the lead of a query's Ticket, of one round or of all."""
    query = select(col(Lead.id)).where(col(Lead.ticket_id) == col(Ticket.id), col(Lead.status) != "withdrawn")
    if ticket_round is not None:
        query = query.where(col(Lead.round) == ticket_round)
    return query.order_by(col(Lead.seq)).limit(1).correlate_except(Lead).scalar_subquery()


def names(tx: Tx, scope: Scope, by: str, keys: Iterable[Any]) -> dict[Any, tuple[str, str]]:
    """What each part is called, by its key: its code as people know it, and its name.

    Codes that an office gives out (departments, buildings, rooms) are led by the office's where there are
    several. What has no such part ("no room", "nobody yet") is called "".
    """
    known = [key for key in keys if key is not None]
    named = _named(tx, scope, by, known)
    return {key: named.get(key, (_plain(by, key), _plain(by, key))) for key in keys}


def zones(tx: Tx, scope: Scope) -> dict[ZoneInfo, list[int]]:
    """The offices of the scope by the zone they live in, the first office's zone first."""
    found: dict[ZoneInfo, list[int]] = {}
    rows = tx.execute(
        select(col(Office.id), col(Office.zone))
        .where(col(Office.id).in_(scope.office_ids))
        .order_by(col(Office.id))
    )
    for office_id, zone in rows:
        found.setdefault(ZoneInfo(zone), []).append(office_id)
    return found


def _first_the_key(rows: Iterable[Any], has_key: bool) -> Iterable[Any]:
    """A base may bring columns of its own, which stand before the key."""
    at = -1
    for row in rows:
        if at < 0:
            at = row._fields.index("cut_key") if has_key else 0
        yield (row[at], *row[:at], *row[at + 1 :]) if has_key else (0, *row)


def _wall(tx: Tx, scope: Scope) -> ColumnElement[int]:
    earliest = tx.execute(
        select(func.min(col(Ticket.received_at))).where(col(Ticket.office_id).in_(scope.office_ids))
    ).scalar()
    return seconds.on_the_wall(
        col(Ticket.received_at),
        col(Ticket.office_id),
        zones(tx, scope),
        min(earliest or scope.start, scope.start),
        max(scope.end, scope.as_of),
    )


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
