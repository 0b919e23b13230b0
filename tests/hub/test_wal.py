"""The log of SQLite comes home beside the writer: by itself, whatever went wrong the last time."""

import shutil
import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from sqlalchemy import text

from hub import wal
from hub.database import Database
from hub.leases import Lease
from tests.house import House
from tests.hub.test_writer import AT, put

PATIENCE = 20.0


def is_home(database: Database, name: str, folder: Path) -> bool:
    """Whether the row stands in the database file itself, without its log."""
    assert database.path
    alone = folder / "alone.db"
    until = monotonic() + PATIENCE
    while monotonic() < until:
        shutil.copy(database.path, alone)
        # a copy taken while it is brought home may be torn
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(alone)) as found:
            if found.execute("SELECT 1 FROM lease WHERE name = ?", (name,)).fetchone():
                return True
        threading.Event().wait(0.05)
    return False


def test_what_was_committed_is_brought_home_by_itself(house: House, tmp_path: Path) -> None:
    house.database.write(put("written"))
    assert is_home(house.database, "written", tmp_path)


def test_the_writer_leaves_it_alone_until_the_log_is_long(house: House) -> None:
    asked = house.database.write(lambda tx: tx.execute(text("PRAGMA wal_autocheckpoint")).scalar())
    assert asked == wal.LONGEST


def test_a_reader_that_looks_on_keeps_nobody_waiting(house: House, tmp_path: Path) -> None:
    looked, seen = threading.Event(), threading.Event()

    def look(tx: object) -> None:
        house.database.read(lambda tx: tx.get(Lease, "written"))
        looked.set()
        assert seen.wait(PATIENCE)

    reader = threading.Thread(target=house.database.read, args=(look,))
    reader.start()
    assert looked.wait(PATIENCE)
    house.database.write(put("meanwhile"))
    seen.set()
    reader.join(PATIENCE)
    house.database.write(put("after"))
    assert is_home(house.database, "after", tmp_path)


def test_what_failed_once_is_told_and_tried_again(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failed = threading.Event()

    def refuse(*_: object, **__: object) -> None:
        failed.set()
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(wal.sqlite3, "connect", refuse)
        assert house.database.write(put("one")) == "one"
        assert failed.wait(PATIENCE)
    house.database.write(put("two"))
    assert is_home(house.database, "two", tmp_path)
    assert "the log was not brought home" in caplog.text


def test_it_ends_with_the_database(house: House) -> None:
    another = Database(house.database.url.render_as_string())
    another.write(put("last"))
    assert another._homing
    another.close()
    assert not another._homing._thread.is_alive()
    assert house.database.read(lambda tx: tx.get(Lease, "last")).until == AT  # type: ignore[union-attr]


def test_it_ends_however_close_a_nudge_and_the_end_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal, "PAUSE", 0.002)
    chance = Random(7)
    for _ in range(300):
        homing = wal.Homing(tmp_path / "hub.db")
        homing.nudge()
        threading.Event().wait(chance.uniform(0.0015, 0.0025))
        ending = threading.Thread(target=homing.stop, daemon=True)
        ending.start()
        ending.join(PATIENCE)
        assert not ending.is_alive(), "it waits for a nudge that was taken away"
