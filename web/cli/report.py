"""`hub report`: the analysis report of an office or of the company, as a file."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from hub import clock, founding, organisation, reports
from hub.access import HUB
from hub.database import Database, Tx
from hub.organisation import Company, Office
from hub.reports import Report
from hub.statistics import periods
from hub.statistics.periods import Period
from web.cli import opening
from web.report import build, html
from web.report.csv import csv
from web.report.document import Document
from web.report.pdf import pdf
from web.report.reading import moment
from web.report.xlsx import xlsx
from web.words import LOCALES, known, words_in

LAYOUTS: dict[str, Callable[[Document], bytes]] = {
    ".html": lambda document: html.page(document).encode(),
    ".pdf": pdf,
    ".xlsx": xlsx,
    ".csv": lambda document: csv(document).encode(),
}


def report(
    out: Annotated[Path, typer.Option(help="The file to write: .html, .pdf, .xlsx or .csv")],
    office: Annotated[str, typer.Option(help="Code of the office; the first if left out")] = "",
    company: Annotated[bool, typer.Option("--company", help="All its offices side by side")] = False,
    month: Annotated[str, typer.Option(help="The month as 2026-03; the last whole one if left out")] = "",
    period: Annotated[str, typer.Option(help="Or 2026-W10, 2026-Q1, 2026")] = "",
    locale: Annotated[str, typer.Option(help="en, zh-Hans or zh-Hant; the office's if left out")] = "",
    summed_up: Annotated[bool, typer.Option("--summed-up", help="Without single matters and rooms")] = False,
    issue: Annotated[bool, typer.Option("--issue", help="Freeze it and send it to its recipients")] = False,
    correction: Annotated[str, typer.Option(help="Issue a corrected version, for this reason")] = "",
) -> None:
    """Write the analysis report of a period. What is issued already is written as it was issued."""
    layout = LAYOUTS.get(out.suffix.lower())
    if layout is None:
        opening.fail(f"--out must end in one of: {' '.join(LAYOUTS)}")
    if locale and known(locale) is None:
        opening.fail(f"--locale must be one of: {' '.join(LOCALES)}")
    _look_less_often_for_rings()
    with opening.existing() as (_, database):
        subject = database.read(lambda tx: _subject(tx, office, company))
        wanted = periods.parse(period or month) if period or month else _last_month(subject)
        issued = database.read(lambda tx: reports.latest(tx, subject, wanted.edition, wanted.key))
        if correction or (issue and issued is None):
            issued = _issue(database, subject, wanted, correction)
        found = issued.said if issued else _gather(database, subject, wanted)
        said = database.read(lambda tx: build.texts(tx, found))
        tongue = known(locale) or known(subject.locale) or "en"
        document = build.lay_out(found, words_in(tongue, subject.zone), said, issued)
        out.write_bytes(layout(build.summed_up(document) if summed_up else document))
    typer.echo(f"{out}: {document.title}, {document.subtitle} ({document.footer})")


def _subject(tx: Tx, office: str, is_company: bool) -> Office | Company:
    if is_company:
        company = founding.the_company(tx)
        assert company is not None  # opening.existing says so
        return company
    return organisation.office_by_code(tx, office or opening.first_office(tx))


def _last_month(subject: Office | Company) -> Period:
    today = clock.now().astimezone(ZoneInfo(subject.zone)).date()
    return periods.containing(periods.MONTHLY, today).before


def _issue(database: Database, subject: Office | Company, wanted: Period, correction: str) -> Report:
    found = _gather(database, subject, wanted)
    if not found["is_over"]:
        opening.fail(f"{wanted.key} is not over: a report is issued when its period is.")
    return database.write(
        lambda tx: reports.issue(
            tx, HUB, subject, wanted.edition, wanted.key, found, moment(found["as_of"]), correction
        )
    )


def _gather(database: Database, subject: Office | Company, wanted: Period) -> dict[str, Any]:
    with typer.progressbar(length=1, label=f"Counting {wanted.key}", show_pos=True) as bar:

        def show(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        return build.count(database, subject, wanted, show)


def _look_less_often_for_rings() -> None:
    """Let Python look for rings of dead objects after 20,000 new ones, not 700, and pass over what is loaded.

    A report makes rows by the million and no rings: looking was a sixth of its time. The process ends
    with it, so what is left lying costs nobody.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
