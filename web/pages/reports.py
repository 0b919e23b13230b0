"""The office's reports (/office/reports): the list, one to read, and the same as PDF, workbook and CSV.

A month that is not issued yet is drawn from the record as a draft; what is issued is drawn from its frozen
facts. Source: screens.md (/office/reports), domain.md §7.
"""

from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from sqlmodel import col, select
from starlette.responses import Response

from hub import access, clock, reports
from hub.database import Tx
from hub.errors import NotFound, NotNow
from hub.organisation import Company, Office
from hub.reports import Report
from hub.statistics import periods
from hub.statistics.periods import Period
from hub.wall_clock import wall_time
from web.deps import Db
from web.pages.shell import Reader, SignedIn
from web.report import build
from web.report.csv import csv
from web.report.document import Document
from web.report.facts import Facts
from web.report.html import View
from web.report.pdf import pdf
from web.report.reading import moment
from web.report.xlsx import xlsx
from web.templating import render, words_of
from web.words import Words, known, words_in

router = APIRouter(prefix="/office/reports", include_in_schema=False)

FILES = {
    "pdf": ("application/pdf", pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
    "csv": ("text/csv; charset=utf-8", lambda document: csv(document).encode()),
}
DRAFTS = 6  # months that can be looked at before they are issued, or that never were


@router.get("")
def all_reports(request: Request, reader: Reader, db: Db, office: str = "") -> Response:
    """What was issued, and the months that can be drawn as a draft."""

    def look(tx: Tx) -> dict[str, Any]:
        chosen = _office(tx, reader, office)
        found = [one for one in reports.of_office(tx, chosen) if reports.may_read(reader.me, one)]
        known_periods = {one.period for one in found if one.office_id == chosen.id}
        drafts = [month for month in _months(chosen) if month.key not in known_periods]
        return {"office": chosen, "found": found, "drafts": drafts, "offices": _offices(tx, reader)}

    return render(request, "report/list.html", number=build.number, titles=build.TITLES, **db.read(look))


@router.get("/draft/{period}")
def draft(request: Request, reader: Reader, db: Db, period: str, office: str = "") -> Response:
    """A period as it stands now, not issued."""
    wanted = periods.parse(period)
    chosen, found, said = db.read(lambda tx: _draft(tx, reader, office, wanted))
    words = words_of(request)
    document = build.lay_out(found, words_in(words.locale, chosen.zone), said)
    return render(
        request,
        "report/page.html",
        office=chosen,
        view=View(document, files=_address(f"draft/{wanted.key}", office=chosen.code)),
        report=None,
        versions=[],
        receipts=[],
        period=wanted,
        may_issue=found["is_over"] and reader.me.may("report", chosen.id),
    )


@router.get("/draft/{period}/{file}")
def draft_file(
    request: Request,
    reader: Reader,
    db: Db,
    period: str,
    file: str,
    office: str = "",
    locale: str = "",
    only: str = "",
) -> Response:
    """A draft as a file, whole or only the table with this id."""
    wanted = periods.parse(period)
    chosen, found, said = db.read(lambda tx: _draft(tx, reader, office, wanted))
    document = build.lay_out(found, _words(request, locale, chosen.zone), said)
    return _file(document, file, f"{chosen.code}-{wanted.key}-draft", only)


@router.get("/{report_id}")
def one_report(request: Request, reader: Reader, db: Db, report_id: int) -> Response:
    """An issued report, as it was issued. Reading it leaves the recipient's receipt."""
    seen = db.read(lambda tx: _seen(tx, reader, report_id))
    db.write(lambda tx: reports.mark_read(tx, reader.me, report_id))
    report: Report = seen["report"]
    document = build.lay_out(report.said, _words(request, "", seen["zone"]), seen.pop("said"), report)
    return render(
        request,
        "report/page.html",
        view=View(document, files=_address(str(report.id))),
        period=None,
        may_issue=report.office_id is not None and reader.me.may("report", report.office_id),
        **seen,
    )


@router.get("/{report_id}/{file}")
def report_file(
    request: Request, reader: Reader, db: Db, report_id: int, file: str, locale: str = "", only: str = ""
) -> Response:
    """An issued report as a file, whole or only the table with this id. Taking it away is reading it."""
    seen = db.read(lambda tx: _seen(tx, reader, report_id))
    report: Report = seen["report"]
    document = build.lay_out(report.said, _words(request, locale, seen["zone"]), seen["said"], report)
    answer = _file(document, file, build.number(report).replace("/", "-"), only)
    db.write(lambda tx: reports.mark_read(tx, reader.me, report_id))
    return answer


@router.post("/issue")
def issue(
    reader: Reader,
    db: Db,
    period: Annotated[str, Form()],
    office: Annotated[str, Form()] = "",
    correction: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Issue the report now, or a corrected version of it with its reason."""
    wanted = periods.parse(period)
    chosen, found, _ = db.read(lambda tx: _draft(tx, reader, office, wanted))
    if not found["is_over"]:
        raise NotNow("a report is issued when its period is over")
    as_of = moment(found["as_of"])

    def send(tx: Tx) -> int:
        made = reports.issue(
            tx, reader.me, chosen, wanted.edition, wanted.key, found, as_of, correction.strip()
        )
        return made.id

    return RedirectResponse(f"/office/reports/{db.write(send)}", 303)


def _draft(tx: Tx, reader: SignedIn, code: str, wanted: Period) -> tuple[Office, Facts, dict[str, str]]:
    chosen = _office(tx, reader, code)
    found = build.gather(tx, chosen, wanted)
    return chosen, found, build.texts(tx, found)


def _seen(tx: Tx, reader: SignedIn, report_id: int) -> dict[str, Any]:
    report = reports.seen(tx, reader.me, report_id)
    office = tx.get(Office, report.office_id) if report.office_id else None
    return {
        "report": report,
        "office": office or reader.office,
        "zone": office.zone if office else tx.get_one(Company, report.company_id).zone,
        "said": build.texts(tx, report.said),
        "versions": reports.versions(tx, report),
        "receipts": reports.receipts(tx, report.id),
    }


def _file(document: Document, file: str, name: str, only: str) -> Response:
    kind = file.rpartition(".")[2]
    if kind not in FILES:
        raise NotNow("a report comes as pdf, xlsx or csv", legal=tuple(FILES))
    if only:
        document, name = document.narrowed(only), f"{name}-{only}"
        if not document.sections:
            raise NotFound("the report has no such table")
    media_type, layout = FILES[kind]
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(layout(document), media_type=media_type, headers=headers)


def _address(report: str, **asked: str) -> str:
    """Where its files lie; the kind and the table are still to be filled in."""
    query = urlencode({**asked, "only": "{id}"}, safe="{}")
    return f"/office/reports/{report}/report.{{kind}}?{query}"


def _words(request: Request, locale: str, zone: str) -> Words:
    return words_in(known(locale) or words_of(request).locale, zone)


def _months(office: Office) -> list[Period]:
    today = wall_time(clock.now(), ZoneInfo(office.zone)).date()
    return list(reversed(periods.last_months(periods.containing(periods.MONTHLY, today), DRAFTS)))


def _office(tx: Tx, reader: SignedIn, code: str) -> Office:
    return access.office(tx, reader.me, code or reader.office.code, "report")


def _offices(tx: Tx, reader: SignedIn) -> list[Office]:
    found = tx.scalars(select(Office).where(access.offices(reader.me)).order_by(col(Office.id)))
    return [office for office in found if reader.me.may("report", office.id)]
