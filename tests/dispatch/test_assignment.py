"""Who could take an order: best first, each with the reasons."""

from datetime import timedelta

import pytest
from sqlmodel import select

from dispatch import assignment, work
from hub import organisation
from hub.access import Actor
from hub.catalogue import Category
from hub.database import Tx
from hub.duty import Absence
from hub.orders import Order
from tests.conftest import MORNING, Clock
from tests.house import House, leak

WATER = Category(
    company_id=1, code="01-03", group_code="01", en="", kind="repair", department="ENG", priority="P3"
)
POWER = Category(
    company_id=1, code="02-02", group_code="02", en="", kind="repair", department="ENG", priority="P2"
)


def ranked(hub: House, category: Category | None) -> list[str]:
    found = hub.look(assignment.candidates, hub.office(), hub.department("ENG"), category)
    return [candidate.staff.login for candidate in found]


def away(hub: House, *logins: str) -> None:
    def write(tx: Tx) -> None:
        for login in logins:
            until = MORNING + timedelta(days=1)
            tx.add(Absence(staff_id=hub.staff(login).id, starts_at=MORNING, ends_at=until))

    hub.do(write)


def test_the_skill_decides_among_those_on_duty(hub: House) -> None:
    assert ranked(hub, WATER)[0] == "wes"
    assert ranked(hub, POWER)[0] == "wen"


def test_less_work_in_hand_comes_before_more(hub: House, clara: Actor, order: Order, wes: Actor) -> None:
    assert ranked(hub, None) == ["wes", "wen", "sue"]
    hub.do(work.accept, wes, order)
    assert ranked(hub, None) == ["wen", "wes", "sue"]


def test_whoever_is_away_comes_last_and_is_never_sent_by_the_hub(hub: House, time: Clock) -> None:
    away(hub, "wes")
    assert ranked(hub, WATER)[-1] == "wes"
    best = hub.look(assignment.best, hub.office(), hub.department("ENG"), WATER)
    assert best is not None and best.staff.login != "wes"
    time.forward(days=2)
    assert ranked(hub, WATER)[0] == "wes"


def test_with_nobody_on_duty_the_supervisor_decides(hub: House) -> None:
    away(hub, "sue", "wes", "wen")
    assert hub.look(assignment.best, hub.office(), hub.department("ENG"), WATER) is None
    assert len(ranked(hub, WATER)) == 3


def test_each_comes_with_the_reasons(hub: House) -> None:
    best = hub.look(assignment.best, hub.office(), hub.department("ENG"), WATER)
    assert best is not None
    assert best.why() == {
        "what": "worker",
        "worker": "wes",
        "name": "Wes Worker",
        "on_duty": True,
        "skill": True,
        "load": 0,
        "minutes": 0,
        "recent": 0,
    }


@pytest.mark.seed("K7.3")
def test_somebody_with_two_roles_in_a_department_is_one_candidate(hub: House, clara: Actor) -> None:
    def both(tx: Tx) -> None:
        organisation.grant(tx, hub.staff("sue"), "worker", hub.office(), hub.department("ENG"))

    hub.do(both)
    assert ranked(hub, None).count("sue") == 1
    ticket = hub.receive(clara, leak())
    assert hub.look(lambda tx: tx.scalars(select(Order).where(Order.ticket_id == ticket.id)).one())
