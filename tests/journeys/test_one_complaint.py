"""One matter from any hand to its counted end."""

import pytest

from dispatch import callback, ordering, work
from dispatch.ordering import Instruction
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House


@pytest.mark.seed("K1.3", "K2.1", "K2.2", "K5.4", "F2", "F4")
def test_a_complaint_is_dispatched_worked_called_back_reopened_and_closed(
    hub: House, time: Clock, clara: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    (first,) = hub.orders(peddlers_knock)
    assert (first.status, first.dispatched_to, first.chosen_by) == ("issued", "supervisor", "rule")
    hub.do(work.assign, sid, first, hub.staff("gus"))
    _do_the_work(hub, time, gus, first, "Shown the way out")
    assert hub.again(peddlers_knock).status == "awaiting_callback"

    time.forward(hours=2)
    said = {"reached": True, "solved": False, "satisfied": "no", "comment": "Back an hour later"}
    hub.do(callback.call_back, clara, peddlers_knock, **said)
    reopened = hub.again(peddlers_knock)
    assert (reopened.status, reopened.round, reopened.times_reopened) == ("in_hand", 2, 1)
    assert {promise.kind for promise in hub.running(reopened)} == {"answer", "resolve"}

    to_gus = Instruction(hub.department("SEC"), hub.staff("gus"), "Stay until they are gone")
    second = hub.do(ordering.order, clara, reopened, to_gus)
    assert (second.number, second.dispatched_to) == (f"{reopened.number}-2", "worker")
    _do_the_work(hub, time, gus, second, "Gone, and the door is locked")
    time.forward(days=1)
    hub.do(callback.call_back, clara, reopened, reached=True, satisfied="fairly")

    closed = hub.again(reopened)
    assert (closed.status, closed.outcome, closed.callback) == ("closed", "solved", "made")
    assert hub.running(closed) == []
    assert hub.kinds(closed).count("done") == 2
    assert hub.verify().broken is None


def _do_the_work(hub: House, time: Clock, hands: Actor, order: Order, done: str) -> None:
    for step in (work.accept, work.contact, work.depart, work.arrive):
        time.forward(minutes=5)
        hub.do(step, hands, order)
    time.forward(minutes=30)
    hub.do(work.complete, hands, order, done)
