"""The customer urges: counted always, passed on with measure, one rank higher each time."""

from datetime import timedelta

import pytest

from dispatch import urging, work
from hub.access import HUB, Actor
from hub.errors import NotNow
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import satisfied, work_off
from tests.house import House


def urge(hub: House, ticket: Ticket, text: str = "") -> urging.Urging:
    return hub.do(urging.urge, HUB, ticket, text)


def heard(hub: House, ticket: Ticket) -> list[list[int]]:
    return [event.said["staff"] for event in hub.events(ticket) if event.kind == "urged"]


@pytest.mark.seed("K2.5")
def test_each_urging_that_is_passed_on_reaches_one_rank_more(
    hub: House, time: Clock, wes: Actor, sue: Actor, cody: Actor, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, hub.orders(tap_leaks)[0])
    for _ in range(4):
        assert urge(hub, tap_leaks).is_passed_on
        time.forward(hours=1)
    up = [wes.staff_id], [wes.staff_id, sue.staff_id], [wes.staff_id, sue.staff_id, cody.staff_id]
    assert heard(hub, tap_leaks) == [*up, up[-1]]


@pytest.mark.seed("K2.5")
def test_one_soon_after_disturbs_nobody_but_is_counted_answered_and_kept(
    hub: House, time: Clock, tap_leaks: Ticket
) -> None:
    first = urge(hub, tap_leaks)
    time.forward(minutes=59)
    again = urge(hub, tap_leaks, "It is all over the floor now")
    assert not again.is_passed_on
    assert (again.times, again.passed_on_at) == (2, first.passed_on_at) == (2, MORNING)
    (resolve,) = hub.running(tap_leaks, "resolve")
    assert again.due_at == resolve.due_at
    assert len(heard(hub, tap_leaks)) == 1
    assert hub.kinds(tap_leaks)[-1] == "noted", "what was said is not lost"
    assert hub.again(tap_leaks).times_urged == 2
    time.forward(minutes=1)
    assert urge(hub, tap_leaks).is_passed_on


def test_a_matter_at_the_desk_is_urged_upon_its_owner(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    urge(hub, tap_leaks)
    assert heard(hub, tap_leaks) == [[hub.staff("sue").id]], "nobody has the order yet: the supervisor"
    assert hub.again(tap_leaks).urged_at == MORNING + timedelta()


def test_a_closed_matter_is_not_urged(
    hub: House, clara: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    closed = satisfied(hub, clara, work_off(hub, sid, gus, peddlers_knock))
    with pytest.raises(NotNow, match="this ticket is closed; reopen it first"):
        urge(hub, closed)
