"""The one thread that writes to SQLite: whatever waits shares a commit, and no refusal harms a neighbour.

A batch is played straight through. One that is refused before it has changed anything harms nobody. When one
of several is refused later, all of it is taken back and played again, each write in a savepoint of its own: a
savepoint costs a tenth of an intake, and such a refusal is rare. Where one was, the next batches are played
with that care at once.
Source: docs/decisions/0001 (one writer, shared commits), 0007 (speed).
"""

import contextvars
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine

from hub.bell import Changed
from hub.errors import HubError
from hub.idempotency import Key
from hub.transaction import Done, Tx

GATHER = 64  # writes in one commit at most: one waiting caller never pays for more than this
CAREFUL = 16  # batches after a refusal
SOON = 0.003  # seconds: two who were answered together ask again no further apart

Fn = Callable[[Tx], Any]
Play = Callable[[Connection, Fn, Key | None, Done], Any]


@dataclass
class _Job:
    """One write that waits, and what became of it: an answer, or what it was refused with."""

    fn: Fn
    key: Key | None
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    future: Future[Any] = field(default_factory=Future)
    answer: Any = None
    refused: BaseException | None = None


class _Spoiled(Exception):
    """A write was refused outside a savepoint: what stands in this transaction goes with it."""


class Writer:
    """The writing thread of one SQLite database. `play` does one write, `ring` tells what has changed."""

    def __init__(self, engine: Engine, play: Play, ring: Callable[[Changed], None]) -> None:
        self._engine, self._play, self._ring = engine, play, ring
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._is_open = True
        self._careful = 0
        self._together_last = 1
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many writes wait for the next commit."""
        return self._jobs.qsize()

    def run(self, fn: Fn, key: Key | None) -> Any:
        """Have it written, and wait until it is durable. Raises what `fn` raises, or what the commit met."""
        return self.put(fn, key).result()

    def put(self, fn: Fn, key: Key | None) -> Future[Any]:
        """Have it written by and by. Raises RuntimeError once closed, and in the writer's own bell."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write from the writer's own bell")
        job = _Job(fn, key)
        with self._door:
            if not self._is_open:
                raise RuntimeError("the database is closed")
            self._jobs.put(job)
        return job.future

    def stop(self) -> None:
        """Write what waits, and end."""
        with self._door:
            if self._is_open:
                self._jobs.put(None)
            self._is_open = False
        self._thread.join()

    def _work(self) -> None:
        while True:
            batch, last = self._gather()
            if batch:
                self._commit(batch)
            if last:
                return

    def _gather(self) -> tuple[list[_Job], bool]:
        """Whatever waits now, at least one, and who of those written for just now is about to come again.

        Those who were answered together ask again one after another, some thousandths of a second apart. A
        commit begun with the first of them would be theirs alone, and the interpreter would be torn between
        writing for one and listening to seven.
        """
        batch: list[_Job] = []
        while len(batch) < GATHER:
            try:
                job = self._jobs.get(timeout=self._patience(len(batch)))
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        self._together_last = len(batch)
        return batch, False

    def _patience(self, have: int) -> float | None:
        """How long to wait for one more, in seconds; None for as long as it takes."""
        if not have:
            return None
        return SOON if have < self._together_last else 0

    def _commit(self, batch: list[_Job]) -> None:
        try:
            changed = self._write(batch)
        except BaseException as failed:
            for job in batch:
                job.future.set_exception(failed)
            return
        if any(job.refused is None for job in batch):
            self._ring(changed)
        for job in batch:
            if job.refused is None:
                job.future.set_result(job.answer)
            else:
                job.future.set_exception(job.refused)

    def _write(self, batch: list[_Job]) -> Changed:
        """Make all of it durable that is not refused. Raises what the commit meets."""
        if self._careful:
            self._careful -= 1
            return self._together(batch, self._guarded)
        try:
            return self._together(batch, self._straight)
        except _Spoiled:
            if len(batch) == 1:
                return Changed()
            self._careful = CAREFUL
            return self._together(batch, self._guarded)

    def _together(self, batch: list[_Job], one: Callable[[Connection, _Job], Done]) -> Changed:
        done = Done()
        with self._engine.begin() as connection:
            for job in batch:
                done.add(one(connection, job))
            done.finish(connection)
        return done.changed

    def _straight(self, connection: Connection, job: _Job) -> Done:
        done, before = Done(), _changes(connection)
        try:
            job.answer = job.context.run(self._play, connection, job.fn, job.key, done)
        except BaseException as refused:
            job.refused = refused
            if isinstance(refused, HubError) and _changes(connection) == before:
                return Done()
            raise _Spoiled from refused
        return done

    def _guarded(self, connection: Connection, job: _Job) -> Done:
        savepoint = connection.begin_nested()
        done, job.refused = Done(), None
        try:
            job.answer = job.context.run(self._play, connection, job.fn, job.key, done)
        except BaseException as refused:
            if savepoint.is_active:
                savepoint.rollback()
            job.refused = refused
            return Done()
        savepoint.commit()
        return done


def _changes(connection: Connection) -> tuple[bool, int]:
    """Whether the transaction still stands, and how many rows were written since the connection opened."""
    driver: Any = connection.connection.dbapi_connection
    return connection.in_transaction(), driver.total_changes
