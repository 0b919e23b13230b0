"""The reports page: list, read, files, receipts, issue; for those who may count, and nobody else."""

import csv
import html
import io
import re
from datetime import UTC, datetime

from hub import reports
from hub.access import Actor
from tests.conftest import Clock
from tests.house import House, peddlers
from tests.web.pages.visiting import Visit
from web.report import issuing

SIX = datetime(2026, 3, 31, 22, tzinfo=UTC)


def test_the_director_reads_the_issued_report_and_it_is_noted(
    visit: Visit, hub: House, clara: Actor, time: Clock
) -> None:
    hub.receive(clara, peddlers(item="Peddlers on every floor"))
    time.set(SIX)
    issuing.run(hub.database)
    director = visit("dora")
    page = director.get("/office/reports").text
    href = re.search(r'href="(/office/reports/\d+)">2026-03<', page)
    assert href
    report = director.get(href[1]).text
    assert "Peddlers on every floor" in report and "Unclosed complaints by reason" in report
    assert 'id="heat-t"' in report or "Nothing to show." in report
    assert re.search(r"Dora Director: read", director.get(href[1]).text)
    for kind, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        answer = director.get(f"{href[1]}/report.{kind}")
        assert answer.status_code == 200 and answer.content.startswith(start), kind
    assert director.get(f"{href[1]}/report.doc").status_code == 409


def test_a_file_that_is_taken_away_is_read(visit: Visit, hub: House, clara: Actor, time: Clock) -> None:
    hub.receive(clara, peddlers())
    time.set(SIX)
    issuing.run(hub.database)
    (report, *_) = hub.look(reports.of_office, hub.office())
    assert visit("dora").get(f"/office/reports/{report.id}/report.doc").status_code == 409
    assert not any(read_at for _, _, read_at in hub.look(reports.receipts, report.id))
    visit("dora").get(f"/office/reports/{report.id}/report.pdf")
    read = {name for name, _, read_at in hub.look(reports.receipts, report.id) if read_at}
    assert read == {"Dora Director"}


def test_each_table_and_figure_can_be_taken_away_by_itself(
    visit: Visit, hub: House, clara: Actor, time: Clock
) -> None:
    hub.receive(clara, peddlers(item="Peddlers on every floor"))
    time.forward(hours=1)
    director = visit("dora")
    page = director.get("/office/reports/draft/2026-03").text
    links = {html.unescape(one) for one in re.findall(r'href="([^"]+only=[^"]+)"', page)}
    by_id = {one.rpartition("only=")[2]: one for one in sorted(links)}
    charts = [id for id in by_id if id.endswith("-table")]
    assert "unclosed" in by_id and charts
    unclosed = next(one for one in links if "report.csv" in one and one.endswith("only=unclosed"))
    heads, row, *_ = csv.reader(io.StringIO(director.get(unclosed).text.removeprefix("\ufeff")))
    assert heads[1].startswith("Every unclosed complaint") and "Peddlers on every floor" in row
    for id in ("unclosed", charts[0]):
        assert director.get(by_id[id]).content.startswith(b"PK"), id  # sorted: the workbook is the last
    assert director.get("/office/reports/draft/2026-03/report.csv?only=moods").status_code == 404


def test_a_draft_is_counted_now_and_can_be_issued_once_its_month_is_over(
    visit: Visit, hub: House, clara: Actor, time: Clock
) -> None:
    hub.receive(clara, peddlers())
    director = visit("dora")
    assert "The period is not over" in director.get("/office/reports/draft/2026-03").text
    refused = director.post("/office/reports/issue", period="2026-03", office="LG")
    assert refused.status_code == 409
    time.set(SIX)
    visit("dora").does("/office/reports/issue", period="2026-03", office="LG")
    latest = hub.look(reports.latest, hub.office(), "monthly", "2026-03")
    assert latest is not None and latest.issued_by == hub.staff("dora").id


def test_another_offices_reports_and_those_of_no_one_are_not_found(
    visit: Visit, hub: House, clara: Actor, time: Clock
) -> None:
    hub.receive(clara, peddlers())
    time.set(SIX)
    issuing.run(hub.database)
    (report, *_) = hub.look(reports.of_office, hub.office())
    assert visit("max").get(f"/office/reports/{report.id}").status_code == 404
    assert visit("wes").get("/office/reports").status_code == 403
    assert visit("dora").get("/office/reports/draft/2026-99").status_code == 422
    assert visit("dora").get("/office/reports/999999").status_code == 404


def test_the_pages_speak_chinese(visit: Visit, hub: House, clara: Actor, time: Clock) -> None:
    hub.receive(clara, peddlers())
    page = visit("dora", locale="zh-Hant").get("/office/reports/draft/2026-03").text
    assert "每月分析報告" in page or "月度分析報告" in page
    assert "重大投訴與未辦結投訴" in page and "%(" not in page
