"""How fast a file is played: as fast as it goes, or so many times as fast as it happened."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from web.replay.steps import Step


class Pace:
    """Holds steps back until their time has come. speed: file seconds per second; None holds nothing back."""

    def __init__(
        self,
        speed: float | None,
        watch: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._speed, self._watch, self._sleep = speed, watch, sleep
        self._began: tuple[datetime, float] | None = None

    def ready(self, steps: Sequence[Step]) -> int:
        """How many of these steps are to be played now, at least one; waits for the first."""
        if self._speed is None:
            return len(steps)
        if self._began is None:
            self._began = steps[0].at, self._watch()
        self._sleep(max(0.0, self._wait(steps[0])))
        return sum(self._wait(step) <= 0 for step in steps) or 1

    def _wait(self, step: Step) -> float:
        assert self._began is not None and self._speed is not None
        at, began = self._began
        return (step.at - at).total_seconds() / self._speed - (self._watch() - began)
