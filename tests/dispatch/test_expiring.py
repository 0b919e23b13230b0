"""Certificates that run out are spoken of in time, each step once, to those who can do something about it."""

import pytest
from sqlmodel import select

from dispatch import expiring
from hub import deliveries
from hub.access import Actor
from hub.events import Event
from hub.organisation import Staff
from hub.papers import Qualification
from notifications import outbox
from tests.conftest import Clock
from tests.dispatch.test_qualifying import certify
from tests.house import House


def said(hub: House) -> list[Event]:
    return list(hub.look(lambda tx: tx.scalars(select(Event).where(Event.kind == "paper_ends")).all()))


@pytest.mark.seed("P4.2.2b")
def test_a_month_and_a_week_before_and_the_day_after_each_once(hub: House, time: Clock) -> None:
    certify(hub, "wen", days=40)
    days = []
    for _ in range(60):
        before = len(said(hub))
        for _ in range(2):
            expiring.tick(hub.database)
        days += [event.said["days"] for event in said(hub)[before:]]
        time.forward(days=1)
    assert days == [30, 7, -1]


@pytest.mark.seed("P4.2.2b")
def test_the_supervisor_and_the_customer_director_read_it_on_their_screens(
    hub: House, sue: Actor, cody: Actor, wen: Actor
) -> None:
    certify(hub, "wen", days=5)
    assert expiring.tick(hub.database) == 1
    outbox.drain(hub.database)
    for hears in (sue, cody):
        (message,) = hub.look(deliveries.unread, hears.staff_id or 0)
        assert message.text.startswith("the certificate of %(person)s runs out")
        assert message.params["person"] == "Wen Worker" and message.params["until"] == "2026-03-08"
        assert message.text % message.params
    assert not hub.look(deliveries.unread, wen.staff_id or 0)


def test_a_hub_that_slept_says_the_last_step_only(hub: House, time: Clock) -> None:
    certify(hub, "wen", days=40)
    time.forward(days=50)
    assert expiring.tick(hub.database) == 1
    assert [event.said["days"] for event in said(hub)] == [-10]
    assert expiring.tick(hub.database) == 0


def test_what_was_renewed_or_belongs_to_somebody_who_left_is_not_spoken_of(hub: House) -> None:
    certify(hub, "wen", days=5)
    certify(hub, "wen", days=900)
    certify(hub, "wes", days=5)
    hub.do(lambda tx: setattr(tx.get_one(Staff, hub.staff("wes").id), "ended_at", hub.office().created_at))
    assert expiring.tick(hub.database) == 0
    assert said(hub) == []


def test_a_renewal_that_comes_late_ends_the_warnings(hub: House, time: Clock) -> None:
    certify(hub, "wen", days=20)
    assert expiring.tick(hub.database) == 1
    certify(hub, "wen", days=700)
    time.forward(days=15)
    assert expiring.tick(hub.database) == 0
    (old, _) = hub.look(lambda tx: tx.scalars(select(Qualification).order_by("id")).all())
    assert old.warned == 7
