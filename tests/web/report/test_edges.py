"""Months that are not like others: empty, with one ticket, over a clock change, begun in the middle."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hub import founding
from hub.access import Actor
from hub.database import Tx
from hub.organisation import Office
from hub.statistics.indicators import figures
from hub.statistics.periods import EDITIONS, containing, parse
from hub.statistics.scope import Scope
from tests.conftest import Clock
from tests.house import House, leak, peddlers
from tests.web.report.making import document_of, facts_of
from web.report import build, html
from web.report.csv import csv
from web.report.pdf import pdf
from web.report.xlsx import xlsx
from web.words import LOCALES

APRIL = datetime(2026, 4, 20, 2, tzinfo=UTC)


def drawn(hub: House, found: dict[str, Any]) -> str:
    """The page, once every layout has been drawn without a fault."""
    for locale in LOCALES[:2]:
        document = document_of(hub, found, locale)
        assert pdf(document) and xlsx(document) and csv(document)
    return html.page(document_of(hub, found))


def test_an_empty_month_says_so_and_judges_nothing(hub: House, time: Clock) -> None:
    time.set(APRIL)
    found = facts_of(hub, "2026-03")
    assert found["whole"]["counts"].get("received", 0) == 0 and found["is_over"]
    assert [one["says"] for one in found["findings"]] == ["Nothing was received in this period."]
    page = drawn(hub, found)
    assert "Nothing was received in this period." in page and "Every complaint is closed." in page


def test_a_month_with_one_ticket_shows_counts_and_no_shares(hub: House, time: Clock, clara: Actor) -> None:
    hub.receive(clara, peddlers())
    time.set(APRIL)
    found = facts_of(hub, "2026-03")
    assert (
        found["whole"]["counts"]["received"]
        == found["divisions"]["kind"][1]["counts"].get("received", 1)
        == 1
    )
    page = drawn(hub, found)
    assert "0 of 1" in page and ">0.0%<" not in page
    assert [one["number"] for one in found["unclosed"]]


def test_a_month_over_the_clock_change_is_counted_from_midnight_to_midnight(
    hub: House, time: Clock, clara: Actor
) -> None:
    def move(tx: Tx) -> None:
        tx.get_one(Office, hub.office().id).zone = "America/New_York"

    hub.do(move)
    for moment in (datetime(2026, 3, 1, 5, 1), datetime(2026, 4, 1, 3, 59), datetime(2026, 4, 1, 4, 0)):
        time.set(moment.replace(tzinfo=UTC))
        hub.receive(clara, leak())
    time.set(APRIL)
    found = facts_of(hub, "2026-03")
    hours = {
        row["key"]: row["counts"]["received"]
        for row in found["divisions"]["hour"]
        if row["counts"].get("received")
    }
    assert (found["whole"]["counts"]["received"], hours) == (2, {"00": 1, "23": 1})
    assert facts_of(hub, "2026-04")["whole"]["counts"]["received"] == 1
    drawn(hub, found)


def test_an_office_opened_in_the_middle_of_the_month_says_since_when(
    hub: House, time: Clock, clara: Actor
) -> None:
    time.set(datetime(2026, 3, 17, 3, tzinfo=UTC))
    hub.receive(clara, leak())
    time.set(APRIL)
    found = facts_of(hub, "2026-03")
    assert found["before"] is None and found["year_ago"] is None
    assert found["forecast"] == []  # half a month would be taken for a quiet one
    assert "The first matter on record is of 17 Mar 2026" in drawn(hub, found)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_is_made_by_the_same_builder(
    hub: House, time: Clock, clara: Actor, edition: str
) -> None:
    hub.receive(clara, peddlers())
    period = containing(edition, datetime(2026, 3, 3, tzinfo=UTC).date())
    time.set(datetime(2027, 2, 1, tzinfo=UTC))
    found = facts_of(hub, period.key)
    assert found["whole"]["counts"]["received"] == 1
    assert period.key in html.page(document_of(hub, found))


@pytest.mark.parametrize(("period", "has"), [("2026-Q1", True), ("2026-03", False)])
def test_the_quarters_edition_has_a_section_of_consultations_and_services(
    hub: House, time: Clock, clara: Actor, period: str, has: bool
) -> None:
    hub.receive(clara, leak(item="How much is the fee?", category="11-01"))
    hub.receive(clara, peddlers())
    time.set(APRIL)
    document = document_of(hub, facts_of(hub, period))
    found = [part for part in document.sections if part.title == "Consultations and services"]
    assert bool(found) is has
    for part in found:
        (table,) = part.blocks
        assert [row[:2] for row in table.rows] == [("Enquiry", 1)] and part.number == "16"


def test_the_companys_edition_has_its_offices_side_by_side(
    hub: House, time: Clock, clara: Actor, mia: Actor
) -> None:
    hub.receive(clara, peddlers())
    hub.receive(mia, leak(room="M-0101"), office="MC")
    hub.receive(mia, leak(room="M-0102"), office="MC")
    time.set(APRIL)
    company = hub.look(founding.the_company)
    found = facts_of(hub, "2026-03", company)
    assert {row["key"]: row["counts"].get("received", 0) for row in found["divisions"]["office"]} == {
        "LG": 1,
        "MC": 2,
    }
    assert found["whole"]["counts"]["received"] == 3
    page = drawn(hub, found)
    assert "Offices side by side" in page and "Maple Court" in page


def test_the_weeks_and_months_of_a_trend_are_what_the_figures_say(
    hub: House, time: Clock, clara: Actor
) -> None:
    for day in (3, 12, 28):
        time.set(datetime(2026, 3, day, 3, tzinfo=UTC))
        hub.receive(clara, peddlers())
    time.set(APRIL)
    found = facts_of(hub, "2026-03")
    for part in [*found["weeks"], *found["months"]]:
        start, end = parse(part["key"]).bounds(hub.office().tz)
        (row,) = hub.look(figures, Scope((hub.office().id,), start, end, end))
        for name in (
            "received",
            "complaint",
            "closed",
            "due_answer",
            "late_answer",
            "due_resolve",
            "late_resolve",
        ):
            assert part["counts"].get(name, 0) == row.counts[name], (part["key"], name)
    assert sum(week["counts"].get("received", 0) for week in found["weeks"]) == 3


def test_two_readers_count_the_same_facts_as_one_and_tell_how_far_they_are(
    hub: House, time: Clock, clara: Actor, mia: Actor
) -> None:
    hub.receive(clara, peddlers())
    hub.receive(mia, leak(room="M-0101"), office="MC")
    time.set(APRIL)
    heard: list[tuple[int, int]] = []
    for subject in (hub.office(), hub.look(founding.the_company)):
        heard.clear()
        together = build.count(hub.database, subject, parse("2026-03"), lambda *far: heard.append(far))
        assert together == facts_of(hub, "2026-03", subject)
        assert heard[-1][0] == heard[-1][1] and [done for done, _ in heard] == list(range(1, len(heard) + 1))
