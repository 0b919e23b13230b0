"""Backup and restore: the hub's own archive, the same on both engines.

A ZIP of one JSONL per table, the attached files, and a manifest. It is read from one unchanging view, so it
is consistent while the hub runs, and restores across engines; the chains verify afterwards.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Date, Table, func, insert, select, text, update

from hub import clock, schema, search, tables
from hub.attachments import Store
from hub.columns import Moment
from hub.database import Database, Tx
from hub.errors import BadInput, NotNow

MANIFEST = "manifest.json"
# who is signed in and who holds which lease belongs to the machine that was, not to the record;
# what triage learned is learned again from the tickets
LEFT_OUT = ("web_session", "lease", "model", "wrong_try")
PAGE = 1_000


@dataclass(frozen=True)
class Manifest:
    """What an archive holds: the revision of its tables, when it was made, rows per table."""

    revision: str
    made_at: str
    rows: dict[str, int]


def backup(database: Database, store: Store, path: Path) -> Manifest:
    """Write the archive; the file appears whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        manifest = database.read(lambda tx: _write(tx, store, archive))
    part.replace(path)
    return manifest


def restore(database: Database, store: Store, path: Path, force: bool = False) -> Manifest:
    """Fill the database from the archive, in one transaction.

    Raises BadInput for a file that is no archive of this version, NotNow when the database holds anything
    and `force` is not said.
    """
    with _open(path) as archive:
        manifest = _manifest(archive)
        if manifest.revision != schema.newest():
            raise BadInput("file", "it was made by another version of the hub; restore it with that one")
        if not force and database.read(lambda tx: _is_filled(tx)):
            raise NotNow("the database is not empty; say --force to replace everything in it")
        _put_files(archive, store)
        database.write(lambda tx: _fill(tx, archive))
    database.cache.clear()
    return manifest


def _kept() -> list[Table]:
    return [table for table in tables.ALL if table.name not in LEFT_OUT]


def _write(tx: Tx, store: Store, archive: zipfile.ZipFile) -> Manifest:
    rows = {table.name: _dump(tx, table, archive) for table in _kept()}
    attachment = next(table for table in tables.ALL if table.name == "attachment")
    for sha256 in tx.scalars(select(attachment.c.sha256).distinct()):
        archive.write(store.path(sha256), f"files/{sha256}")
    manifest = Manifest(schema.newest(), clock.now().isoformat(), rows)
    archive.writestr(MANIFEST, json.dumps(manifest.__dict__, indent=1))
    return manifest


def _dump(tx: Tx, table: Table, archive: zipfile.ZipFile) -> int:
    count = 0
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=PAGE)
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
        for row in tx.execute(query).mappings():
            plain = {name: _plain(value) for name, value in row.items()}
            file.write(json.dumps(plain, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _open(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BadInput("file", "there is no such file") from None
    except zipfile.BadZipFile:
        raise BadInput("file", "this is not an archive of the hub") from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        return Manifest(**json.loads(archive.read(MANIFEST)))
    except (KeyError, TypeError, ValueError):
        raise BadInput("file", "this is not an archive of the hub") from None


def _is_filled(tx: Tx) -> bool:
    company = next(table for table in tables.ALL if table.name == "company")
    return bool(tx.execute(select(func.count()).select_from(company)).scalar_one())


def _put_files(archive: zipfile.ZipFile, store: Store) -> None:
    for name in archive.namelist():
        if not name.startswith("files/"):
            continue
        if store.put(archive.read(name)) != name.removeprefix("files/"):
            raise BadInput("file", "an attached file in it is not what it was")


def _fill(tx: Tx, archive: zipfile.ZipFile) -> None:
    for table in reversed(tables.ALL):
        for column in _own_parents(table):
            tx.execute(update(table).values({column.name: None}))
        tx.execute(table.delete())
    for table in _kept():
        _load(tx, table, _rows(archive, table))
        if not tx.database.is_sqlite:
            _continue_numbering(tx, table)
    search.rebuild(tx.connection())


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    with archive.open(f"tables/{table.name}.jsonl") as file:
        for line in file:
            row = json.loads(line)
            yield {column.name: _value(column, row[column.name]) for column in table.columns}


def _value(column: Column[Any], said: Any) -> Any:
    if said is None:
        return None
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(said)
    return date.fromisoformat(said) if isinstance(column.type, Date) else said


def _load(tx: Tx, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert page by page; a row that points at a later one of its own table gets its parent afterwards."""
    parents = _own_parents(table)
    later: list[tuple[Any, dict[str, Any]]] = []
    page: list[dict[str, Any]] = []
    for row in rows:
        pointing = {column.name: row[column.name] for column in parents if row[column.name] is not None}
        if pointing:
            later.append((row["id"], pointing))
            row |= dict.fromkeys(pointing)
        page.append(row)
        if len(page) == PAGE:
            tx.execute(insert(table), page)
            page = []
    if page:
        tx.execute(insert(table), page)
    for row_id, pointing in later:
        tx.execute(update(table).where(table.c.id == row_id).values(**pointing))


def _own_parents(table: Table) -> list[Column[Any]]:
    return [
        column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)
    ]


def _continue_numbering(tx: Tx, table: Table) -> None:
    key = table.autoincrement_column
    if key is not None:
        tx.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), "
                f"GREATEST((SELECT COALESCE(MAX({key.name}), 0) FROM {table.name}), 1))"
            )
        )
