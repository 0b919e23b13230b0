"""The report as CSV: every table and chart of it, one under another, each row led by its section and table.

Numbers are plain (no grouping, full digits); text that a spreadsheet would take for a formula is disarmed.
"""

import csv as writing
from io import StringIO
from typing import Any

from web.report import cells
from web.report.document import Chart, Document, Table, Tiles
from web.report.xlsx import RISKY, tiles_table
from web.words import Words, words_in

BOM = "\ufeff"  # Excel reads UTF-8 only behind it


def csv(document: Document) -> str:
    """The document as CSV text with a heading for each table."""
    words = words_in(document.locale, document.zone)
    held = StringIO()
    out = writing.writer(held, lineterminator="\r\n")
    for section in document.sections:
        for block in section.blocks:
            table = _table(block, words)
            if table is not None:
                _write(out, f"{section.number} {section.title}".strip(), table, words)
    return BOM + held.getvalue()


def disarmed(value: Any) -> Any:
    """Text that a spreadsheet would run is led by an apostrophe; numbers are left alone."""
    if isinstance(value, str) and value.startswith(RISKY):
        return f"'{value}"
    return value


def _table(block: object, words: Words) -> Table | None:
    match block:
        case Table():
            return block
        case Chart():
            return cells.twin(block)
        case Tiles():
            return tiles_table(block, words)
        case _:
            return None


def _write(out: Any, section: str, table: Table, words: Words) -> None:
    heads = [head for column in table.columns for head in cells.heads(words, column)]
    out.writerow([disarmed(one) for one in (section, table.title, *heads)])
    for row in table.rows:
        plain = [
            value
            for column, cell in zip(table.columns, row, strict=True)
            for value in cells.plain(words, column, cell)
        ]
        out.writerow([disarmed("" if one is None else one) for one in (section, table.title, *plain)])
    out.writerow([])
