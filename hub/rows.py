"""New rows of the hot tables: made without the checks a value from outside needs, written many at a time.

SQLModel's own constructor looks every field up, one at a time, and sets it through three layers: a tenth of a
millisecond a row, several rows a matter. What the verbs write is checked already, so here the values go in as
they are, with the model's defaults for the rest.
"""

import threading
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, TypeVar

from pydantic_core import PydanticUndefined
from sqlalchemy import Integer, Table, bindparam, func, insert, select
from sqlalchemy.orm import class_mapper, make_transient_to_detached
from sqlmodel import SQLModel

from hub.database import Tx
from hub.statements import Statement

Row = TypeVar("Row", bound=SQLModel)

BLOCK = 32


def new(model: type[Row], **values: Any) -> Row:
    """A row of `model` that no session knows yet. Raises TypeError for a column that it has not."""
    plain, made, known = _defaults(model)
    if not known.issuperset(values):
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(values.keys() - known))}")
    row: Row = _blank(model)()
    inside = row.__dict__
    inside.update(plain)
    inside.update(values)
    for name, make in made:
        if name not in values:
            inside[name] = make()
    return row


def anew(row: Row) -> Row:
    """The same as a new row, for one that was made ahead of its write: a write may be run again."""
    model = type(row)
    return new(model, **{name: row.__dict__[name] for name in _columns(model) if name in row.__dict__})


def seen(model: type[Row], found: Any) -> Row:
    """A row of the register as it stands, to be read and never changed: `found` has all its columns."""
    row: Row = _blank(model)()
    row.__dict__.update(found._asdict())
    return row


@cache
def _blank(model: type[SQLModel]) -> Callable[[], Any]:
    """What makes a row of this model with nothing in it."""
    return class_mapper(model).class_manager.new_instance


@cache
def _defaults(
    model: type[SQLModel],
) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...], frozenset[str]]:
    """The defaults that are one value for all, those made anew for each row, and all names there are."""
    fields = {name: field for name, field in model.model_fields.items() if name != "id"}
    plain = {
        name: field.default
        for name, field in fields.items()
        if field.default_factory is None and field.default is not PydanticUndefined
    }
    made: Any = ((name, field.default_factory) for name, field in fields.items() if field.default_factory)
    return plain, tuple(made), frozenset(model.model_fields)


def later(tx: Tx, row: SQLModel, block: int = BLOCK) -> None:
    """Give this new row its id now, and write it with the next flush as it is by then, with all of its table.

    A matter's rows go through several hands before it is settled, and each is written once, not written and
    changed. `block`: how many ids PostgreSQL hands out at a time; 1 where later must mean higher.
    """
    row.__dict__["id"] = _ids(tx, table_of(type(row)), block)
    waiting: dict[type[SQLModel], list[SQLModel]] | None = tx.info.get("waiting rows")
    if waiting is None:
        waiting = tx.info["waiting rows"] = {}
        tx.before_flush(partial(_write_waiting, tx, waiting))
    waiting.setdefault(type(row), []).append(row)


def insert_numbered(tx: Tx, table: Table, values: list[dict[str, Any]]) -> Sequence[int]:
    """Insert these rows in their order and answer their ids, in the same order.

    The ids are taken first: SQLite, where we are the one writer, gives them back one row at a time only, and
    PostgreSQL's driver would wait for them.
    """
    if tx.database.is_sqlite:
        first = _highest(tx, table) + 1
        ids: Sequence[int] = range(first, first + len(values))
    else:
        ids = _next(tx, table.name, len(values))
    _into(table).run(tx, [{"id": row_id, **row} for row_id, row in zip(ids, values, strict=True)])
    return ids


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@cache
def _into(table: Table) -> Statement:
    return Statement(insert(table))


def _ids(tx: Tx, table: Table, block: int) -> int:
    """An id that nobody has: the next on SQLite, where we are the one writer; else one fetched ahead."""
    if not tx.database.is_sqlite:
        blocks: _Blocks = tx.database.cache.setdefault("id blocks", _Blocks())
        return blocks.take(tx, table.name, block)
    given: dict[str, int] = tx.info.setdefault("given ids", {})
    if table.name not in given:
        given[table.name] = _highest(tx, table)
    given[table.name] += 1
    return given[table.name]


def _highest(tx: Tx, table: Table) -> int:
    # straight to the driver, for it is asked several times a matter and is answered from the tree's edge
    row = tx.driver.execute(f"SELECT coalesce(max(id), 0) FROM {table.name}").fetchone()
    return int(row[0])


class _Blocks:
    """Ids taken from PostgreSQL's sequences some at a time. What is not used is a gap."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: dict[str, list[int]] = {}

    def take(self, tx: Tx, table: str, block: int) -> int:
        with self._lock:
            free = self._free.setdefault(table, [])
            if not free:
                free.extend(reversed(_next(tx, table, block)))
            return free.pop()


def _next(tx: Tx, table: str, count: int) -> list[int]:
    """So many ids of PostgreSQL's sequence, in ascending order."""
    return sorted(row.id for row in _NEXT.rows(tx, {"table": table, "count": count}))


_NEXT = Statement(
    select(func.nextval(func.pg_get_serial_sequence(bindparam("table"), "id")).label("id")).select_from(
        func.generate_series(1, bindparam("count", type_=Integer))
    )
)


def _write_waiting(tx: Tx, waiting: dict[type[SQLModel], list[SQLModel]]) -> None:
    """Insert what waits, the tables that others refer to first; from here on the session knows the rows.

    The flush that follows may number rows of its own, so the ids given so far say no more which is next.

    At the end of a transaction nobody changes them any more, and it need not come to know them.
    """
    tx.info.pop("given ids", None)
    for model in sorted(waiting, key=_depth):
        rows = waiting.pop(model)
        _into(table_of(model)).run(tx, [row.__dict__ for row in rows])
        if tx.is_ending:
            continue
        for row in rows:
            make_transient_to_detached(row)
            tx.add(row)


@cache
def _columns(model: type[SQLModel]) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(model).columns)


@cache
def _depth(model: type[SQLModel]) -> int:
    return SQLModel.metadata.sorted_tables.index(table_of(model))
