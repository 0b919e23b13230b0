"""Statements compiled in one test serve the next, as they serve the next request in a hub that runs.

SQLAlchemy keeps them with an engine, and a test has two engines of its own: it spent nearly half of its time
compiling what the test before it had compiled. What is kept is text and shapes, never a row.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Dialect, Engine, event
from sqlalchemy.util import LRUCache

from hub import engines

KEPT = 5_000  # of each kind of engine; the whole suite has some thousand different ones

Make = Callable[[URL], Engine]


def share() -> None:
    """From now on every engine knows what was compiled for an earlier one of its kind."""
    engines.writing, engines.reading = _sharing(engines.writing), _sharing(engines.reading)


def _sharing(make: Make) -> Make:
    kept: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}

    def made(url: URL) -> Engine:
        engine, kind = make(url), url.get_backend_name()
        if kind in kept:
            engine.dialect, cache = kept[kind]
        else:
            cache = LRUCache(KEPT)
            # Compiled is for one dialect, and that has learnt with its first connection what its server can.
            event.listen(engine, "connect", lambda *_: kept.setdefault(kind, (engine.dialect, cache)))
        engine.update_execution_options(compiled_cache=cache)
        return engine

    return made
