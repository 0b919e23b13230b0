"""SQLite's write-ahead log is brought home into the database beside the writer, not by it.

Left to itself SQLite does that within a commit, at every thousandth page: on a bad day every seventh commit
took five times as long, and everybody waited behind it. Here a thread of its own does it some moments after a
commit, while readers and the writer go on (PASSIVE). Only a log of LONGEST pages is brought home by the
writer itself, which is also when it begins anew at the front.
Source: sqlite.org/wal.html (checkpointing); docs/decisions/0007 (speed).
"""

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

LONGEST = 8_000  # pages of 4 kB
PAUSE = 0.25  # seconds: what is written together is brought home together

_log = logging.getLogger(__name__)


class Homing:
    """The thread that brings the log of one database home. `nudge` after a commit; `stop` before closing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._nudged, self._is_over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="wal", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Something was committed. Quick, from any thread."""
        self._nudged.set()

    def stop(self) -> None:
        self._is_over.set()
        self._nudged.set()
        self._thread.join()

    def _work(self) -> None:
        while self._nudged.wait():
            self._nudged.clear()  # before the look at the end: a nudge that says so is never taken away
            if self._is_over.wait(PAUSE):
                return
            try:
                self._bring_home()
            except sqlite3.Error:
                _log.exception("the log was not brought home; the writer will do it")

    def _bring_home(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")  # home is on the disk before the log is given up
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
