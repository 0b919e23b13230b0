"""How Python's interpreter is set where it serves many threads and makes many objects."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Seconds until a thread that waits for the interpreter has it. SQLite lets it go at every row, so by default
# (5 ms) eight intakes at a time spend a third of their time waiting to go on.
TURN = 0.0005
YOUNG = 10_000  # new objects between two looks for rings of them: a matter makes thousands, and hardly a ring


@contextmanager
def loading() -> Iterator[None]:
    """What is made meanwhile stands for good: looking it through again and again takes a third of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def steady() -> None:
    """Set it so, once everything that stands for good is there.

    That is not walked through again: nobody would be answered for 0.2 s.
    """
    sys.setswitchinterval(TURN)
    gc.collect()
    gc.set_threshold(YOUNG)
    gc.freeze()
    if _set_aside not in gc.callbacks:
        gc.callbacks.append(_set_aside)


def look_through() -> int:
    """Look at everything once, for a quiet hour. Answers how many objects stood in rings that nobody holds.

    By day a full look is at what is new; what has lived long and is let go in a ring is found only here.
    """
    gc.unfreeze()
    return gc.collect()


def _set_aside(phase: str, info: dict[str, Any]) -> None:
    """What a full look has left is not looked at by the next: with thousands of pages open each of them
    held everybody up for half a second."""
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()
