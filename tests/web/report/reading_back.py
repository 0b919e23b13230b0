"""What stands in a report's files, read back as somebody else's program reads them: rows under each title."""

import csv as reading
import io
from html.parser import HTMLParser
from typing import Any

import openpyxl

from web.report import cells, html
from web.report.csv import csv
from web.report.document import Document, Table
from web.report.xlsx import xlsx
from web.words import words_in


def workbook(document: Document) -> dict[str, list[list[Any]]]:
    """The rows under each title, as openpyxl reads them."""
    titles = {block.title: block for _, block in document.tables() if isinstance(block, Table)}
    found: dict[str, list[list[Any]]] = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(xlsx(document))):
        lines = [[None if v == "" else v for v in row] for row in sheet.iter_rows(values_only=True)]
        for at, line in enumerate(lines):
            table = titles.get(str(line[0])) if line else None
            if table is not None:
                width = sum(len(cells.heads(words_in("en"), column)) for column in table.columns)
                found[table.title] = [row[:width] for row in lines[at + 2 : at + 2 + len(table.rows)]]
    return found


def sheet_text(document: Document) -> dict[str, list[list[str]]]:
    """The rows under each title, as a reader of CSV finds them."""
    found: dict[str, list[list[str]]] = {}
    title = ""
    for row in reading.reader(io.StringIO(csv(document).removeprefix("\ufeff"))):
        if not row:
            title = ""
        elif row[1] != title:
            title = row[1]
            found[title] = []
        else:
            found[title].append(row[2:])
    return found


class _Page(HTMLParser):
    """The tables of a page by the id of their heading, cell by cell."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._id, self._row, self._cell, self._in_body = "", None, None, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "table":
            self._id = said.get("aria-labelledby") or ""
            self.tables.setdefault(self._id, [])
        elif tag == "tbody":
            self._in_body = True
        elif tag == "tr" and self._in_body:
            self._row = []
        elif tag in ("td", "th") and self._in_body:
            self._cell = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None and self._row is not None:
            self._row.append(" ".join(self._cell.split()))
            self._cell = None
        elif tag == "tr" and self._row is not None:
            self.tables[self._id].append(self._row)
            self._row = None
        elif tag == "tbody":
            self._in_body = False

    def handle_data(self, text: str) -> None:
        if self._cell is not None:
            self._cell += text


def page(document: Document) -> dict[str, list[list[str]]]:
    """The rows of each table by its id, as a browser shows them."""
    parser = _Page()
    parser.feed(html.page(document))
    return parser.tables
