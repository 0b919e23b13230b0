"""Where matters come together, and what is usual: who is counted, and from when on."""

from datetime import timedelta

import pytest

from dispatch import closing, returning
from hub import clock
from hub.access import Actor
from hub.statistics import hotspots, usual
from hub.statistics.scope import Scope
from tests.conftest import Clock
from tests.house import House, leak, peddlers


def test_the_heat_is_by_building_and_group_and_leaves_out_what_was_withdrawn(
    hub: House, clara: Actor, time: Clock
) -> None:
    for room in ("A-1203", "A-0501", "B-0302"):
        kept = hub.receive(clara, leak(room=room, category="01-03"))
    hub.do(returning.withdraw, clara, hub.orders(kept)[0])
    hub.do(closing.close, clara, kept, "withdrawn")
    hub.receive(clara, leak(room="", unknown={"room": "a common place"}, category="01-03"))
    now = time.forward(minutes=1)
    scope = Scope((hub.office().id,), now - timedelta(days=1), now + timedelta(days=1), now)
    assert sorted(hub.look(hotspots.heat, scope).values()) == [1, 2]
    assert {group for _, group in hub.look(hotspots.heat, scope)} == {"01"}
    elsewhere = Scope((hub.office("MC").id,), scope.start, scope.end, now)
    assert hub.look(hotspots.heat, elsewhere) == {}


def test_a_complaint_is_repeated_within_thirty_days_and_not_after(
    hub: House, clara: Actor, time: Clock
) -> None:
    office = [hub.office().id]
    hub.receive(clara, peddlers())
    time.forward(days=29)
    hub.receive(clara, peddlers())
    hub.receive(clara, leak())
    (one,) = hub.look(hotspots.repeated, office, clock.now())
    assert (one.room, one.times, one.last_at) == ("A-0501", 2, clock.now())
    assert hub.look(hotspots.repeated, office, time.forward(days=2)) == []


@pytest.mark.parametrize(("weeks", "known"), [(2, False), (3, True)])
def test_the_usual_needs_three_weeks_of_this_weekday(
    hub: House, clara: Actor, time: Clock, weeks: int, known: bool
) -> None:
    for _ in range(weeks):
        hub.receive(clara, leak())
        time.forward(weeks=1)
    # the first matter came at this very hour, so its own week counts only from its midnight on
    hub.receive(clara, leak())
    time.forward(weeks=1, hours=1)
    today = hub.look(usual.today, hub.office(), clock.now())
    assert today.received == 0
    assert (today.usual_received is not None) is known
    assert today.weeks == weeks


def test_what_comes_later_in_the_day_is_no_part_of_the_usual_yet(
    hub: House, clara: Actor, time: Clock
) -> None:
    hub.receive(clara, leak())
    for _ in range(4):
        time.forward(weeks=1)
        hub.receive(clara, leak())
    time.forward(weeks=1)
    before = hub.look(usual.today, hub.office(), clock.now() - timedelta(minutes=1))
    after = hub.look(usual.today, hub.office(), clock.now() + timedelta(minutes=1))
    assert (before.usual_received, after.usual_received) == (0, 1)
