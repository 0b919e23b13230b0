"""Rules are data: which fits, in which order, at which hour."""

from datetime import UTC, datetime

import pytest

from dispatch import routing
from hub.access import Actor
from hub.catalogue import Category, Rule, changed
from hub.database import Tx
from hub.organisation import Department
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.house import House, leak

NIGHT = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)  # 23:00 in Hong Kong
DRAIN = {"item": "Drain blocked", "category": "01-04"}


def sent(hub: House, ticket: Ticket) -> tuple[str, str]:
    """How it went (supervisor, worker or desk), and by which rule."""
    routed = next(event.said for event in hub.events(ticket) if event.kind == "routed")
    return routed["mode"], routed["rule"]


def add_rule(hub: House, rank: int, **conditions: str) -> None:
    def write(tx: Tx) -> None:
        office = hub.office()
        tx.add(Rule(office_id=office.id, rank=rank, name=f"rule {rank}", **conditions))
        changed(tx, office.company_id)

    hub.do(write)


@pytest.mark.seed("K1.7")
def test_by_day_the_supervisor_first_by_night_straight_to_whoever_is_on_duty(
    hub: House, time: Clock, clara: Actor
) -> None:
    assert sent(hub, hub.receive(clara, leak(**DRAIN)))[0] == "supervisor"
    time.set(NIGHT)
    mode, rule = sent(hub, hub.receive(clara, leak(**DRAIN)))
    assert (mode, rule) == ("worker", "Priority 2 after hours goes straight to whoever is on duty")


@pytest.mark.seed("K7.1")
def test_the_first_rule_that_fits_decides(hub: House, clara: Actor) -> None:
    add_rule(hub, 5, category="01", department="SEC")
    add_rule(hub, 4, category="01-03", building="B", department="ENV")
    (order,) = hub.orders(hub.receive(clara, leak()))
    assert order.department_id == hub.department("SEC").id
    (order,) = hub.orders(hub.receive(clara, leak(room="B-0302")))
    assert order.department_id == hub.department("ENV").id


def test_a_department_the_office_does_not_have_leaves_it_with_the_desk(hub: House, clara: Actor) -> None:
    add_rule(hub, 1, category="01", department="DIVERS")
    ticket = hub.receive(clara, leak())
    assert (ticket.status, sent(hub, ticket)) == ("new", ("desk", "rule 1"))


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({}, True),
        ({"kind": "repair"}, True),
        ({"kind": "complaint"}, False),
        ({"category": "01"}, True),
        ({"category": "01-03"}, True),
        ({"category": "02"}, False),
        ({"priority": "P3"}, True),
        ({"priority": "P1"}, False),
        ({"building": "A"}, True),
        ({"building": "B"}, False),
        ({"property_type": "mall"}, False),
        ({"hours": "open"}, True),
        ({"hours": "closed"}, False),
        ({"kind": "repair", "building": "B"}, False),
    ],
)
def test_a_rule_fits_when_every_condition_does(condition: dict[str, str], fits: bool) -> None:
    leaf = Category(
        company_id=1, code="01-03", group_code="01", en="", kind="repair", department="ENG", priority="P3"
    )
    seen = routing.Matter("repair", "P3", leaf, "A", "residential", True)
    assert routing.fits(Rule(office_id=1, rank=1, name="", **condition), seen) is fits


def test_an_ended_department_takes_no_more(hub: House, clara: Actor) -> None:
    def end(tx: Tx) -> None:
        tx.get_one(Department, hub.department("ENG").id).ended_at = MORNING

    hub.do(end)
    ticket = hub.receive(clara, leak())
    assert (ticket.status, list(hub.orders(ticket))) == ("new", [])
