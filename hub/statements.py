"""Statements that run with every matter: compiled once for each engine, then given straight to its driver.

What SQLAlchemy does around one statement (looking its text up, naming every value, wrapping every row) costs
five to ten times what SQLite needs to answer it, and a matter asks twenty. The statements stay SQLAlchemy's:
it writes their text and says how a column's values become the driver's and are read back.
Source: docs/decisions/0018-straight-to-the-driver.md; house.md (the hot path needs Core statements).
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, bindparam
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.types import TypeEngine

from hub import engines
from hub.transaction import Tx

Turn = Callable[[Any], Any]
Values = Mapping[str, Any]
_Fetched = tuple[Sequence[Sequence[Any]], Sequence[Sequence[Any]]]


class Statement:
    """One Core statement, made once for as long as the process lives.

    `columns`: those an INSERT names; all others keep their default. An IN takes no list of changing length:
    see `one_of`.
    """

    def __init__(self, what: ClauseElement, columns: Iterable[str] = ()) -> None:
        self._what, self._columns = what, list(columns) or None
        self._texts: dict[str, _Text] = {}

    def rows(self, tx: Tx, values: Values) -> list[Any]:
        """What it answers: named tuples, the values as their columns say. Raises DBAPIError."""
        text = self._text(tx.database.dialect)
        cursor = tx.driver.cursor()
        try:
            _send(cursor.execute, text, text.values(values))
            return text.read(_fetched(cursor, text))
        finally:
            cursor.close()

    def first(self, tx: Tx, values: Values) -> Any | None:
        """The first row of what it answers, or None. Raises DBAPIError."""
        return next(iter(self.rows(tx, values)), None)

    def run(self, tx: Tx, many: Sequence[Values]) -> int:
        """Do it for each of these; answers how many rows it met, save within `Tx.together`.

        Raises DBAPIError.
        """
        text = self._text(tx.database.dialect)
        cursor = tx.driver.cursor()
        try:
            if len(many) == 1:
                _send(cursor.execute, text, text.values(many[0]))
            else:
                _send(cursor.executemany, text, [text.values(one) for one in many])
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def _text(self, dialect: Dialect) -> "_Text":
        text = self._texts.get(dialect.name)
        if text is None:
            made: Any = self._what.compile(dialect=dialect, column_keys=self._columns)
            columns = list(getattr(self._what, "exported_columns", ()))
            text = self._texts[dialect.name] = _Text.of(made, columns)
        return text


def one_of(column: ColumnElement[Any], name: str, size: int) -> ColumnElement[bool]:
    """The column is one of so many values; `named` gives them their names."""
    return column.in_([bindparam(f"{name}{place}", type_=column.type) for place in range(size)])


def named(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """These values under the names that `one_of` gave them; the last fills up what is left of `room_for`."""
    size = room_for(values)
    return {f"{name}{place}": values[min(place, len(values) - 1)] for place in range(size)}


def room_for(values: Sequence[Any]) -> int:
    """The power of two that these are filled up to: few statements are ever made. ValueError for none."""
    if not values:
        raise ValueError("nothing to be one of")
    return 1 << (len(values) - 1).bit_length()


@dataclass
class _Text:
    """A statement as its driver takes it: its values by place, or by name; how its rows are read."""

    said: str
    dialect: Dialect
    errors: type[Exception]
    is_by_place: bool
    takes: tuple[tuple[str, Turn | None], ...]
    own: Values
    columns: Sequence[ColumnElement[Any]]
    row: Callable[[Iterable[Any]], Any]
    turned: list[tuple[int, Turn]] | None = None

    @classmethod
    def of(cls, made: SQLCompiler, columns: Sequence[ColumnElement[Any]]) -> "_Text":
        dialect = made.dialect
        if made.post_compile_params or made.literal_execute_params:
            raise ValueError("a statement of every matter has no list of changing length")
        names = made.positiontup if made.positional else list(made.binds)
        return cls(
            said=made.string,
            dialect=dialect,
            errors=cast(Any, dialect.dbapi).Error,
            is_by_place=made.positional,
            takes=tuple(
                (name, _turn(made.binds[name].type, dialect, "bind_processor")) for name in names or ()
            ),
            own={name: bind.value for name, bind in made.binds.items() if not bind.required},
            columns=columns,
            row=_named([str(column.key) for column in columns]),
        )

    def values(self, given: Values) -> Any:
        """These values as the driver takes them, with what the statement says itself.

        Raises KeyError for one that is missing.
        """
        all_of = {**self.own, **given} if self.own else given
        if self.is_by_place:
            return [all_of[name] if turn is None else turn(all_of[name]) for name, turn in self.takes]
        return {name: all_of[name] if turn is None else turn(all_of[name]) for name, turn in self.takes}

    def read(self, fetched: _Fetched) -> list[Any]:
        """The rows by name, with their values as the columns say."""
        rows, described = fetched
        if self.turned is None:
            self.turned = self._turns(described)
        make, turned = self.row, self.turned
        if not turned:
            return [make(row) for row in rows]
        found = []
        for row in rows:
            cells = list(row)
            for place, turn in turned:
                cells[place] = turn(cells[place])
            found.append(make(cells))
        return found

    def _turns(self, described: Sequence[Sequence[Any]]) -> list[tuple[int, Turn]]:
        """Which cells are not as the driver gives them; it depends on what the driver says they are."""
        turns = (
            _turn(column.type, self.dialect, "result_processor", said[1])
            for column, said in zip(self.columns, described, strict=True)
        )
        return [(place, turn) for place, turn in enumerate(turns) if turn is not None]


def _named(columns: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    row: Any = namedtuple("Row", columns, rename=True)  # type: ignore[misc]
    make: Callable[[Iterable[Any]], Any] = row._make
    return make


def _turn(kind: TypeEngine[Any], dialect: Dialect, way: str, *more: object) -> Turn | None:
    turn: Turn | None = getattr(kind.dialect_impl(dialect), way)(dialect, *more)
    return turn


def _send(how: Callable[[str, Any], object], text: _Text, values: Any) -> None:
    """Have the driver do it. Raises what it raises as SQLAlchemy would."""
    try:
        how(text.said, values)
    except text.errors as failed:
        raise engines.failure(text.dialect, text.said, failed) from failed


def _fetched(cursor: Any, text: _Text) -> _Fetched:
    """The rows, and what the driver says of their columns. SQLite looks for most of them only now."""
    try:
        return cursor.fetchall(), cursor.description
    except text.errors as failed:
        raise engines.failure(text.dialect, text.said, failed) from failed
