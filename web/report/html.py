"""The report as HTML: the same document for the screen and as a page of its own that needs nothing else."""

from functools import cache

from markupsafe import Markup

from web.report import cells, drawing
from web.report.document import Chart, Document, Table, TicketNumber, Value
from web.templating import STATIC, draw
from web.words import words_in

MOST_ROWS = 300


def page(document: Document) -> str:
    """One file with its styles in it, to be kept or sent; without scripts and without links into the hub."""
    view = View(document, links=False)
    return draw(view.words, "report/alone.html", view=view, style=_style())


@cache
def _style() -> Markup:
    return Markup((STATIC / "report.css").read_text("utf-8"))


class View:
    """What the template asks of a document: charts as drawings, cells as text, where a ticket is found."""

    def __init__(self, document: Document, links: bool = True, files: str = "") -> None:
        """`files` is the address of one table as a file, with {kind} and {id} in it; "": there is none."""
        self.document, self.links, self._files = document, links, files
        self.words = words_in(document.locale, document.zone)

    def say(self, value: Value) -> str:
        return cells.say(self.words, value)

    def href(self, value: Value) -> str:
        """Where a cell leads: a ticket to its page, everything else nowhere."""
        return f"/t/{value.number}" if self.links and isinstance(value, TicketNumber) else ""

    def files(self, id: str) -> list[tuple[str, str]]:
        """(kind, address) of each file this table can be taken away as."""
        kinds = ("csv", "xlsx") if self._files else ()
        return [(kind, self._files.format(kind=kind, id=id)) for kind in kinds]

    def kind(self, block: object) -> str:
        return type(block).__name__

    def drawn(self, chart: Chart) -> drawing.Drawing:
        return drawing.draw(chart, self.words)

    def spark(self, chart: Chart) -> drawing.Drawing:
        return drawing.spark(chart)

    def twin(self, chart: Chart) -> Table:
        return cells.twin(chart)

    def shown(self, table: Table) -> list[tuple[Value, ...]]:
        return list(table.rows[: self.most(table)])

    def left(self, table: Table) -> int:
        """How many rows stand only in the spreadsheet."""
        return max(0, len(table.rows) - self.most(table))

    def most(self, table: Table) -> int:
        return min(table.printed or MOST_ROWS, MOST_ROWS)
