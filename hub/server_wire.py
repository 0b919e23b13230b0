"""A wire over a server: one thread that says, one that hears, each coming back after a break.

Its threads never let a failure reach a writer: a lost server is tried again with growing pauses, and after
each break EVERYTHING is rung, here and over there: nobody knows what was missed.
A payload is "node topic topic …", ids only, below NOTIFY's 8,000 bytes; very many topics become EVERYTHING.
"""

import logging
import secrets
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from hub.bell import EVERYTHING, Changed, Hearer

LONGEST = 7_900  # bytes of one payload; PostgreSQL refuses 8,000
LOOK_SECONDS = 0.5  # between two thoughts of stopping
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
CLOSING_SECONDS = 2.0
MOST_TOPICS = 2_000

Say = Callable[[str], object]

_log = logging.getLogger(__name__)


class ServerWire(ABC):
    """What every wire over a server shares; each opens the ways in and out by its own means."""

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

    @abstractmethod
    def speaking(self) -> AbstractContextManager[Say]:
        """An open way out: what says one payload."""

    @abstractmethod
    def hearing(self) -> AbstractContextManager[Iterator[str | None]]:
        """An open way in: payloads as they come, None now and then when none came."""

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


def payloads(node: str, topics: set[str]) -> list[str]:
    """The topics as payloads of at most LONGEST bytes; more topics than MOST_TOPICS are EVERYTHING."""
    made = [node]
    for topic in sorted(topics) if len(topics) <= MOST_TOPICS else [EVERYTHING]:
        if len(made[-1]) + 1 + len(topic) > LONGEST:
            made.append(node)
        made[-1] += f" {topic}"
    return made
