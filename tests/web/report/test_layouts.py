"""One document, four layouts: the same figures to the last digit, counted anew from the raw events."""

import csv as reading
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest

from dispatch import returning
from hub import clock
from hub.access import Actor
from hub.orders import Order
from hub.statistics import periods
from hub.statistics.scope import Scope
from tests.conftest import Clock
from tests.house import House, leak
from tests.hub.statistics.history import History
from tests.hub.statistics.recount import Recount
from tests.web.report.making import document_of, facts_of, this_month
from tests.web.report.reading_back import page, sheet_text, workbook
from web.report import cells, html
from web.report.csv import csv
from web.report.document import Chart, Document, Table
from web.report.pdf import data, pdf
from web.report.xlsx import xlsx
from web.words import words_in

EVIL = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "<script>alert(1)</script>",
    "#evil[*x*] $x$ #import",
    "http://example.org/",
    "a\u0001b 😀 𠀀" + "x" * 180,
)


@pytest.fixture
def month(hub: House, time: Clock) -> dict[str, Any]:
    """The facts of a month with something of everything, seen from its running."""
    History(hub, time, 5).make(20)
    return facts_of(hub, this_month())


@pytest.mark.seed("K2.3")
def test_every_figure_of_the_report_is_what_a_slow_recount_of_the_record_finds(
    hub: House, month: dict[str, Any]
) -> None:
    office, period = hub.office(), periods.parse(month["period"])
    start, end = period.bounds(office.tz)
    scope = Scope((office.id,), start, end, clock.now())
    for by in ("", *month["divisions"]):
        again = hub.look(lambda tx, by=by: Recount(tx, scope, by).run())
        rows = [month["whole"]] if not by else month["divisions"][by]
        for row in rows:
            counted = {name: n for name, n in row["counts"].items() if name not in ("households", "area_m2")}
            assert counted == dict(again.counts.get(row["key"], {})), (by, row["key"])
            assert row["medians"] == {
                name: length.total_seconds() for name, length in again.medians(row["key"]).items()
            }
    assert month["whole"]["counts"]["received"] > 5


def test_screen_api_paper_workbook_and_csv_have_the_same_figures(hub: House, month: dict[str, Any]) -> None:
    document = document_of(hub, month)
    book, text, screen = workbook(document), sheet_text(document), page(document)
    printed = {
        block["title"]: block
        for part in data(document)["sections"]
        for block in part["blocks"]
        if "rows" in block
    }
    tables = [block for _, block in document.tables() if isinstance(block, Table)]
    assert len(tables) > 25
    for table in tables:
        words = words_in("en", document.zone)
        plain = [
            [
                value
                for column, cell in zip(table.columns, row, strict=True)
                for value in cells.plain(words, column, cell)
            ]
            for row in table.rows
        ]
        said = [[cells.say(words, cell) for cell in row] for row in table.rows]
        assert book[table.title] == _kept(plain), table.id
        assert text[table.title] == [["" if v is None else str(v) for v in row] for row in plain], table.id
        assert screen.get(table.id, []) == said[: table.printed], table.id
        on_paper = [[cell.replace("\u200b", "") for cell in row] for row in printed[table.title]["rows"]]
        assert on_paper == said[: table.printed], table.id


def test_a_chart_says_what_its_table_says_and_has_a_title_and_a_description(
    hub: House, month: dict[str, Any]
) -> None:
    document = document_of(hub, month)
    page = html.page(document)
    charts = [block for _, block in document.tables() if isinstance(block, Chart)]
    assert {chart.kind for chart in charts} == {"bar", "column", "stacked", "heat", "control"}
    for chart in charts:
        twin = cells.twin(chart)
        assert [row[0] for row in twin.rows] == list(chart.labels)
        if not chart.is_empty:
            assert f'<title id="{chart.id}-t">' in page and f'<desc id="{chart.id}-d">' in page


def test_the_workbook_has_native_charts_over_the_numbers_beside_them(
    hub: House, month: dict[str, Any]
) -> None:
    book = zipfile.ZipFile(io.BytesIO(xlsx(document_of(hub, month))))
    charts = [name for name in book.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) >= 6
    assert all("<c:f>" in book.read(name).decode() for name in charts)


def test_a_residents_words_are_text_in_every_layout(hub: House, time: Clock, clara: Actor) -> None:
    for item in EVIL:
        hub.receive(clara, leak(item=item, category="06-09", room="A-0501"))
    time.forward(hours=1)
    document = document_of(hub, facts_of(hub, this_month()))
    assert {row[2] for row in _rows(document, "unclosed")} >= {EVIL[0], EVIL[2]}
    page = html.page(document)
    assert "<script" not in page and "&lt;script&gt;" in page
    for row in reading.reader(io.StringIO(csv(document).removeprefix("\ufeff"))):
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)
        assert not any(cell.startswith("-") and not re.fullmatch(r"-[\d.e-]+", cell) for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(xlsx(document)))
    cells_there = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells_there)
    assert EVIL[0] in {cell.value for cell in cells_there}
    assert pdf(document).startswith(b"%PDF-")


def test_an_order_passed_to_and_fro_is_named_with_its_route(
    hub: House, clara: Actor, sue: Actor, order: Order, time: Clock
) -> None:
    hub.do(returning.send_back, sue, order, "Not ours")
    hub.do(returning.rule, clara, order, "reissue", department=hub.department("SEC"))
    time.forward(minutes=5)
    found = facts_of(hub, this_month())
    assert (found["wandering"]["returned"], found["wandering"]["wrong"]) == (1, 1)
    assert found["wandering"]["routes"] == [["ENG", "SEC", 1]]
    assert _rows(document_of(hub, found), "routes") == [("Engineering", "Security", 1)]


def _rows(document: Document, id: str) -> list[tuple[Any, ...]]:
    return next(
        list(block.rows) for _, block in document.tables() if isinstance(block, Table) and block.id == id
    )


def _kept(rows: list[list[Any]]) -> list[list[Any]]:
    """What a workbook keeps: empty text as nothing, of a share the sixteen digits of the format."""
    return [
        [None if v == "" else pytest.approx(v, rel=1e-15) if isinstance(v, float) else v for v in row]
        for row in rows
    ]
