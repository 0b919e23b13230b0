"""New rows of the hot tables: made without the checks a value from outside needs, written many at a time.

SQLModel's own constructor looks every field up, one at a time, and sets it through three layers: a tenth of a
millisecond a row, several rows a matter. What the verbs write is checked already, so here the values go in as
they are, with the model's defaults for the rest.
"""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any, TypeVar

from pydantic_core import PydanticUndefined
from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import class_mapper, make_transient_to_detached
from sqlmodel import SQLModel

from hub.database import Tx

Row = TypeVar("Row", bound=SQLModel)


def new(model: type[Row], **values: Any) -> Row:
    """A row of `model` that no session knows yet. Raises TypeError for a column that it has not."""
    plain, made = _defaults(model)
    unknown = values.keys() - plain.keys() - made.keys() - _required(model)
    if unknown:
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    row = class_mapper(model).class_manager.new_instance()
    row.__dict__.update(plain)
    row.__dict__.update({name: make() for name, make in made.items() if name not in values})
    row.__dict__.update(values)
    return row


@cache
def _defaults(model: type[SQLModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The defaults that are one value for all, and those that are made anew for each row."""
    fields = {name: field for name, field in model.model_fields.items() if name != "id"}
    plain = {
        name: field.default
        for name, field in fields.items()
        if field.default_factory is None and field.default is not PydanticUndefined
    }
    return plain, {name: field.default_factory for name, field in fields.items() if field.default_factory}


@cache
def _required(model: type[SQLModel]) -> frozenset[str]:
    return frozenset(model.model_fields)


def later(tx: Tx, row: SQLModel) -> None:
    """Have this new row written with the next flush, together with all others of its table."""
    waiting: dict[type[SQLModel], list[SQLModel]] | None = tx.info.get("waiting rows")
    if waiting is None:
        waiting = tx.info["waiting rows"] = {}
        tx.at_flush(partial(_write_waiting, tx, waiting))
    waiting.setdefault(type(row), []).append(row)


def write(tx: Tx, rows: Sequence[SQLModel]) -> None:
    """Insert these new rows of one table at once; they get their ids, and the session knows them."""
    model = type(rows[0])
    table = table_of(model)
    names = [column.name for column in table.columns if column.name != "id"]
    ids = insert_numbered(tx, table, [{name: row.__dict__.get(name) for name in names} for row in rows])
    for row, row_id in zip(rows, ids, strict=True):
        row.__dict__["id"] = row_id
        make_transient_to_detached(row)
        tx.add(row)


def insert_numbered(tx: Tx, table: Table, values: list[dict[str, Any]]) -> Sequence[int]:
    """Insert these rows in their order and answer their ids.

    SQLite gives back ids one row at a time only; but there we are the one writer, so the next ids are ours.
    """
    into, returning, highest = _statements(table)
    if not tx.database.is_sqlite:
        return tx.connection().execute(returning, values).scalars().all()
    first = tx.connection().execute(highest).scalar_one() + 1
    ids = range(first, first + len(values))
    tx.connection().execute(into, [{"id": row_id, **row} for row_id, row in zip(ids, values, strict=True)])
    return ids


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@cache
def _statements(table: Table) -> tuple[Any, Any, Any]:
    into = insert(table)
    returning = into.returning(table.c.id, sort_by_parameter_order=True)
    return into, returning, select(func.coalesce(func.max(table.c.id), 0))


def _write_waiting(tx: Tx, waiting: dict[type[SQLModel], list[SQLModel]]) -> None:
    while waiting:
        _, rows = waiting.popitem()
        write(tx, rows)
