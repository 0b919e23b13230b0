"""A repair that two departments pass to each other, while its clock runs."""

import pytest

from dispatch import followup, returning, work
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.dispatch.steps import DONE, send_back
from tests.house import House


@pytest.mark.seed("K1.1", "K2.5", "F2")
def test_departments_win_no_time_by_passing_an_order_around(
    hub: House,
    time: Clock,
    clara: Actor,
    cody: Actor,
    sue: Actor,
    sid: Actor,
    order: Order,
    tap_leaks: Ticket,
) -> None:
    (resolve,) = hub.running(tap_leaks, "resolve")
    send_back(hub, sue, order, "The guards broke it")
    time.forward(hours=3)
    second = hub.do(returning.rule, clara, order, "reissue", hub.department("SEC"))
    send_back(hub, sid, second, "We did not")
    third = hub.do(returning.rule, clara, second, "reissue", hub.department("ENG"))
    time.forward(hours=3)
    send_back(hub, sue, third, "We say they did")
    assert hub.again(tap_leaks).owner_id == cody.staff_id

    time.set(resolve.due_at)
    followup.tick(hub.database)
    assert hub.running(tap_leaks, "resolve")[0].due_at == resolve.due_at
    assert {"urged", "escalated"} <= set(hub.kinds(tap_leaks))

    last = hub.do(returning.rule, cody, third, "reissue", worker=hub.staff("wes"))
    wes = hub.actor("wes")
    time.forward(minutes=1)
    hub.do(work.accept, wes, last)
    hub.do(work.complete, wes, last, DONE)
    assert hub.promises(tap_leaks, "resolve")[0].is_late(time.now())
    assert hub.kinds(tap_leaks).count("returned") == 3
    assert hub.verify().broken is None
