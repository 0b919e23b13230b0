"""Stretch by stretch: each has the figures of a period, and no fact falls between two of them."""

from datetime import timedelta
from itertools import pairwise

from dispatch import leading
from hub import clock
from hub.access import Actor
from hub.statistics import series
from hub.statistics.indicators import figures
from hub.statistics.scope import Scope
from tests.conftest import MORNING, Clock
from tests.house import House, leak, peddlers
from tests.hub.statistics.history import History


def test_a_stretch_has_the_figures_of_a_period_of_its_own(hub: House, time: Clock) -> None:
    History(hub, time, 4).make(25)
    office, now = hub.office().id, clock.now()
    edges = [MORNING - timedelta(days=1) + (now - MORNING) / 5 * n for n in range(8)]
    found = hub.look(series.counts, (office,), edges)
    assert sum(one["received"] for one in found) > 10 and sum(one["late_resolve"] for one in found)
    for (start, end), counts in zip(pairwise(edges), found, strict=True):
        (whole,) = hub.look(figures, Scope((office,), start, end, end))
        assert {name: counts[name] for name in series.NAMES} == {n: whole.counts[n] for n in series.NAMES}


def test_two_halves_are_the_whole(hub: House, time: Clock) -> None:
    History(hub, time, 6).make(15)
    office, now = (hub.office().id,), clock.now()
    start, middle = MORNING - timedelta(days=1), MORNING + (now - MORNING) / 2
    first, second = hub.look(series.counts, office, [start, middle, now])
    assert hub.look(series.counts, office, [start, now]) == [first + second]


def test_a_household_behind_a_lead_is_solved_once(hub: House, time: Clock, clara: Actor) -> None:
    lead, follower = (hub.receive(clara, leak(room=room)) for room in ("A-1203", "B-0302"))
    hub.do(leading.put_behind, clara, follower, lead, withdraw=True)
    now = time.forward(days=60)
    (found,) = hub.look(series.counts, (hub.office().id,), [MORNING - timedelta(days=1), now])
    assert (found["received"], found["due_resolve"], found["due_answer"]) == (1, 1, 2)


def test_by_category_each_stretch_stands_in_its_place_and_none_is_a_category(
    hub: House, time: Clock, clara: Actor
) -> None:
    edges = [MORNING, MORNING + timedelta(days=1), MORNING + timedelta(days=2), MORNING + timedelta(days=3)]
    hub.receive(clara, peddlers())
    time.forward(days=2)
    hub.receive(clara, peddlers())
    hub.receive(clara, peddlers())
    found = hub.look(series.by_category, (hub.office().id,), edges)
    assert list(found.values()) == [[1, 0, 2]]
    assert hub.look(series.by_category, (hub.office("MC").id,), edges) == {}
