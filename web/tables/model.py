"""What a table is made of, and how it is refused."""

from dataclasses import dataclass
from datetime import date, time

from hub.errors import HubError

# A cell of a workbook may be a real date; everything else is text. `datetime` is a `date` too.
Cell = str | date

TOO_FEW = "too few cells"
TOO_MANY = "too many cells"
STRAY_QUOTE = "stray quote"
CUT_OFF = "file cut off here"
NUL_REMOVED = "NUL removed"
LOST = "characters lost"
LONG_NUMBER = "number longer than a spreadsheet keeps"


class TableError(HubError):
    """The file cannot be read as a table. `row` is 0 when the whole file is meant."""

    status = 422
    code = "bad_table"

    def __init__(self, file: str, row: int, reason: str) -> None:
        where = "%(file)s, row %(row)s: %(reason)s" if row else "%(file)s: %(reason)s"
        super().__init__(where, file=file, row=row, reason=reason)
        self.file, self.row, self.reason = file, row, reason


@dataclass(frozen=True, slots=True)
class Record:
    """One row before it meets the header: where it starts, its cells in order, what was odd."""

    number: int
    values: tuple[Cell, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    number: the line (CSV) or row (workbook) where it starts, counted from 1 as a person sees it.
    cells: header → value, in the order of the header; a missing cell is "".
    extra: cells beyond the last header.  marks: what was odd, in words.
    """

    number: int
    cells: dict[str, Cell]
    extra: tuple[Cell, ...] = ()
    marks: tuple[str, ...] = ()


def holds(value: Cell) -> bool:
    """Whether the cell says anything."""
    return not isinstance(value, str) or bool(value and value.strip(" \t\r\n\0\ufeff"))


def filled(record: Record) -> int:
    """How many cells hold anything."""
    return sum(map(holds, record.values))


def as_cell(value: object) -> Cell:
    """A workbook's value as a cell: whole numbers without the `.0`, dates as dates, the rest as text."""
    if isinstance(value, str | date):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if isinstance(value, time):
        return value.isoformat()
    return "" if value is None else str(value)
