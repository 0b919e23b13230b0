"""The report as a workbook: a sheet a section, every table whole, native charts beside their numbers.

Text is written as text, never as a formula or a link, and marked as such where it looks like one.
A resident's text cannot break the spreadsheet.
"""

import re
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from web.report import cells, document
from web.report.document import Chart, Document, Section, Sentences, Table, Text, Tiles
from web.report.drawing import COLOURS
from web.words import N_, Words, words_in

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
LONGEST_TEXT, LONGEST_NAME = 32_000, 31
CHARTS = {
    "bar": {"type": "bar"},
    "column": {"type": "column"},
    "stacked": {"type": "bar", "subtype": "stacked"},
    "line": {"type": "line"},
    "control": {"type": "line"},
}
ROWS_OF_A_CHART = 18


def xlsx(report: Document) -> bytes:
    """The document as a workbook."""
    held = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(held, options)
    book.set_properties({"title": report.title, "subject": report.subtitle})
    writer = _Writer(book, words_in(report.locale, report.zone))
    writer.cover(report)
    for section in report.sections:
        writer.section(section)
    book.close()
    return held.getvalue()


class _Writer:
    """One workbook on its way: writes from the top of each sheet downwards."""

    def __init__(self, book: Workbook, words: Words) -> None:
        self.book, self.words = book, words
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.under = book.add_format({"bold": True, "font_size": 11})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.risky = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self.number = book.add_format({"num_format": "#,##0.##", "valign": "top"})
        self.share = book.add_format({"num_format": "0.0%", "valign": "top"})
        self.heat = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#FF9D84"}
        self.sheet: Worksheet
        self.at = 0

    def cover(self, report: Document) -> None:
        self._open(report.title)
        self._line(report.title, self.title)
        self._line(report.subtitle, self.text)
        for name, value in report.cover:
            self._cell(0, name)
            self._cell(1, value)
            self.at += 1
        self._cell(0, report.footer)

    def section(self, section: Section) -> None:
        self._open(f"{section.number} {section.title}".strip())
        self._line(f"{section.number} {section.title}".strip(), self.title)
        for block in section.blocks:
            self.at += 1
            match block:
                case Table():
                    self._table(block)
                case Chart():
                    self._chart(block)
                case Tiles():
                    self._table(tiles_table(block, self.words))
                case Sentences():
                    self._line(block.title, self.under)
                    for one in block.items:
                        self._line(one.text, self.text)
                case Text():
                    self._line(block.text, self.text)

    def _open(self, name: str) -> None:
        self.sheet = self.book.add_worksheet(
            _sheet_name(name, {sheet.name for sheet in self.book.worksheets()})
        )
        self.sheet.set_column(0, 0, 34)
        self.sheet.set_column(1, 30, 16)
        self.at = 0

    def _line(self, text: str, form: Format) -> None:
        self.sheet.write_string(self.at, 0, text[:LONGEST_TEXT], form)
        self.at += 1

    def _table(self, table: Table) -> tuple[int, int]:
        """(first row of numbers, last): where a chart finds them."""
        self._line(table.title, self.under)
        heads = [head for column in table.columns for head in cells.heads(self.words, column)]
        for at, head in enumerate(heads):
            self.sheet.write_string(self.at, at, head, self.head)
        self.at += 1
        first = self.at
        for row in table.rows:
            plain = [
                value
                for column, cell in zip(table.columns, row, strict=True)
                for value in _with_forms(self, column, cells.plain(self.words, column, cell))
            ]
            for at, (value, form) in enumerate(plain):
                self._cell(at, value, form)
            self.at += 1
        if not table.rows and table.empty:
            self._line(table.empty, self.text)
        if table.note:
            self._line(table.note, self.text)
        return first, self.at - 1

    def _cell(self, at: int, value: Any, form: Format | None = None) -> None:
        if value is None:
            return
        if isinstance(value, str):
            risky = value.startswith(RISKY)
            self.sheet.write_string(self.at, at, value[:LONGEST_TEXT], self.risky if risky else self.text)
        else:
            self.sheet.write_number(self.at, at, value, form or self.number)

    def _chart(self, chart: Chart) -> None:
        twin = cells.twin(chart)
        first, last = self._table(twin)
        if chart.is_empty or last < first:
            return
        if chart.kind == "heat":
            self.sheet.conditional_format(first, 1, last, len(chart.series), self.heat)
            return
        if chart.centre is not None:
            self._limits(chart, first)
        made = self.book.add_chart(CHARTS[chart.kind])
        made.set_title({"name": chart.title, "name_font": {"size": 11}})
        name = self.sheet.name
        columns = len(chart.series) + (3 if chart.centre is not None else 0)
        for at in range(1, columns + 1):
            line = {"color": COLOURS[(at - 1) % len(COLOURS)]}
            made.add_series(
                {
                    "name": [name, first - 1, at],
                    "categories": [name, first, 0, last, 0],
                    "values": [name, first, at, last, at],
                    "fill": line,
                    "line": line | ({"dash_type": "dash"} if at > len(chart.series) else {}),
                }
            )
        made.set_legend({"none": columns == 1, "position": "bottom"})
        if chart.kind in ("bar", "stacked"):
            made.set_y_axis({"reverse": True})
        made.set_size({"width": 640, "height": 320})
        self.sheet.insert_chart(self.at, 1, made)
        self.at += ROWS_OF_A_CHART

    def _limits(self, chart: Chart, first: int) -> None:
        """The limits of a control chart beside its points, and which of them are signals."""
        start = len(chart.series) + 1
        names = (N_("Centre"), N_("Lower limit"), N_("Upper limit"), N_("Signal"))
        form = self.share if chart.unit == document.SHARE else self.number
        for at, name in enumerate(names):
            self.sheet.write_string(first - 1, start + at, self.words.gettext(name), self.head)
        for row in range(len(chart.labels)):
            for at, value in enumerate((chart.centre, chart.low[row], chart.high[row])):
                if value is not None:
                    self.sheet.write_number(first + row, start + at, value, form)
            self.sheet.write_string(first + row, start + 3, chart.signals[row])


def _with_forms(
    writer: _Writer, column: document.Column, values: tuple[Any, ...]
) -> list[tuple[Any, Format]]:
    """Each plain value with the format of its place: the share itself in percent, its parts as numbers."""
    if column.kind == document.SHARE:
        return [(values[0], writer.share), (values[1], writer.number), (values[2], writer.number)]
    is_fraction = column.kind in (document.CHANGE, document.NUMBER) and isinstance(values[0], float)
    form = writer.share if is_fraction and abs(values[0]) <= 1 else writer.number
    return [(value, form) for value in values]


def tiles_table(tiles: Tiles, words: Words) -> Table:
    """The headline figures as a table, for layouts that have no tiles."""
    columns = (
        document.Column("", document.TEXT, 2),
        document.Column(words.gettext(N_("This period")), document.TEXT),
        document.Column(words.gettext(N_("Part")), document.NUMBER),
        document.Column(words.gettext(N_("Whole")), document.NUMBER),
        document.Column(words.gettext(N_("Target")), document.TEXT),
        document.Column(words.gettext(N_("On the period before")), document.TEXT),
        document.Column(words.gettext(N_("On the year before")), document.TEXT),
    )
    rows: list[tuple[document.Value, ...]] = []
    for tile in tiles.tiles:
        share = tile.value if isinstance(tile.value, document.Share) else None
        part = share.part if share else tile.value
        whole = share.whole if share else None
        changes = (cells.say(words, tile.before), cells.say(words, tile.year_ago))
        rows.append((tile.label, cells.say(words, tile.value), part, whole, tile.target, *changes))
    return Table(tiles.id, words.gettext(N_("Headline figures")), columns, rows)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name Excel takes: no []:*?/\\, at most 31 characters, no other sheet's."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:LONGEST_NAME] or "Sheet"
    name, number = plain, 2
    while name.lower() in {one.lower() for one in taken}:
        tail = f" {number}"
        name, number = plain[: LONGEST_NAME - len(tail)] + tail, number + 1
    return name
