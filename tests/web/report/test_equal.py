"""One month: what the record says is what API, screen, paper, workbook and CSV say."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub import clock
from hub.statistics import periods, series
from hub.statistics.definitions import RATIOS
from hub.statistics.indicators import figures
from hub.statistics.scope import Scope
from tests.conftest import Clock
from tests.house import House
from tests.hub.statistics.history import History
from tests.hub.statistics.recount import Recount
from tests.web.api.caller import Api, hub_app, token_of
from tests.web.report.making import document_of, facts_of, this_month
from tests.web.report.reading_back import page, sheet_text, workbook
from web.report import cells
from web.report.document import Share
from web.report.facts import COMPARED
from web.report.pdf import data
from web.words import words_in

Counted = dict[str, dict[str, int]]


@pytest.mark.seed("K2.3")
def test_the_record_recounted_is_the_api_the_screen_the_paper_the_workbook_and_the_csv(
    hub: House, time: Clock, tmp_path: Path
) -> None:
    History(hub, time, 9).make(25)
    office, at = hub.office(), clock.now()
    period = periods.parse(this_month())
    start, end = period.bounds(office.tz)
    again = hub.look(lambda tx: Recount(tx, Scope((office.id,), start, end, at), "group").run())
    truth = {key: dict(counts) for key, counts in again.counts.items() if counts["received"]}
    assert len(truth) > 2 and any(counts.get("late_resolve") for counts in truth.values())

    with TestClient(hub_app(hub.database, tmp_path)) as client:
        asked = {"office": "LG", "from": period.first.isoformat(), "to": f"{at:%Y-%m-%d}", "by": "group"}
        answer = Api(client, token_of(hub.database, "dora")).get("/statistics", **asked)
    _as_the_api_says(answer["items"], truth)

    document = document_of(hub, facts_of(hub, period.key))
    names = {row["key"]: row["label"] for row in answer["items"]}
    expected = {names[key]: _figures(counts) for key, counts in truth.items()}
    title = "By category group"
    plain = {name: [n for share in shares for n in _parts(share)] for name, shares in expected.items()}
    for rows in (workbook(document)[title], sheet_text(document)[title]):
        assert {row[0]: _numbers(row) for row in rows} == {
            name: pytest.approx(found, rel=1e-15) for name, found in plain.items()
        }
    words = words_in("en", document.zone)
    said = {name: [cells.say(words, share) for share in shares] for name, shares in expected.items()}
    printed = next(
        block["rows"]
        for part in data(document)["sections"]
        for block in part["blocks"]
        if block.get("title") == title and "rows" in block
    )
    for rows in (page(document)["groups"], printed):
        assert {row[0].replace("\u200b", ""): [row[1], row[4], row[5]] for row in rows} == said


def test_the_period_before_is_compared_by_the_counts_of_its_own_report(hub: House, time: Clock) -> None:
    History(hub, time, 8).make(15)
    time.forward(days=40)
    before = periods.parse(this_month()).before
    start, end = before.bounds(hub.office().tz)
    found = facts_of(hub, before.following.key)["divisions_before"]
    lateness = 0
    for by in COMPARED:
        own = {row.key: row for row in hub.look(figures, Scope((hub.office().id,), start, end, end), by)}
        for row in found[by]:
            for name in series.NAMES:
                assert row["counts"].get(name, 0) == own[row["key"]].counts[name], (by, row["key"], name)
            lateness += row["counts"].get("late_resolve", 0)
    assert lateness


def _as_the_api_says(items: list[dict[str, Any]], truth: Counted) -> None:
    for row in items:
        counts = truth.get(row["key"], {})
        if not counts:
            continue
        counted = {name: n for name, n in row["counts"].items() if n}
        assert {name: n for name, n in counted.items() if name not in ("households", "area_m2")} == counts
        for name, ratio in row["ratios"].items():
            formula, _ = RATIOS[name]
            known = row["counts"] | counts
            over = sum(known.get(n, 0) for n in formula.over) - sum(known.get(n, 0) for n in formula.less)
            under = sum(known.get(n, 0) for n in formula.under)
            assert (ratio["numerator"], ratio["denominator"]) == (over, under), (row["key"], name)


def _figures(counts: dict[str, int]) -> list[int | Share]:
    due, late = counts.get("due_resolve", 0), counts.get("late_resolve", 0)
    return [counts["received"], late, Share(due - late, due)]


def _parts(figure: int | Share) -> list[float]:
    """As a spreadsheet holds it: a share with its part and its whole, 0 where there is no value."""
    return [figure.value or 0, figure.part, figure.whole] if isinstance(figure, Share) else [figure]


def _numbers(row: list[Any]) -> list[float]:
    """Received, late, and the share in time of a spreadsheet's row; between them stand share and change."""
    return [float(row[at] or 0) for at in (1, 6, 7, 8, 9)]
