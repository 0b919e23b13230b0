"""Unchanging views of the data: one for a reader, or several of the very same moment, for several threads."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Engine, text

from hub.transaction import Tx

if TYPE_CHECKING:
    from hub.database import Database

# SQLite takes its view of the data with the first look at it, not before
LOOK = text("SELECT 1 FROM sqlite_schema LIMIT 1")
EXPORT, IMPORT = text("SELECT pg_export_snapshot()"), "SET TRANSACTION SNAPSHOT '{}'"
Views = list[Tx]


@contextmanager
def one(engine: Engine, database: "Database") -> Iterator[Tx]:
    """A reader of the data as they stand now."""
    with engine.connect() as connection, Tx(connection, database) as tx, tx.no_autoflush:
        yield tx


@contextmanager
def several(engine: Engine, database: "Database", count: int) -> Iterator[Views]:
    """So many readers, all of the same moment: on SQLite nobody commits while they open their eyes."""
    with ExitStack() as stack:

        def opened() -> Tx:
            return stack.enter_context(one(engine, database))

        if database.is_sqlite:
            yield database.write(lambda _: _all_at_once(opened, count))
        else:
            first = opened()
            snapshot = first.execute(EXPORT).scalar_one()
            others = [opened() for _ in range(count - 1)]
            for other in others:
                other.execute(text(IMPORT.format(snapshot)))
            yield [first, *others]


def _all_at_once(opened: Callable[[], Tx], count: int) -> Views:
    views = [opened() for _ in range(count)]
    for view in views:
        view.execute(LOOK)
    return views
