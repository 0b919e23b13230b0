"""A spreadsheet with known columns: which header is which, and every cell that cannot be taken."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dispatch.saying import is_storable
from hub.errors import BadInput
from web.tables import open_table

LONGEST = 300


@dataclass(frozen=True)
class Column:
    """One column: its name, other words for it (English and Chinese), and how its cell is read.

    `read` turns the cell's text into a value or raises ValueError with the reason.
    """

    name: str
    also: tuple[str, ...] = ()
    required: bool = False
    read: Callable[[str], Any] = str


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot be taken, as a person finds it in the file."""

    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.value[:40]!r} {self.reason}"


@dataclass
class Sheet:
    """The rows read, by column name, and the cells that were not."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)

    def refuse(self, row: int, column: str, value: Any, reason: str) -> None:
        self.bad.append(BadCell(row, column, str(value), reason))


def read(path: Path, columns: Iterable[Column]) -> Sheet:
    """Read the file by its header. Raises TableError for no table, BadInput for a missing column."""
    table = open_table(path)
    wanted = tuple(columns)
    headers = _match(table.header, wanted)
    sheet = Sheet()
    for row in table.rows():
        cells = {name: _text(row.cells.get(header)) for name, header in headers.items()}
        if any(cells.values()):
            sheet.rows.append((row.number, _values(sheet, row.number, cells, wanted)))
    return sheet


def one_of(*allowed: str) -> Callable[[str], str]:
    """A cell that holds one of these words, whatever its case."""

    def take(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text.lower()

    return take


def several(*allowed: str) -> Callable[[str], list[str]]:
    """A cell that holds some of these words, set apart by ; or , (any words when none are named)."""

    def take(text: str) -> list[str]:
        said = [part.strip() for part in text.replace(",", ";").replace("；", ";").split(";") if part.strip()]
        wrong = [part for part in said if allowed and part not in allowed]
        if wrong:
            raise ValueError(f"knows no {', '.join(wrong)}; must be of {', '.join(allowed)}")
        return said

    return take


def _match(header: Iterable[str], columns: tuple[Column, ...]) -> dict[str, str]:
    by_word = {_fold(said): said for said in header}
    found = {}
    for column in columns:
        said = next(
            (by_word[_fold(word)] for word in (column.name, *column.also) if _fold(word) in by_word), None
        )
        if said is not None:
            found[column.name] = said
        elif column.required:
            raise BadInput(column.name, "the file has no column %(column)s", column=column.name)
    return found


def _values(
    sheet: Sheet, number: int, cells: Mapping[str, str], columns: tuple[Column, ...]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in columns:
        text = cells.get(column.name, "")
        if not text:
            if column.required:
                sheet.refuse(number, column.name, "", "is empty")
            continue
        if len(text) > LONGEST or not is_storable(text):
            sheet.refuse(number, column.name, text, "is too long or holds a character that cannot be kept")
            continue
        try:
            values[column.name] = column.read(text)
        except ValueError as wrong:
            sheet.refuse(number, column.name, text, str(wrong))
    return values


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _fold(word: str) -> str:
    return "".join(word.lower().replace("_", " ").split())
