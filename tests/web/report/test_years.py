"""A report with years behind it: beside the month before and that of last year, and what is to come."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.access import Actor
from tests.conftest import Clock
from tests.house import House, peddlers
from tests.web.report.making import document_of, facts_of
from web.report import cells
from web.report.document import Change, Table
from web.words import words_in

# by month, from January 2025 on: every third quieter, each year one more
RECEIVED = [3 - (month % 3 == 2) + year for year in range(2) for month in range(12)]
NOW = datetime(2027, 1, 4, 2, tzinfo=UTC)


@pytest.fixture
def december(hub: House, time: Clock, clara: Actor) -> dict[str, Any]:
    for month, times in enumerate(RECEIVED):
        for day in range(1, times + 1):
            time.set(datetime(2025 + month // 12, month % 12 + 1, day, 3, tzinfo=UTC))
            hub.receive(clara, peddlers())
    time.set(NOW)
    return facts_of(hub, "2026-12")


def table(hub: House, found: dict[str, Any], ident: str) -> Table:
    blocks = [block for part in document_of(hub, found).sections for block in part.blocks]
    return next(block for block in blocks if isinstance(block, Table) and block.id == ident)


@pytest.mark.seed("K2.3")
def test_a_month_stands_beside_the_one_before_last_years_and_the_year_so_far(
    hub: House, december: dict[str, Any]
) -> None:
    received = {name: december[name]["counts"]["received"] for name in ("whole", "before", "year_ago")}
    assert received == {"whole": RECEIVED[23], "before": RECEIVED[22], "year_ago": RECEIVED[11]}
    assert december["year_to_date"]["received"] == sum(RECEIVED[12:])
    assert [month["counts"]["received"] for month in december["months"]] == RECEIVED[11:]
    first = table(hub, december, "intake").rows[0]
    now, before, year_ago = RECEIVED[23], RECEIVED[22], RECEIVED[11]
    assert first[1:] == (now, Change(now, before), Change(now, year_ago), sum(RECEIVED[12:]))


def test_a_forecast_stands_beside_the_same_month_last_year_each_with_its_own_error(
    hub: House, december: dict[str, Any]
) -> None:
    whole, *_ = december["forecast"]
    assert (whole["group"], whole["last"], whole["naive"]) == ("", RECEIVED[23], RECEIVED[12])
    # the year before had one less in every month: so far off is last year's month, on the six held back
    assert (whole["naive_error"], whole["held_back"]) == (1, 6)
    assert whole["error"] is not None and whole["error"] <= whole["naive_error"]
    shown = table(hub, december, "forecast")
    heads = [column.head for column in shown.columns]
    row = dict(zip(heads, shown.rows[0], strict=True))
    assert (row["Same month last year"], row["Its error"]) == (RECEIVED[12], 1)
    assert row["Give or take"] == round(whole["error"], 1)


def test_where_fewer_than_ten_were_counted_a_count_is_shown_and_no_percentage(
    hub: House, december: dict[str, Any]
) -> None:
    words = words_in("en", "Asia/Hong_Kong")
    rows = [[cells.say(words, cell) for cell in row] for row in table(hub, december, "groups").rows]
    of_all = [row[2] for row in rows]
    assert of_all and all(" of " in said for said in of_all)
    assert not any("%" in said for row in rows for said in row)
