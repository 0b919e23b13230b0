"""Backup and restore: the same archive on both engines, and the record whole afterwards."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from dispatch import work
from hub import archive, checkpoints, schema, tables
from hub.access import Actor
from hub.attachments import Store
from hub.database import Database
from hub.errors import BadInput, NotNow
from hub.orders import Order
from hub.tickets import Ticket
from tests.engines import PostgresTemplate
from tests.house import House, leak


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database on the engine the parameter names."""
    if request.param == "sqlite":
        urls: Iterator[str] = iter([f"sqlite:///{tmp_path / 'empty.db'}"])
    else:
        template: PostgresTemplate = request.getfixturevalue("postgres_template")
        urls = template.empty()
    made = Database(next(urls))
    schema.upgrade(made)
    yield made
    made.close()
    next(urls, None)


both = pytest.mark.parametrize(
    "empty", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def _counts(database: Database) -> dict[str, int]:
    kept = [table for table in tables.ALL if table.name not in archive.LEFT_OUT]
    return database.read(
        lambda tx: {t.name: tx.execute(select(func.count()).select_from(t)).scalar_one() for t in kept}
    )


@both
def test_an_archive_of_either_engine_restores_into_either(
    hub: House, clara: Actor, sue: Actor, order: Order, empty: Database, tmp_path: Path
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    store, other = Store(tmp_path / "files"), Store(tmp_path / "other files")
    hub.do(checkpoints.seal)
    archive.backup(hub.database, store, tmp_path / "hub.zip")
    archive.restore(empty, other, tmp_path / "hub.zip")
    assert _counts(empty) == _counts(hub.database)
    verdict = empty.read(checkpoints.verify)
    assert verdict.broken is None and verdict.checkpoints == 1
    restored = House(empty)
    again = restored.receive(restored.actor("clara"), leak(item="Another tap leaks"))
    assert restored.verify().broken is None and again.number not in {order.number}


@both
def test_a_filled_database_is_not_overwritten_unless_forced(
    hub: House, tap_leaks: Ticket, empty: Database, tmp_path: Path
) -> None:
    store = Store(tmp_path / "files")
    archive.backup(hub.database, store, tmp_path / "hub.zip")
    archive.restore(empty, store, tmp_path / "hub.zip")
    with pytest.raises(NotNow, match="--force"):
        archive.restore(empty, store, tmp_path / "hub.zip")
    archive.restore(empty, store, tmp_path / "hub.zip", force=True)
    assert _counts(empty) == _counts(hub.database)


def test_attached_files_travel_in_the_archive(hub: House, tap_leaks: Ticket, tmp_path: Path) -> None:
    store, other = Store(tmp_path / "a"), Store(tmp_path / "b")
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    sha256 = store.put(picture)
    from_row = {
        "ticket_id": tap_leaks.id,
        "sha256": sha256,
        "name": "x.png",
        "media_type": "image/png",
        "size": 108,
    }
    attachment = next(table for table in tables.ALL if table.name == "attachment")
    hub.do(
        lambda tx: tx.execute(
            attachment.insert().values(**from_row, purpose="", created_at=tap_leaks.received_at)
        )
    )
    archive.backup(hub.database, store, tmp_path / "hub.zip")
    archive.restore(hub.database, other, tmp_path / "hub.zip", force=True)
    assert other.get(sha256) == picture


def test_a_file_that_is_no_archive_is_refused(hub: House, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("not a zip")
    with pytest.raises(BadInput, match="not an archive"):
        archive.restore(hub.database, Store(tmp_path), tmp_path / "x.zip", force=True)
    with pytest.raises(BadInput, match="no such file"):
        archive.restore(hub.database, Store(tmp_path), tmp_path / "y.zip", force=True)


def test_an_archive_of_another_version_is_refused(hub: House, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as file:
        file.writestr("manifest.json", json.dumps({"revision": "0000", "made_at": "", "rows": {}}))
    with pytest.raises(BadInput, match="another version"):
        archive.restore(hub.database, Store(tmp_path), tmp_path / "old.zip", force=True)
    assert hub.verify().broken is None
