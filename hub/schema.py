"""Bring the tables to the newest revision, with a copy of a SQLite file taken first."""

from contextlib import AbstractContextManager
from importlib import import_module
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from hub import search
from hub.database import Database

VERSION = "alembic_version"  # the table in which Alembic says where the database stands


def revisions() -> AbstractContextManager[Path]:
    """The folder of our revisions."""
    return as_file(files("hub.migrations"))


def newest() -> str:
    """The newest revision this code knows: their files are named after them, in their order."""
    with revisions() as folder:
        return max(path.stem for path in (folder / "versions").glob("[!_]*.py")).split("_")[0]


def current(database: Database) -> str | None:
    """The revision the database stands at; None when it is empty."""
    with database.connection() as connection:
        if not inspect(connection).has_table(VERSION):
            return None
        found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION}")).scalar()
        return found


def is_modelled(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Whether a model stands for this table or index of the database: the search index has none."""
    return not (name or "").removeprefix("ix_").startswith(search.TABLE)


def upgrade(database: Database) -> bool:
    """Bring the database to the newest revision. True when there was something to do.

    A rebuilt table must not cascade into its children, so foreign keys rest while SQLite migrates and are
    checked afterwards; a filled SQLite file is copied beside itself before.
    """
    was = current(database)
    if was == newest():
        return False
    if database.is_sqlite and was is not None:
        _copy(database, was)
    with database.engine().connect() as connection:
        if database.is_sqlite:
            _check_foreign_keys(connection, "OFF")
        try:
            _migrate(connection, database.is_sqlite)
        finally:
            if database.is_sqlite:
                _check_foreign_keys(connection, "ON")
    return True


def _migrate(connection: Connection, is_sqlite: bool) -> None:
    with connection.begin():
        if not is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(20_261_122)"))
        # Alembic alone is ten megabytes, and hardly any start has a revision to run
        import_module("hub.migrating").migrate(connection)
        if is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
            raise RuntimeError("the migration would leave rows without their parents")


def _check_foreign_keys(connection: Connection, state: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"PRAGMA foreign_keys={state}")


def _copy(database: Database, revision: str) -> None:
    path = database.path
    if path is None:
        return
    target = path.with_name(f"{path.name}.{revision}.bak")
    target.unlink(missing_ok=True)
    with database.engine().connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM INTO ?", (str(Path(target)),))
