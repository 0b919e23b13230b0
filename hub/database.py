"""The only doors to the tables: `write` and `read`. Only `write` commits.

SQLite has one writer thread that gathers waiting writes into one commit (hub.writer); PostgreSQL has a pool.
What a caller sees is the same: when `write` returns, the work is on the disk.
"""

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from hub import engines, views
from hub.bell import Bell, Changed
from hub.errors import StillRunning
from hub.idempotency import Key, claim, remember
from hub.transaction import Collision, Done, Tx
from hub.wal import Homing
from hub.writer import Fn, Writer

__all__ = ["Collision", "Database", "Tx"]

TRIES = 4  # a write that collides with another node's is run again this often

_writing: contextvars.ContextVar["Database | None"] = contextvars.ContextVar("writing", default=None)

T = TypeVar("T")


class Database:
    """One database, SQLite or PostgreSQL, by its URL."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.bell = Bell()
        self._in_flight: set[str] = set()
        self._lock = threading.Lock()
        # The rest of the pool stays free for number blocks, or writers would wait for each other's seats.
        self._seats = threading.BoundedSemaphore(engines.PG_POOL)
        self._write_engine: Engine = engines.writing(self.url)
        self._read_engine: Engine = engines.reading(self.url)
        self.dialect = self._write_engine.dialect
        self._soon = ThreadPoolExecutor(
            engines.READERS if self.is_sqlite else engines.PG_POOL, thread_name_prefix="soon"
        )
        self.cache: dict[Any, Any] = {}
        self._writer = Writer(self._write_engine, self._play, self._committed) if self.is_sqlite else None
        self._homing = Homing(self.path) if self.path else None

    @staticmethod
    def place(url: str) -> str:
        """Where a database lives, as people may see it: a path, or an address without its password."""
        made = make_url(url)
        if made.get_backend_name() == "sqlite":
            return str(made.database)
        return made.render_as_string(hide_password=True)

    @staticmethod
    def missing(url: str) -> bool:
        """Whether this is a SQLite file that is not there."""
        made = make_url(url)
        return made.get_backend_name() == "sqlite" and not Path(made.database or "").exists()

    @property
    def path(self) -> Path | None:
        """The SQLite file; None on PostgreSQL or in memory."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def write(self, fn: Callable[[Tx], T], key: Key | None = None) -> T:
        """Run `fn` in one transaction and return its answer once that is durable.

        `fn` may be run again, after a collision or a neighbour's refusal, so it does no slow work and nothing
        outside the database.
        Under a known idempotency key the stored answer (as JSON values) comes back and `fn` does not run.
        Raises what `fn` raises, with nothing written; KeyReused and StillRunning for the key; RuntimeError
        for a write inside a write, which would wait for itself.
        """
        if _writing.get() is self:
            raise RuntimeError("a write inside a write")
        with self._flight(key):
            if self._writer:
                return self._writer.run(fn, key)  # type: ignore[no-any-return]
            with self._seats:
                return self._write_now(fn, key)  # type: ignore[no-any-return]

    def write_soon(self, fn: Callable[[Tx], T]) -> Future[T]:
        """Like `write`, with no thread that waits: the future is done once the work is durable."""
        if _writing.get() is self:
            raise RuntimeError("a write inside a write")
        if self._writer:
            return self._writer.put(fn, None)
        return self._soon.submit(contextvars.copy_context().run, self._write_seated, fn)

    def _write_seated(self, fn: Callable[[Tx], T]) -> T:
        with self._seats:
            return self._write_now(fn, None)  # type: ignore[no-any-return]

    def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` on one unchanging view of the data. A write inside it is refused by the engine."""
        with views.one(self._read_engine, self) as tx:
            return fn(tx)

    def views(self, count: int) -> AbstractContextManager[list[Tx]]:
        """So many readers of one unchanging view, one for each of so many threads."""
        return views.several(self._read_engine, self, count)

    def read_soon(self, fn: Callable[[Tx], T]) -> Future[T]:
        """Like `read`, with no thread that waits, and no more at once than connections are kept."""
        return self._soon.submit(contextvars.copy_context().run, self.read, fn)

    def close(self) -> None:
        """Finish the waiting writes and let go of every connection."""
        if self._writer:
            self._writer.stop()
        if self._homing:
            self._homing.stop()
        self._soon.shutdown(wait=True)
        self.bell.close()
        self._write_engine.dispose()
        self._read_engine.dispose()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A raw connection in its own transaction, for migration, backup and number blocks on PostgreSQL."""
        with self._write_engine.begin() as connection:
            yield connection

    def engine(self) -> Engine:
        """The writing engine, for Alembic."""
        return self._write_engine

    @contextmanager
    def _flight(self, key: Key | None) -> Iterator[None]:
        if key is None:
            yield
            return
        with self._lock:
            if key.value in self._in_flight:
                raise StillRunning("the first request with this key is still running")
            self._in_flight.add(key.value)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(key.value)

    def _write_now(self, fn: Fn, key: Key | None) -> Any:
        for attempt in range(TRIES):
            done = Done()
            try:
                with self._write_engine.begin() as connection:
                    answer = self._play(connection, fn, key, done)
                    done.finish(connection)
            except Collision:
                if attempt == TRIES - 1:
                    raise
                continue
            except DBAPIError as failed:
                if attempt == TRIES - 1 or not engines.is_collision(failed):
                    raise
                continue
            self._committed(done.changed)
            return answer
        raise AssertionError("unreachable")

    def _play(self, connection: Connection, fn: Fn, key: Key | None, done: Done) -> Any:
        with Tx(connection, self) as tx, self._marked():
            if key is not None:
                known = claim(tx, key)
                if known is not None:
                    return known.answer
            answer = fn(tx)
            tx.finish()
            if key is not None:
                remember(tx, key, answer)
            tx.flush()
            done.add(tx.done)
            return answer

    def _committed(self, changed: Changed) -> None:
        if self._homing:
            self._homing.nudge()
        self.bell.ring(changed)

    @contextmanager
    def _marked(self) -> Iterator[None]:
        token = _writing.set(self)
        try:
            yield
        finally:
            _writing.reset(token)
