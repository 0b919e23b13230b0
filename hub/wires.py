"""How a ring of the bell reaches other processes: PostgreSQL's NOTIFY, Redis, or a look at the SQLite file.

A wire carries hints. Its threads never let a failure reach a writer: a lost server is tried again with
growing pauses, and after each break EVERYTHING is rung, here and over there: nobody knows what was missed.
A payload is "node topic topic …", ids only, below NOTIFY's 8,000 bytes; very many topics become EVERYTHING.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import redis
from sqlalchemy import URL

from hub.bell import EVERYTHING, Changed, Hearer, Wire
from hub.database import Database
from hub.file_wire import FileWire
from hub.settings import Settings

LONGEST = 7_900  # bytes of one payload; PostgreSQL refuses 8,000
LOOK_SECONDS = 0.5  # between two thoughts of stopping
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
CLOSING_SECONDS = 2.0
MOST_TOPICS = 2_000

Say = Callable[[str], object]

_log = logging.getLogger(__name__)


def chosen(settings: Settings, database: Database) -> Wire | None:
    """The wire the settings ask for; None where the bell stays in this process.

    `auto` is NOTIFY on PostgreSQL and a look at the file on SQLite.
    """
    if settings.bell == "redis":
        return RedisWire(settings.redis_url.get_secret_value())
    if settings.bell == "memory":
        return None
    return FileWire(database.path) if database.path else PostgresWire(database.url)


def connect(settings: Settings, database: Database) -> None:
    """Have this database's bell carried over the wire the settings ask for."""
    wire = chosen(settings, database)
    if wire:
        database.bell.carry(wire)


class _Carrier:
    """The two threads every wire over a server has: one that says, one that hears."""

    def __init__(self) -> None:
        self.node = secrets.token_hex(4)
        self._waiting: set[str] = set()
        self._door = threading.Condition()
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []

    def send(self, changed: Changed) -> None:
        with self._door:
            if not self._threads or all(one.name != "bell out" for one in self._threads):
                self._start("bell out", self._sending)
            self._waiting |= changed.topics
            self._door.notify()

    def listen(self, heard: Hearer) -> None:
        with self._door:
            self._start("bell in", lambda: self._hearing(heard))

    def close(self) -> None:
        with self._door:
            self._closed.set()
            self._door.notify_all()
        for thread in self._threads:
            thread.join(CLOSING_SECONDS)

    def speaking(self) -> AbstractContextManager[Say]:
        """An open way out: what says one payload."""
        raise NotImplementedError

    def hearing(self) -> AbstractContextManager[Iterator[str | None]]:
        """An open way in: payloads as they come, None now and then when none came."""
        raise NotImplementedError

    def _start(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _sending(self) -> None:
        pause, after_break = FIRST_PAUSE, False
        while not self._is_done():
            try:
                with self.speaking() as say:
                    if after_break:
                        say(f"{self.node} {EVERYTHING}")
                    pause, after_break = FIRST_PAUSE, False
                    self._say_on(say)
            except Exception as failed:
                after_break = True
                pause = self._rest("out", failed, pause)

    def _say_on(self, say: Say) -> None:
        while topics := self._next():
            for payload in payloads(self.node, topics):
                say(payload)

    def _next(self) -> set[str]:
        """What waits, all of it; nothing once the wire is closed."""
        with self._door:
            self._door.wait_for(lambda: self._waiting or self._closed.is_set())
            topics, self._waiting = self._waiting, set()
            return topics

    def _is_done(self) -> bool:
        return self._closed.is_set() and not self._waiting

    def _hearing(self, heard: Hearer) -> None:
        pause, after_break = FIRST_PAUSE, False
        while not self._closed.is_set():
            try:
                with self.hearing() as said:
                    if after_break:
                        heard(frozenset({EVERYTHING}))
                    pause, after_break = FIRST_PAUSE, False
                    self._hear_on(said, heard)
            except Exception as failed:
                after_break = True
                pause = self._rest("in", failed, pause)

    def _hear_on(self, said: Iterator[str | None], heard: Hearer) -> None:
        for payload in said:
            if self._closed.is_set():
                return
            node, *topics = (payload or "").split() or [""]
            if topics and node != self.node:
                heard(frozenset(topics))

    def _rest(self, way: str, failed: Exception, pause: float) -> float:
        if not self._closed.is_set():
            _log.warning("the bell's way %s is broken and tried again: %s", way, type(failed).__name__)
        self._closed.wait(pause)
        if self._closed.is_set():
            self._waiting = set()
        return min(LONGEST_PAUSE, pause * 2)


class PostgresWire(_Carrier):
    """LISTEN and NOTIFY: nothing to install beside the database. Rung after the commit, on a connection of
    its own, because a NOTIFY inside a transaction makes every commit wait for the one before it.
    """

    CHANNEL = "hub_changed"

    def __init__(self, url: URL) -> None:
        super().__init__()
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def speaking(self) -> Iterator[Say]:
        with self._open() as connection:
            yield lambda payload: connection.execute("SELECT pg_notify(%s, %s)", (self.CHANNEL, payload))

    @contextmanager
    def hearing(self) -> Iterator[Iterator[str | None]]:
        with self._open() as connection:
            connection.execute(f"LISTEN {self.CHANNEL}")
            yield self._heard_on(connection)

    def _open(self) -> psycopg.Connection[Any]:
        # A server that is gone without a word is noticed within half a minute.
        return psycopg.connect(
            self._address,
            autocommit=True,
            connect_timeout=5,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    def _heard_on(self, connection: psycopg.Connection[Any]) -> Iterator[str | None]:
        while True:
            for notice in connection.notifies(timeout=LOOK_SECONDS):
                yield notice.payload
            yield None


class RedisWire(_Carrier):
    """Redis or Valkey pub/sub. Publishing knows no database numbers, so the channel carries the URL's."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.channel = f"hub:{redis.Redis.from_url(url).get_connection_kwargs().get('db', 0)}:changed"

    @contextmanager
    def speaking(self) -> Iterator[Say]:
        with self._open() as client:
            yield lambda payload: client.publish(self.channel, payload)

    @contextmanager
    def hearing(self) -> Iterator[Iterator[str | None]]:
        with self._open() as client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(self.channel)
            yield self._heard_on(pubsub)

    def _open(self) -> redis.Redis:
        return redis.Redis.from_url(
            self._url,
            decode_responses=True,
            socket_connect_timeout=5,
            socket_timeout=10,
            health_check_interval=10,
        )

    def _heard_on(self, pubsub: Any) -> Iterator[str | None]:
        while True:
            said = pubsub.get_message(timeout=LOOK_SECONDS)
            yield said["data"] if said else None


def payloads(node: str, topics: set[str]) -> list[str]:
    """The topics as payloads of at most LONGEST bytes; more topics than MOST_TOPICS are EVERYTHING."""
    made = [node]
    for topic in sorted(topics) if len(topics) <= MOST_TOPICS else [EVERYTHING]:
        if len(made[-1]) + 1 + len(topic) > LONGEST:
            made.append(node)
        made[-1] += f" {topic}"
    return made
