"""Work that begins when it is rung for, and every so often in any case: a lost bell costs half a second.

The clockwork ticks; what an emergency waits for should not. A pump never runs its work twice at a time.
"""

import threading
import time
from collections.abc import Callable

EVERY = 0.5  # seconds without a ring
GATHER = 0.2  # seconds after a ring, so that what comes together is worked together


class Pump:
    """One thread that does one work, again and again. `work` logs its own failures."""

    def __init__(self, name: str, work: Callable[[], object], every: float = EVERY) -> None:
        self._work, self._every = work, every
        self._rung, self._is_over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pump {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ring(self) -> None:
        """There may be something to do now. Quick, from any thread."""
        self._rung.set()

    def stop(self) -> None:
        """Begin nothing more."""
        self._is_over.set()
        self._rung.set()

    def join(self) -> None:
        """Wait until what is under way is finished."""
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.is_set():
            if self._rung.wait(self._every):
                time.sleep(GATHER)
            self._rung.clear()
            if not self._is_over.is_set():
                self._work()
