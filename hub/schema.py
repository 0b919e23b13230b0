"""Bring the tables to the newest revision, with a copy of a SQLite file taken first."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from hub import search
from hub.database import Database


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our revisions."""
    made = Config()
    with as_file(files("hub.migrations")) as folder:
        made.set_main_option("script_location", str(folder))
    if connection is not None:
        made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The newest revision this code knows."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


def current(database: Database) -> str | None:
    """The revision the database stands at; None when it is empty."""
    with database.connection() as connection:
        return MigrationContext.configure(connection).get_current_revision()


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
        command.upgrade(config(connection), "head")
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
