"""Findings: each stands on a figure of the report, in every language, and says only what the facts say."""

from typing import Any

import pytest

from tests.conftest import Clock
from tests.house import House
from tests.hub.statistics.history import History
from tests.web.report.making import document_of, facts_of, this_month
from web.report.document import Block, Chart, Document, Sentences, Table, Tiles
from web.report.findings import find
from web.words import LOCALES, Locale


@pytest.fixture
def month(hub: House, time: Clock) -> dict[str, Any]:
    History(hub, time, 2).make(25)
    return facts_of(hub, this_month())


def blocks_of(document: Document) -> list[Block]:
    return [block for part in document.sections for block in part.blocks]


def test_every_finding_points_at_a_figure_that_is_in_the_report(hub: House, month: dict[str, Any]) -> None:
    ids: set[str] = set()
    for block in blocks_of(document_of(hub, month)):
        if isinstance(block, Table | Chart | Tiles):
            ids.add(block.id)
        if isinstance(block, Tiles):
            ids |= {tile.id for tile in block.tiles}
    assert len(month["findings"]) >= 6
    assert {one["figure"] for one in month["findings"]} <= ids


@pytest.mark.parametrize("locale", LOCALES)
def test_every_finding_is_said_whole_in_every_language(
    hub: House, month: dict[str, Any], locale: Locale
) -> None:
    document = document_of(hub, month, locale)
    lists = [block for block in blocks_of(document) if isinstance(block, Sentences)]
    said = [one.text for block in lists for one in block.items]
    assert len(said) >= len(month["findings"])
    assert not any("%(" in text or "{" in text for text in said)
    if locale != "en":
        assert all(any(ord(letter) > 0x2E80 for letter in text) for text in said)


def test_what_is_asked_to_be_decided_are_three_at_most_and_the_worst_first(
    hub: House, month: dict[str, Any]
) -> None:
    summary = document_of(hub, month).sections[1]
    lists = {block.title: block for block in summary.blocks if isinstance(block, Sentences)}
    assert 1 <= len(lists["To be decided"].items) <= 3 and len(lists["Findings"].items) == 3
    tones = [one.tone for one in lists["Findings"].items]
    assert tones == sorted(tones, key=["bad", "warn", "", "good"].index)


def test_the_same_facts_give_the_same_findings(month: dict[str, Any]) -> None:
    assert find({name: value for name, value in month.items() if name != "findings"}) == month["findings"]


def facts_with(month: dict[str, Any], **other: Any) -> list[str]:
    """What the findings of such a month say, before any value is put in."""
    return [one["says"] for one in find(month | other)]


def test_of_one_it_is_said_in_the_singular(month: dict[str, Any]) -> None:
    matter = {"number": "100000017", "received_at": month["as_of"], "cause": "unassigned"}
    whole = month["whole"] | {"counts": {"received": 1, "open": 1, "carried_over": 3}}
    said = facts_with(month, whole=whole, before=None, unclosed=[matter], overdue=[matter], rooms=[])
    for sentence in (
        "1 matter was received.",
        "1 matter stands open at the end, %(was)s at the beginning.",
        "1 complaint is not closed: %(number)s, open for %(age)s.",
        "1 matter is overdue: %(cause)s.",
    ):
        assert sentence in said
    one_room = facts_with(month, rooms=[["A-1203", "08-01", 3, month["as_of"]]])
    assert "Room %(room)s complained of the same again: %(category)s, %(times)s times." in one_room


@pytest.mark.parametrize(
    ("wrong", "often", "says"),
    [
        (0, 0, None),
        (2, 0, "Matters sent to the wrong department first: %(wrong)s."),
        (0, 3, "Matters returned twice or more: %(often)s."),
        (2, 3, "%(wrong)s matters went to the wrong department first and %(often)s came back twice or more."),
    ],
)
def test_of_orders_that_wandered_only_that_is_said_which_there_were(
    month: dict[str, Any], wrong: int, often: int, says: str | None
) -> None:
    found = find(month | {"wandering": month["wandering"] | {"wrong": wrong, "ping_pong": often}})
    assert [one["says"] for one in found if one["figure"] == "routes"] == ([says] if says else [])


def test_where_no_cause_is_on_record_none_is_named_as_the_most_frequent(month: dict[str, Any]) -> None:
    late = [{"number": str(n), "cause": "unstated"} for n in range(3)]
    assert "%(count)s matters are overdue; for %(most)s of them no cause is on record." in facts_with(
        month, overdue=late
    )


def test_where_all_is_of_one_group_its_categories_are_compared(month: dict[str, Any]) -> None:
    def parts(*counts: int) -> list[dict[str, Any]]:
        return [
            {"key": f"08-0{n}", "label": "", "counts": {"received": count}, "ratios": {}, "medians": {}}
            for n, count in enumerate(counts)
        ]

    now = month["divisions"] | {"group": parts(30), "category": parts(20, 10)}
    was = month["divisions_before"] | {"group": parts(18), "category": parts(9, 9)}
    whole = month["whole"] | {"counts": {"received": 30}}
    found = find(month | {"divisions": now, "divisions_before": was, "before": whole, "whole": whole})
    (rise,) = (one for one in found if one["says"].startswith("Most of the rise"))
    assert (rise["figure"], rise["values"]) == (
        "categories",
        {"group": {"name": ["category", "08-00"]}, "now": 20, "was": 9},
    )
