"""The desk judges a matter the words did not tell, or told wrong."""

import pytest

from dispatch import closing, retriage, work
from dispatch.deciding import BY_RULES, Choice
from hub.access import Actor
from hub.errors import BadInput, Forbidden, NotNow
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import satisfied, work_off
from tests.house import House, leak


@pytest.fixture
def unclear(hub: House, clara: Actor) -> Ticket:
    return hub.receive(clara, leak(item="Please come"))


@pytest.mark.seed("F2")
def test_the_desk_says_what_it_is_and_sends_it_on_its_way(
    hub: House, time: Clock, clara: Actor, unclear: Ticket
) -> None:
    time.forward(minutes=5)
    ticket = hub.do(retriage.judge_by_hand, clara, unclear, category="01-03", then=BY_RULES)
    assert (ticket.kind, ticket.priority, ticket.status) == ("repair", "P3", "in_hand")
    (order,) = hub.orders(ticket)
    assert (order.department_id, order.chosen_by) == (hub.department("ENG").id, "rule")
    judged = next(event for event in hub.events(ticket) if event.kind == "retriaged")
    assert (judged.said["was"]["category"], judged.said["category"]) == (None, "01-03")


def test_its_promises_are_made_anew_and_still_count_from_the_time_received(
    hub: House, time: Clock, clara: Actor, unclear: Ticket
) -> None:
    time.forward(minutes=5)
    ticket = hub.do(retriage.judge_by_hand, clara, unclear, priority="P1")
    running = hub.running(ticket)
    assert {(p.kind, p.priority, p.started_at) for p in running} == {
        ("answer", "P1", MORNING),
        ("resolve", "P1", MORNING),
    }
    assert all(p.ended_at == time.now() for p in hub.promises(ticket) if not p.is_running)


def test_what_was_held_stays_held(
    hub: House, time: Clock, clara: Actor, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "material")
    time.forward(hours=2)
    hub.do(retriage.judge_by_hand, clara, tap_leaks, category="01-06")
    time.forward(hours=1)
    hub.do(work.resume, wes, order)
    (resolve,) = hub.running(tap_leaks, "resolve")
    assert resolve.held_seconds == 3 * 3600
    assert resolve.due_at > resolve.base_due_at


def test_in_a_later_round_it_counts_from_that_round(
    hub: House, time: Clock, clara: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    satisfied(hub, clara, work_off(hub, sid, gus, peddlers_knock))
    reopened = time.forward(days=2)
    hub.do(closing.reopen, clara, peddlers_knock, "Back again")
    time.forward(hours=1)
    hub.do(retriage.judge_by_hand, clara, peddlers_knock, priority="P2")
    assert {p.started_at for p in hub.running(peddlers_knock)} == {reopened}


def test_only_the_desk_judges_and_only_by_what_there_is(
    hub: House, clara: Actor, wes: Actor, unclear: Ticket
) -> None:
    for said, why in (
        ({}, "category: say the kind, the category or the priority"),
        ({"category": "99-99"}, "category: there is no such category"),
        ({"kind": "wish"}, "kind: must be one of: emergency"),
        ({"priority": "P9"}, "priority: must be one of: P1"),
        ({"category": "01-03", "then": Choice("department", "NOPE")}, "no such department"),
    ):
        with pytest.raises(BadInput, match=why):
            hub.do(retriage.judge_by_hand, clara, unclear, **said)
    with pytest.raises(Forbidden):
        hub.do(retriage.judge_by_hand, wes, unclear, category="01-03")
    assert hub.again(unclear).category_id is None


def test_what_is_done_or_closed_is_not_judged_again(
    hub: House, clara: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    waits = work_off(hub, sid, gus, peddlers_knock)
    with pytest.raises(NotNow, match="call the customer back first"):
        hub.do(retriage.judge_by_hand, clara, waits, priority="P4")
    satisfied(hub, clara, waits)
    with pytest.raises(NotNow, match="reopen it first"):
        hub.do(retriage.judge_by_hand, clara, waits, priority="P4")
