"""The dirt of a file, row by row: what was odd and kept, what was rejected and why."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from web.replay.case import Case, Rejected

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so


@dataclass(frozen=True)
class Listed:
    """One odd row of the file. what: the marks it was kept with, or the reason it was not."""

    row: int
    ref: str
    became: str  # ticket | rejected
    what: str
    item: str


def listing(told: Iterable[Case | Rejected], refused: Iterable[Rejected] = ()) -> Iterator[Listed]:
    """Every row with a mark or a reason, in the order of the file. refused: by the verbs, not the reading."""
    reasons = {row.row: row.reason for row in refused}
    for one in told:
        if isinstance(one, Rejected):
            yield Listed(
                one.row, "", "rejected", one.reason, "; ".join(filter(None, one.cells.values()))[:200]
            )
        elif one.row in reasons:
            yield Listed(one.row, one.ref, "rejected", reasons[one.row], one.item)
        elif one.marks:
            yield Listed(one.row, one.ref, "ticket", "; ".join(one.marks), one.item)


def write(path: Path, rows: Iterable[Listed]) -> int:
    """The listing as CSV with a byte-order mark, so that spreadsheets read it as UTF-8. Answers its rows."""
    count = 0
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow([field.name for field in fields(Listed)])
        for row in rows:
            writer.writerow([_harmless(cell) for cell in astuple(row)])
            count += 1
    return count


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
