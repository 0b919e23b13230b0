"""How Python's interpreter is set where it serves many threads and makes many objects."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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
