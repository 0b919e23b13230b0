"""Matters one by one: what each open one waits for, how late it is and by what cause, and what was grave."""

from datetime import timedelta

import pytest

from dispatch import escalation, returning, work
from hub import clock
from hub.access import Actor
from hub.orders import Order
from hub.statistics import left_open
from hub.statistics.left_open import Matter
from hub.statistics.scope import Scope
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.house import House, leak, peddlers


def so_far(hub: House) -> Scope:
    return Scope((hub.office().id,), MORNING - timedelta(days=1), clock.now(), clock.now())


def late(hub: House, time: Clock) -> Matter:
    time.forward(days=60)
    (one,) = hub.look(left_open.overdue, so_far(hub))
    return one


@pytest.mark.seed("K2.3")
def test_every_complaint_that_is_open_is_listed_the_oldest_first_and_no_repair(
    hub: House, clara: Actor, time: Clock
) -> None:
    first = hub.receive(clara, peddlers())
    hub.receive(clara, leak())
    time.forward(days=40)  # into another month: it is listed all the same
    second = hub.receive(clara, peddlers(room="B-0302"))
    time.forward(minutes=1)
    found = hub.look(left_open.unclosed_complaints, so_far(hub))
    assert [one.number for one in found] == [first.number, second.number]
    assert (found[0].place, found[0].kind, found[0].households) == ("A-0501", "complaint", 1)


def test_what_it_waits_for_is_the_step_that_was_not_taken(
    hub: House, clara: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket, time: Clock
) -> None:
    (order,) = hub.orders(peddlers_knock)

    def waits() -> str:
        time.forward(minutes=1)
        (one,) = hub.look(left_open.unclosed_complaints, so_far(hub))
        return one.waits

    assert waits() == "unassigned"
    hub.do(work.assign, sid, order, hub.staff("gus"))
    assert waits() == "unaccepted"
    hub.do(work.accept, gus, order)
    assert waits() == "working"
    hub.do(work.hold, gus, order, "customer")
    assert waits() == "hold:customer"
    hub.do(work.resume, gus, order)
    hub.do(work.complete, gus, order, "Shown the way out")
    assert waits() == "callback"


def test_how_late_it_is_counts_from_the_promise_that_is_furthest_past(
    hub: House, tap_leaks: Ticket, time: Clock
) -> None:
    one = late(hub, time)
    furthest = min(promise.due_at for promise in hub.running(tap_leaks))
    assert (one.number, one.late_seconds) == (
        tap_leaks.number,
        int((clock.now() - furthest).total_seconds()),
    )


def test_nobody_sent_is_the_cause_until_somebody_is(
    hub: House, sue: Actor, order: Order, time: Clock
) -> None:
    assert late(hub, time).cause == "unassigned"
    hub.do(work.assign, sue, order, hub.staff("wes"))
    assert late(hub, time).cause == "unaccepted"


def test_sent_to_the_wrong_department_is_the_cause_once_it_came_back(
    hub: House, clara: Actor, sue: Actor, order: Order, time: Clock
) -> None:
    hub.do(returning.send_back, sue, order, "not ours")
    assert late(hub, time).waits == "returned"
    hub.do(returning.rule, clara, order, "reissue", department=hub.department("SEC"))
    assert late(hub, time).cause == "wrong_dispatch"


def test_a_hold_that_is_over_is_the_cause_it_left_behind(
    hub: House, sue: Actor, wes: Actor, order: Order, time: Clock
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "material")
    time.forward(days=1)
    hub.do(work.resume, wes, order)
    assert late(hub, time).cause == "material"


def test_a_complaint_urged_three_times_is_grave(hub: House, clara: Actor, time: Clock) -> None:
    quiet = hub.receive(clara, peddlers(room="B-0302"))
    loud = hub.receive(clara, peddlers())
    for _ in range(left_open.MANY_URGINGS):
        time.forward(hours=5)
        hub.do(escalation.urge, clara, hub.again(loud))
    found = hub.look(left_open.major_complaints, so_far(hub))
    assert [one.number for one in found] == [loud.number] and quiet.number != loud.number
    assert found[0].urged == left_open.MANY_URGINGS


def test_an_emergency_is_listed_even_when_it_is_no_complaint(hub: House, clara: Actor, time: Clock) -> None:
    hub.receive(clara, leak())
    grave = hub.receive(clara, leak(category="01-01"))
    time.forward(minutes=1)
    found = hub.look(left_open.emergencies, so_far(hub))
    assert [(one.number, one.priority) for one in found] == [(grave.number, "P1")]
