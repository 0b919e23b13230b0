"""A resident stops a guard in the lobby; the guard hears how it ended."""

import pytest

from dispatch import ownership, retriage, work
from dispatch.deciding import BY_RULES
from hub import ties
from hub.access import Actor
from tests.conftest import Clock
from tests.dispatch.steps import DONE, satisfied
from tests.house import House, leak


@pytest.mark.seed("K5.2", "K5.4", "F4", "K4.1")
def test_what_a_guard_was_told_goes_the_same_way_and_comes_back_to_the_guard(
    hub: House, time: Clock, gus: Actor, cody: Actor, clara: Actor, wes: Actor
) -> None:
    told = time.now()
    time.forward(minutes=15)
    ticket = hub.receive(gus, leak(item="Please come", channel="employee", received_at=told))
    assert (ticket.status, ticket.owner_id) == ("new", cody.staff_id)

    hub.do(ownership.hand_over, cody, ticket, hub.staff("clara"))
    hub.do(retriage.judge_by_hand, clara, ticket, category="01-01", then=BY_RULES)
    (order,) = hub.orders(ticket)
    assert (order.dispatched_to, order.status) == ("worker", "assigned")
    hands = hub.actor(
        next(login for login in ("wes", "wen", "sue") if hub.staff(login).id == order.worker_id)
    )
    hub.do(work.accept, hands, order)
    hub.do(work.complete, hands, order, DONE)
    closed = satisfied(hub, clara, ticket)

    assert (closed.status, closed.received_by, closed.received_at) == ("closed", gus.staff_id, told)
    # whoever follows a ticket hears of its closing: the guard is among them without having asked
    assert gus.staff_id in hub.look(ties.followers, ticket.id)
    assert hub.kinds(ticket)[-1] == "closed"
