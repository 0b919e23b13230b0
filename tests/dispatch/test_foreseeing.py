"""What a rule would have caught last month, by the routing that decides today."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from dispatch import foreseeing
from dispatch.foreseeing import DRAFT, Foresight
from hub import clock
from hub.access import Actor
from hub.catalogue import Rule
from hub.tickets import Ticket
from tests.house import House, leak, peddlers

FEBRUARY = datetime(2026, 2, 17, 3, 0, tzinfo=UTC)  # a Tuesday, 11 in the morning in Hong Kong
AT_NIGHT = datetime(2026, 2, 17, 15, 0, tzinfo=UTC)


def rule(hub: House, **said: Any) -> Rule:
    return Rule(**{"id": DRAFT, "office_id": hub.office().id, "rank": 5, "name": "thought of", **said})


def foresee(hub: House, draft: Rule) -> Foresight:
    return hub.look(foreseeing.foresee, hub.office(), draft)


@pytest.fixture
def february(hub: House, clara: Actor) -> list[Ticket]:
    """Two taps and a peddler in February, one tap of them at night; and a tap in March."""
    with clock.at(FEBRUARY):
        matters = [hub.receive(clara, leak(category="01-03")), hub.receive(clara, peddlers())]
    with clock.at(AT_NIGHT):
        matters.append(hub.receive(clara, leak(category="01-03", room="A-0501", item="Tap at night")))
    hub.receive(clara, leak(category="01-03", item="Tap of March"))
    return matters


def test_it_counts_last_months_matters_and_shows_them(hub: House, february: list[Ticket]) -> None:
    seen = foresee(hub, rule(hub, category="01", mode="desk"))
    assert (seen.whole, seen.caught, seen.moved) == (3, 2, 2)
    assert {one.ticket.item for one in seen.shown} == {"Kitchen tap leaks", "Tap at night"}
    assert (seen.start, seen.end) == (
        datetime(2026, 1, 31, 16, tzinfo=UTC),
        datetime(2026, 2, 28, 16, tzinfo=UTC),
    ), "February on the office's wall"


def test_hours_are_those_at_which_the_matter_came_in(hub: House, february: list[Ticket]) -> None:
    seen = foresee(hub, rule(hub, category="01", hours="closed", mode="worker"))
    assert [one.ticket.item for one in seen.shown] == ["Tap at night"]
    assert (seen.shown[0].was.mode, seen.shown[0].now.mode) == ("supervisor", "worker")


def test_what_comes_after_a_rule_that_fits_catches_nothing(hub: House, february: list[Ticket]) -> None:
    assert foresee(hub, rule(hub, rank=99, category="01", mode="desk")).caught == 0


def test_a_rule_that_changes_nothing_moves_nothing(hub: House, february: list[Ticket]) -> None:
    seen = foresee(hub, rule(hub, category="06"))
    assert (seen.caught, seen.moved) == (1, 0) and not seen.shown[0].is_moved


def test_a_changed_rule_stands_in_its_own_place(hub: House, february: list[Ticket]) -> None:
    last = hub.look(lambda tx: tx.scalars(select(Rule).where(Rule.office_id == 1, Rule.rank == 90)).one())
    seen = foresee(hub, rule(hub, id=last.id, rank=90, mode="desk"))
    assert (seen.caught, seen.moved) == (3, 3), "it does not compete with what it was"


def test_the_counts_of_the_rules_in_force_add_up_to_what_was_routed(
    hub: House, february: list[Ticket]
) -> None:
    counts = hub.look(foreseeing.counts, hub.office())
    assert sum(counts.values()) == 3
    for ticket in february:
        routed = next(event.said for event in hub.events(ticket) if event.kind == "routed")
        (of_rule,) = [
            one
            for one in hub.look(lambda tx: tx.scalars(select(Rule)).all())
            if one.office_id == ticket.office_id and one.name == routed["rule"]
        ]
        assert counts[of_rule.id] >= 1, "the preview and the routing name the same rule"


def test_what_has_no_category_is_caught_by_nothing(hub: House, clara: Actor) -> None:
    with clock.at(FEBRUARY):
        ticket = hub.receive(clara, leak(item="Something odd"))
    assert ticket.category_id is None
    assert foresee(hub, rule(hub, mode="desk")).caught == 0


def test_the_month_before_january_is_december(hub: House) -> None:
    with clock.at(datetime(2026, 1, 10, tzinfo=UTC)):
        start, end = foreseeing.last_month(hub.office())
    assert (start.year, start.month, end.year, end.month) == (2025, 12, 2026, 1)
