"""A promise whose clock stands."""

from datetime import timedelta

from dispatch import work
from hub import clock
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House


def test_a_promise_held_in_time_is_not_late_however_long_the_hold(
    hub: House, time: Clock, sue: Actor, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "material")
    (done,) = hub.running(tap_leaks, "done")
    assert not done.is_late(clock.now() + timedelta(days=300))
    hub.do(work.resume, wes, order)
    (done,) = hub.running(tap_leaks, "done")
    assert done.is_late(clock.now() + timedelta(days=300))
