"""Fill a place with its history in bulk: indexes off, rows in, indexes on again, then what is derived.

SQLite takes rows by its own driver without waiting for the disk, PostgreSQL by COPY. Not measured itself.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Table, inspect
from sqlalchemy.schema import CreateIndex
from sqlmodel import SQLModel

from hub import checkpoints, schema, search
from hub.columns import Moment
from hub.database import Database
from web.bench import ground, history
from web.bench.history import Row, Rows
from web.bench.places import Place

Say = Callable[[str], None]
Tell = Callable[[int, int], None]


def fill(place: Place, tickets: int, open_ones: int, offices: int, tell: Tell) -> None:
    """The ground, then `tickets` matters of which about `open_ones` are open; `tell` hears how far it is."""
    plan = history.plan_of(tickets, open_ones)
    database = Database(place.url)
    try:
        schema.upgrade(database)
        place.ground = ground.lay(database, offices, plan.until - timedelta(days=800))
        known = database.read(history.known)
        loader = _Sqlite(database) if place.is_sqlite else _Postgres(database)
        loader.clear_the_way()
        for done, rows in history.chunks(plan, known):
            loader.load(rows)
            tell(done, tickets)
        loader.end()
        place.turn = tickets
        with database.connection() as connection:
            search.rebuild(connection)
        _count_on(database, tickets, offices)
        database.write(lambda tx: checkpoints.seal(tx) is not None)
        loader.settle()
    finally:
        database.close()


def _count_on(database: Database, tickets: int, offices: int) -> None:
    upcoming = tickets // offices + 2
    with database.connection() as connection:
        connection.exec_driver_sql(f"UPDATE office_counter SET upcoming = {upcoming}")


class _Loader:
    """What both engines do alike: forget the indexes of the big tables, and make them again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = [_table(model) for model in history.TABLES]

    def clear_the_way(self) -> None:
        with self._database.connection() as connection:
            for table in self._tables:
                there = {found["name"] for found in inspect(connection).get_indexes(table.name)}
                for index in table.indexes:
                    if index.name in there:
                        index.drop(connection)

    def end(self) -> None:
        with self._database.connection() as connection:
            for table in self._tables:
                for index in table.indexes:
                    connection.execute(CreateIndex(index))

    def load(self, rows: Rows) -> None:
        raise NotImplementedError

    def settle(self) -> None:
        """Leave it as a database that grew to this in years would be."""


class _Sqlite(_Loader):
    def clear_the_way(self) -> None:
        super().clear_the_way()
        self._raw = sqlite3.connect(str(self._database.path), isolation_level=None)
        self._raw.execute("PRAGMA synchronous=OFF")
        self._raw.execute("PRAGMA cache_size=-200000")

    def load(self, rows: Rows) -> None:
        self._raw.execute("BEGIN IMMEDIATE")
        for model, made in rows.items():
            if made:
                table, names = _table(model), _names(model, made)
                places = ",".join("?" * len(names))
                insert = f"INSERT INTO {table.name} ({_quoted(names)}) VALUES ({places})"
                self._raw.executemany(insert, _values(table, names, made, _as_text))
        self._raw.execute("COMMIT")

    def end(self) -> None:
        self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._raw.close()
        super().end()


class _Postgres(_Loader):
    def clear_the_way(self) -> None:
        super().clear_the_way()
        address = self._database.url.set(drivername="postgresql")
        self._raw = psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)
        with suppress(psycopg.errors.InsufficientPrivilege):
            # what history makes refers to what it made before: checking each row takes longer than writing it
            self._raw.execute("SET session_replication_role = replica")

    def load(self, rows: Rows) -> None:
        with self._raw.cursor() as cursor:
            for model, made in rows.items():
                if made:
                    table, names = _table(model), _names(model, made)
                    with cursor.copy(f"COPY {table.name} ({_quoted(names)}) FROM STDIN") as copy:
                        for row in _values(table, names, made, lambda moment: moment):
                            copy.write_row(row)

    def end(self) -> None:
        with self._raw.cursor() as cursor:
            for table in self._tables:
                key = table.autoincrement_column
                if key is not None:
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), "
                        f"(SELECT coalesce(max({key.name}), 1) FROM {table.name}))"
                    )
        self._raw.close()
        super().end()

    def settle(self) -> None:
        """Its own housekeeping would come within a minute, in the midst of what is measured."""
        address = self._database.url.set(drivername="postgresql")
        with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as raw:
            raw.execute("VACUUM (ANALYZE)")
            raw.execute("CHECKPOINT")


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _names(model: type[SQLModel], rows: Sequence[Row]) -> list[str]:
    """The columns these rows fill: those given, and those whose default is a value of its own."""
    return [
        column.name
        for column in _table(model).columns
        if column.name in rows[0] or _default(model, column.name) is not None
    ]


def _default(model: type[SQLModel], name: str) -> Any:
    return model.model_fields[name].get_default(call_default_factory=True, validated_data={})


def _values(
    table: Table, names: Sequence[str], rows: Sequence[Row], moment: Callable[[datetime], Any]
) -> list[list[Any]]:
    """The rows as the driver takes them: JSON as text, moments by `moment`."""
    model = next(model for model in history.TABLES if _table(model) is table)
    defaults = [_plain(_default(model, name)) for name in names]
    moments = [isinstance(table.columns[name].type, Moment) for name in names]
    made = []
    for row in rows:
        line = []
        for name, default, is_moment in zip(names, defaults, moments, strict=True):
            value = row.get(name, default)
            line.append(moment(value) if is_moment and value is not None else value)
        made.append(line)
    return made


def _plain(default: Any) -> Any:
    return json.dumps(default) if isinstance(default, dict | list) else default


def _as_text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
