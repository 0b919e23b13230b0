"""The raw floor of an intake: the same rows of the same tables by the bare driver, eight to a commit.

No index, no check, no look-up, no HTTP: only rows and the wait for the disk. Nobody can be faster than this.
"""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import make_url

from web.bench.places import Place

PER_COMMIT = 8
# the tables an intake writes, each with the column that names its ticket
WRITTEN = (
    ("ticket", "id"),
    ("work_order", "ticket_id"),
    ("promise", "ticket_id"),
    ("event", "ticket_id"),
    ("event_words", "ticket_id"),
)
NEWEST = "(SELECT max(ticket_id) FROM work_order)"
Batch = list[tuple[str, Sequence[Any]]]


def intakes_per_second(place: Place, seconds: float) -> float:
    """How many times the newest dispatched ticket's rows go in by the bare driver."""
    if place.is_sqlite:
        path = str(make_url(place.url).database)
        with sqlite3.connect(path, isolation_level=None, timeout=30) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            return _measure(_Sqlite(connection), seconds)
    address = make_url(place.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as raw:
        return _measure(_Postgres(raw), seconds)


def _measure(floor: "_Sqlite | _Postgres", seconds: float) -> float:
    batch = [floor.prepare(table, key) for table, key in WRITTEN]
    try:
        began, tickets = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            floor.put([line for line in batch if line[1]])
            tickets += PER_COMMIT
        return tickets / (time.perf_counter() - began)
    finally:
        for table, _ in WRITTEN:
            floor.run(f"DROP TABLE floor_{table}")


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: str) -> sqlite3.Cursor:
        return self._connection.execute(statement)

    def prepare(self, table: str, key: str) -> tuple[str, list[Any]]:
        self.run(f"CREATE TABLE floor_{table} AS SELECT * FROM {table} WHERE 1 = 0")
        rows = self.run(f"SELECT * FROM {table} WHERE {key} = {NEWEST}").fetchall()
        places = ",".join("?" * len(rows[0])) if rows else ""
        return f"INSERT INTO floor_{table} VALUES ({places})", rows

    def put(self, batch: Batch) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for insert, rows in batch:
            self._connection.executemany(insert, list(rows) * PER_COMMIT)
        self._connection.execute("COMMIT")


class _Postgres:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def run(self, statement: str) -> psycopg.Cursor[Any]:
        return self._connection.execute(statement)

    def prepare(self, table: str, key: str) -> tuple[str, list[Any]]:
        # rows go back as their text, which every column takes
        names = [row[0] for row in self.run(f"SELECT * FROM {table} LIMIT 0").description or ()]
        self.run(f"CREATE TABLE floor_{table} AS SELECT * FROM {table} WHERE 1 = 0")
        kinds = [
            row[0]
            for row in self.run(
                f"SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
                f"WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            )
        ]
        texts = ", ".join(f'"{name}"::text' for name in names)
        rows = self.run(f"SELECT {texts} FROM {table} WHERE {key} = {NEWEST}").fetchall()
        places = ",".join(f"%s::{kind}" for kind in kinds)
        return f"INSERT INTO floor_{table} VALUES ({places})", rows

    def put(self, batch: Batch) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for insert, rows in batch:
                cursor.executemany(insert, list(rows) * PER_COMMIT)
