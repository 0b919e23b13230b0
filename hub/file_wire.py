"""How rings reach other processes on one SQLite file: each looks whether the file has changed."""

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from hub.bell import EVERYTHING, Changed, Hearer, topics_of

LOOK_SECONDS = 0.5
AFTER_FAILURE = 5.0
CLOSING_SECONDS = 2.0
MOST_EVENTS = 2_000  # in one look; more than these ring EVERYTHING
_SINCE = "SELECT id, stream, office_id, ticket_id, facts FROM event WHERE id > ? ORDER BY id LIMIT ?"

_log = logging.getLogger(__name__)


class FileWire:
    """SQLite: commands beside a running server are heard by looking whether the file has changed.

    `PRAGMA data_version` moves with every commit of another connection, our own writer's too; then the events
    written since the last look are read, and those that are not ours are rung. Ids of events grow in the
    order of their commits here, since one transaction writes at a time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ours: set[int] = set()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def send(self, changed: Changed) -> None:
        """Nothing is carried: the file is looked at. Only which events are ours is kept for the next look."""
        if self._thread:
            self._ours |= changed.events

    def listen(self, heard: Hearer) -> None:
        self._thread = threading.Thread(target=self._look_on, args=(heard,), name="bell in", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread:
            self._thread.join(CLOSING_SECONDS)

    def _look_on(self, heard: Hearer) -> None:
        while not self._closed.is_set():
            try:
                self._watch(heard)
            except Exception as failed:
                _log.warning("the database file cannot be looked at: %s", failed)
                self._closed.wait(AFTER_FAILURE)
                heard(frozenset({EVERYTHING}))

    def _watch(self, heard: Hearer) -> None:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as file:
            version, last = _version(file), _last(file)
            while not self._closed.wait(LOOK_SECONDS):
                present = _version(file)
                if present == version:
                    continue
                version = present
                topics, last = self._since(file, last)
                if topics:
                    heard(topics)

    def _since(self, file: sqlite3.Connection, last: int) -> tuple[frozenset[str], int]:
        rows = file.execute(_SINCE, (last, MOST_EVENTS)).fetchall()
        if len(rows) == MOST_EVENTS:
            last, topics = _last(file), {EVERYTHING}
        else:
            foreign = [row for row in rows if row[0] not in self._ours]
            topics = {topic for _, *said in foreign for topic in topics_of(*said)}
            last = rows[-1][0] if rows else last
        self._ours = {one for one in self._ours if one > last}
        return frozenset(topics), last


def _version(file: sqlite3.Connection) -> int:
    return int(file.execute("PRAGMA data_version").fetchone()[0])


def _last(file: sqlite3.Connection) -> int:
    return int(file.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0])
