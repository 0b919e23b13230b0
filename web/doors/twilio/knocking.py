"""Who answers and who works share one interpreter: while many wait for an answer, the working waits a little.

A webhook must be answered at once; what it brought is worked within moments in any case.
"""

import time
from asyncio import Future
from collections.abc import Callable
from typing import Any, TypeVar

MANY = 4  # webhooks that wait at once: at fifty a second it is one or two
LONGEST = 0.1  # seconds one row waits at most: in a storm the working goes on, slowly
STEP = 0.002
T = TypeVar("T")


class Doors:
    """The doors of this process, and how many wait there for what they brought to be on the disk."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._now, self._sleep = now, sleep
        self._waiting = 0

    def until(self, kept: Future[T]) -> Future[T]:
        """Somebody wants an answer once this is done."""
        self._waiting += 1
        kept.add_done_callback(self._answered)
        return kept

    def let_answer(self) -> None:
        """Wait until few wait for an answer, or long enough."""
        until = self._now() + LONGEST
        while self._waiting > MANY and self._now() < until:
            self._sleep(STEP)

    def _answered(self, _: Future[Any]) -> None:
        self._waiting -= 1


DOORS = Doors()
