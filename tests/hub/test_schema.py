"""Migrations on both engines: up from nothing, as the models say, down and up again, and nothing lost."""

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, inspect, text
from sqlmodel import SQLModel, select

import hub.migrations
from dispatch import work
from hub import migrating, schema, search, tables
from hub.access import Actor
from hub.database import Database
from hub.organisation import Department, Role, Staff
from tests.engines import PostgresTemplate, SqliteTemplate
from tests.house import House, leak


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        urls = iter([f"sqlite:///{tmp_path / 'hub.db'}"])
    else:
        template: PostgresTemplate = request.getfixturevalue("postgres_template")
        urls = template.empty()
    for url in urls:
        made = Database(url)
        yield made
        made.close()


@pytest.fixture
def filled(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Database]:
    """A SQLite file with the cast in it."""
    for url in sqlite_template.fresh(tmp_path):
        made = Database(url)
        yield made
        made.close()


def test_an_empty_database_gets_every_table_as_the_models_say(empty: Database) -> None:
    assert schema.current(empty) is None
    assert schema.upgrade(empty) is True
    assert schema.current(empty) == schema.newest()
    with empty.connection() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": schema.is_modelled}
        )
        assert compare_metadata(context, SQLModel.metadata) == []
        there = {name for name in inspect(connection).get_table_names() if not name.startswith(search.TABLE)}
        assert there == {
            *(table.name for table in tables.ALL),
            "alembic_version",
        }
    assert schema.upgrade(empty) is False


def test_the_checks_and_partial_indexes_of_the_models_are_there(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.connection() as connection:
        there = inspect(connection)
        for table in tables.ALL:
            wanted = {
                str(rule.name) for rule in table.constraints if type(rule).__name__ == "CheckConstraint"
            }
            assert {str(rule["name"]) for rule in there.get_check_constraints(table.name)} >= wanted
            indexes = {str(index["name"]) for index in there.get_indexes(table.name)}
            assert indexes >= {str(index.name) for index in table.indexes}


def test_every_revision_goes_down_and_up_again(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.connection() as connection:
        command.downgrade(migrating.config(connection), "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    assert schema.upgrade(empty) is True
    with empty.connection() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": schema.is_modelled}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_two_nodes_that_start_at_once_migrate_once(empty: Database) -> None:
    other = Database(empty.url.render_as_string(hide_password=False))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(schema.upgrade, [empty, other]))
    other.close()
    assert schema.current(empty) == schema.newest()


def test_a_filled_file_is_copied_first_and_keeps_every_child(
    filled: Database, coming: "Coming", tmp_path: Path
) -> None:
    before = _counts(filled)
    was = schema.newest()
    coming.add(
        "rebuilds",
        "    with op.batch_alter_table('office', recreate='always') as batch:\n"
        "        batch.add_column(sa.Column('motto', sa.Text(), nullable=True))\n",
    )
    assert schema.upgrade(filled) is True
    assert _counts(filled) == before
    assert min(before) > 0
    with sqlite3.connect(tmp_path / f"hub.db.{was}.bak") as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == (was,)
        assert copy.execute("SELECT count(*) FROM staff").fetchone() == (before[0],)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert _checks_foreign_keys(filled)


def test_a_migration_that_would_orphan_rows_is_undone(filled: Database, coming: "Coming") -> None:
    before, was = _counts(filled), schema.newest()
    coming.add("orphans", "    op.execute('DELETE FROM staff')\n")
    with pytest.raises(RuntimeError, match="without their parents"):
        schema.upgrade(filled)
    assert _counts(filled) == before
    assert schema.current(filled) == was
    assert _checks_foreign_keys(filled)


def test_a_migration_that_breaks_off_leaves_nothing_half_done(filled: Database, coming: "Coming") -> None:
    was = schema.newest()
    coming.add(
        "breaks",
        "    op.add_column('office', sa.Column('motto', sa.Text(), nullable=True))\n"
        "    op.execute('SELECT * FROM nowhere')\n",
    )
    with pytest.raises(Exception, match="nowhere"):
        schema.upgrade(filled)
    assert schema.current(filled) == was
    with filled.connection() as connection:
        assert "motto" not in {column["name"] for column in inspect(connection).get_columns("office")}
    assert _checks_foreign_keys(filled)


def test_promises_that_ran_before_are_told_from_when_they_are_at_risk(
    hub: House, clara: Actor, wes: Actor
) -> None:
    ticket = hub.receive(clara, leak())
    hub.do(work.accept, wes, hub.orders(ticket)[0])
    with hub.database.connection() as connection:
        command.downgrade(migrating.config(connection), "0019")
    schema.upgrade(hub.database)
    for promise in hub.promises(ticket):
        if promise.is_running:
            near = promise.started_at + (promise.due_at - promise.started_at) * 0.8
            assert promise.warn_at and abs(promise.warn_at - near) < timedelta(milliseconds=2)
        else:
            assert (promise.kind, promise.warn_at) == ("accept", None)


class Coming:
    """A copy of our revisions to which a test adds one that is still to come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        shutil.copytree(Path(hub.migrations.__file__).parent, folder)

    def add(self, name: str, body: str) -> None:
        revision = (
            f'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "{name}"\n'
            f'down_revision = "{schema.newest()}"\n\n\ndef upgrade() -> None:\n{body}'
        )
        (self._folder / "versions" / f"{name}.py").write_text(revision, "utf-8")


@pytest.fixture
def coming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Coming:
    folder = tmp_path / "migrations"
    made = Coming(folder)
    monkeypatch.setattr(schema, "files", lambda _: folder)
    return made


def _counts(database: Database) -> list[int]:
    return [
        database.read(lambda tx, table=table: tx.scalars(select(func.count()).select_from(table)).one())
        for table in (Staff, Department, Role)
    ]


def _checks_foreign_keys(database: Database) -> bool:
    return database.write(lambda tx: bool(tx.execute(text("PRAGMA foreign_keys")).scalar()))
