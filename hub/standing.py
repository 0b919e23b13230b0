"""What stands above the matters and seldom changes: offices, departments, buildings, people by name.

Read once per version of the company's settings, not once per matter. Whoever writes one of `SET` moves the
version in the same transaction without having to think of it, so no process ever acts on what was.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import event, select, update
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import SQLModel, col

from hub.database import Tx
from hub.estate import Building
from hub.organisation import Company, Department, Office, Role, Staff
from hub.rows import table_of
from hub.statements import Statement

T = TypeVar("T")

SET: set[type[SQLModel]] = {Office, Department, Building, Staff, Role}
CHANGED = "catalogue changed"  # in tx.info: nothing read now may be kept for others
# who answers for a matter that no clerk registered: the first of these roles that somebody holds
ANSWERABLE = ("customer_director", "director", "clerk")

CALLED = {"staff": "login", "office": "code", "department": "code", "category": "code"}

_VERSIONS = Statement(select(col(Company.id), col(Company.settings_version)))


@dataclass(frozen=True)
class Standing:
    """What is set, at one version. The rows are nobody's session's: they are read, never changed."""

    version: int
    offices: dict[int, Office]
    by_code: dict[str, Office]
    departments: dict[tuple[int, str], Department]
    buildings: dict[int, Building]
    owners: dict[int, int]
    names: dict[tuple[str, int], str]


def version(tx: Tx, company_id: int) -> int:
    """The version of the company's settings, asked once in a transaction."""
    return _versions(tx)[company_id]


def of(tx: Tx) -> Standing:
    """What stands now; from the cache while nothing has changed."""
    present = sum(_versions(tx).values())
    if CHANGED in tx.info:
        return _read(tx, present)  # not for others while it may still be taken back
    known = tx.database.cache.get("standing")
    if isinstance(known, Standing) and known.version == present:
        return known
    fresh = _read(tx, present)
    tx.database.cache["standing"] = fresh
    return fresh


def kept(tx: Tx, name: str, office: Office, read: Callable[[int], T]) -> T:
    """What `read` makes of an office's settings at a version, from the cache while nothing has changed."""
    present = version(tx, office.company_id)
    if CHANGED in tx.info:
        return read(present)  # not for others while it may still be taken back
    known: tuple[int, T] | None = tx.database.cache.get((name, office.id))
    if known is None or known[0] != present:
        known = tx.database.cache[name, office.id] = present, read(present)
    return known[1]


def changed(tx: Tx, company_id: int | None = None) -> None:
    """Say that what is set has changed, so every process reads it anew. Two at once count as two."""
    move = update(Company).values(settings_version=col(Company.settings_version) + 1)
    tx.connection().execute(move if company_id is None else move.where(col(Company.id) == company_id))
    tx.info[CHANGED] = True


def watch(*tables: type[SQLModel]) -> None:
    """Have the version moved by whoever writes a row of these too."""
    SET.update(tables)


def _versions(tx: Tx) -> dict[int, int]:
    return tx.once("settings versions", lambda: dict(_VERSIONS.rows(tx, {})))


def _read(tx: Tx, present: int) -> Standing:
    offices, departments, buildings = (
        tx.connection().execute(select(table_of(table))).mappings().all()
        for table in (Office, Department, Building)
    )
    by_id = {row["id"]: Office(**row) for row in offices}
    rooms_of = {row["id"]: Building(**row) for row in buildings}
    parts = [Department(**row) for row in departments]
    return Standing(
        version=present,
        offices=by_id,
        by_code={row.code: row for row in by_id.values()},
        departments={(row.office_id, row.code): row for row in parts if row.ended_at is None},
        buildings=rooms_of,
        owners=_owners(tx),
        names=_names(tx),
    )


def _names(tx: Tx) -> dict[tuple[str, int], str]:
    """(table, id) -> what people call the row: log-ins and codes."""
    tables, found = SQLModel.metadata.tables, dict[tuple[str, int], str]()
    for name, called in CALLED.items():
        columns = tables[name].columns
        for row_id, code in tx.connection().execute(select(columns["id"], columns[called])):
            found[name, row_id] = code
    return found


def _owners(tx: Tx) -> dict[int, int]:
    """By office, the longest-serving of those who hold the first of ANSWERABLE that anybody holds."""
    rows = tx.connection().execute(
        select(col(Role.office_id), col(Role.role), col(Role.staff_id))
        .join(Staff, col(Staff.id) == col(Role.staff_id))
        .where(
            col(Role.role).in_(ANSWERABLE),
            col(Role.office_id).is_not(None),
            col(Role.ended_at).is_(None),
            col(Staff.ended_at).is_(None),
        )
        .order_by(col(Role.since), col(Role.id))
    )
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        office_id, role, staff_id = int(row[0] or 0), row[1], row[2]
        rank = ANSWERABLE.index(role)
        if office_id not in found or rank < found[office_id][0]:
            found[office_id] = (rank, staff_id)
    return {office_id: staff_id for office_id, (_, staff_id) in found.items()}


@event.listens_for(Tx, "after_flush")
def _after_flush(tx: Tx, _: Any) -> None:
    written: Iterable[object] = chain(tx.new, tx.dirty, tx.deleted)
    if any(type(row) in SET for row in written):
        changed(tx)


@event.listens_for(Tx, "do_orm_execute")
def _before_bulk(state: ORMExecuteState) -> None:
    is_write = state.is_insert or state.is_update or state.is_delete
    mapper = state.bind_mapper
    if is_write and mapper is not None and mapper.class_ in SET and isinstance(state.session, Tx):
        changed(state.session)
