"""What comes back: the same complaint of a room, one topic of many households, a place that breaks again."""

from datetime import timedelta

import pytest

from dispatch import closing, returning
from hub import clock
from hub.access import Actor
from hub.statistics import recurring
from hub.statistics.scope import Scope
from tests.conftest import Clock
from tests.house import House, leak, peddlers

ROOMS = ("A-1203", "A-0501", "B-0302")


def last_days(hub: House, days: int) -> Scope:
    return Scope((hub.office().id,), clock.now() - timedelta(days=days), clock.now(), clock.now())


@pytest.mark.seed("K2.3")
def test_a_room_is_named_with_its_second_same_complaint(hub: House, clara: Actor, time: Clock) -> None:
    hub.receive(clara, peddlers())
    hub.receive(clara, peddlers(room="B-0302"))
    time.forward(days=3)
    hub.receive(clara, peddlers())
    time.forward(hours=1)
    (one,) = hub.look(recurring.rooms, last_days(hub, 31), 10)
    assert (one.room, one.times) == ("A-0501", 2)
    # the two lie in different months, and yet within thirty days of the period's end
    assert [same.times for same in hub.look(recurring.rooms, last_days(hub, 1), 10)] == [2]


def test_a_topic_takes_three_households_not_three_reports(hub: House, clara: Actor, time: Clock) -> None:
    for _ in range(3):
        hub.receive(clara, leak(room="A-1203", category="01-03"))
    hub.receive(clara, leak(room="A-0501", category="01-03"))
    time.forward(hours=1)
    assert hub.look(recurring.topics, last_days(hub, 5), 10) == []
    hub.receive(clara, leak(room="B-0302", category="01-03"))
    time.forward(hours=1)
    assert hub.look(recurring.topics, last_days(hub, 5), 10) == [recurring.Topic("01-03", 3, 5)]


def test_praise_and_questions_are_no_topic(hub: House, clara: Actor, time: Clock) -> None:
    for room in ROOMS:
        hub.receive(clara, leak(room=room, category="11-01"))
    time.forward(hours=1)
    assert hub.look(recurring.topics, last_days(hub, 5), 10) == []


def test_a_place_breaks_again_when_the_same_group_fails_twice(hub: House, clara: Actor, time: Clock) -> None:
    hub.receive(clara, leak(category="01-03"))
    hub.receive(clara, leak(category="02-01"))
    time.forward(days=2)
    again = hub.receive(clara, leak(category="01-01"))
    time.forward(hours=1)
    (one,) = hub.look(recurring.places, last_days(hub, 5), 10)
    assert (one.place, one.group, one.times, one.last_at) == ("A-1203", "01", 2, again.received_at)
    assert hub.look(recurring.places, last_days(hub, 1), 10) == []


def test_what_was_withdrawn_never_comes_back_and_the_list_is_cut(
    hub: House, clara: Actor, time: Clock
) -> None:
    for room in ROOMS:
        for _ in range(2):
            told = hub.receive(clara, leak(room=room, category="01-03"))
    hub.do(returning.withdraw, clara, hub.orders(told)[0])
    hub.do(closing.close, clara, told, "withdrawn")
    time.forward(hours=1)
    assert [one.place for one in hub.look(recurring.places, last_days(hub, 5), 10)] == ["A-0501", "A-1203"]
    assert len(hub.look(recurring.places, last_days(hub, 5), 1)) == 1
