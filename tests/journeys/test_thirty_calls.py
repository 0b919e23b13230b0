"""Thirty calls about one lift: one incident, done once, every household told and called back for itself."""

from datetime import datetime

import pytest
from sqlmodel import col

from dispatch import callback, closing, intake, outbreak, work
from dispatch.deciding import Choice
from hub import incidents
from hub.access import Actor
from hub.orders import Order
from hub.statistics import indicators, now
from hub.statistics.scope import Scope
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.dispatch.steps import finish
from tests.house import House, leak

SAID = ("Lift stuck", "The lift does not move", "电梯不动了", "電梯壞咗", "Elevator out of order")


@pytest.mark.seed("K0.1", "K2.2", "K4.1")
def test_thirty_calls_about_one_lift_are_one_incident(
    hub: House, time: Clock, clara: Actor, sue: Actor, wes: Actor
) -> None:
    opened = time.now()
    first = [_call(hub, clara, time, number) for number in range(3)]
    (incident,) = hub.look(incidents.proposed, hub.office().id)
    lead = first[0]
    hub.do(work.assign, sue, hub.orders(lead)[0], hub.staff("wes"))
    hub.do(outbreak.confirm, clara, incident, lead, first)

    later = [_call(hub, clara, time, number, lead) for number in range(3, 30)]
    calls = first + later
    assert {hub.again(call).lead_id for call in calls} == {None, lead.id}
    assert [order.status for order in _orders(hub, calls) if order.is_open] == ["assigned"]
    (known,) = hub.look(incidents.known_in, lead.building_id)
    assert (known.lead.id, known.households) == (lead.id, 30)
    assert _what_the_next_caller_is_shown(hub) == [lead.number]

    gone = later[-1]
    hub.do(closing.close, clara, gone, "withdrawn", note="Moved out today")
    time.forward(minutes=40)
    (order,) = [one for one in _orders(hub, calls) if one.is_open]
    finish(hub, wes, order, "Door contact replaced")

    _every_household_has_the_outcome(hub, calls, gone)
    waits = [call for call in map(hub.again, calls) if call.status == "awaiting_callback"]
    waits.sort(key=lambda call: call.id != lead.id)
    content, angry = waits[:-1], waits[-1]
    for call in content:
        hub.do(callback.call_back, clara, call, reached=True, satisfied="yes")
    hub.do(callback.call_back, clara, angry, True, False, "no", "Stuck again")
    alone = hub.again(angry)
    assert (alone.status, alone.lead_id, alone.round) == ("in_hand", None, 2)
    assert {hub.again(call).status for call in calls if call.id != angry.id} == {"closed"}
    _counted_once(hub, opened, time)
    assert hub.verify().broken is None


def _call(hub: House, clara: Actor, time: Clock, number: int, lead: Ticket | None = None) -> Ticket:
    time.forward(minutes=1)
    room = f"A-{number // 4 + 1:02d}{number % 4 + 1:02d}"
    said = leak(
        item=SAID[number % len(SAID)],
        category="03-02",
        room=room,
        name=f"Household {number}",
        phone=f"2345 {6000 + number}",
    )
    return hub.receive(clara, said, Choice("behind", lead=lead.number) if lead else Choice())


def _orders(hub: House, calls: list[Ticket]) -> list[Order]:
    return [order for call in calls for order in hub.orders(call)]


def _what_the_next_caller_is_shown(hub: House) -> list[str]:
    said = leak(item="Lift stuck", category="03-02", room="A-1204", phone="2345 9999")
    return [one.number for one in hub.look(intake.prepare, hub.office(), said).resembles]


def _every_household_has_the_outcome(hub: House, calls: list[Ticket], gone: Ticket) -> None:
    """Solved for all who still asked; a callback for those whose policy or sample says so, and only them."""
    for call in map(hub.again, calls):
        if call.id == gone.id:
            assert (call.outcome, call.callback) == ("withdrawn", "not_owed")
            continue
        assert (call.outcome, call.solved_at is not None) == ("solved", True)
        owed = call.callback == "owed"
        assert call.status == ("awaiting_callback" if owed else "closed")
        assert [promise.kind for promise in hub.running(call)] == (["callback"] if owed else [])
        assert ("shared" in hub.kinds(call)) == (call.lead_id is not None)
    assert 0 < sum(call.status == "awaiting_callback" for call in map(hub.again, calls)) < 29


def _counted_once(hub: House, opened: datetime, time: Clock) -> None:
    """Thirty contacts; matters are the lift, and by now the household that goes on alone."""
    end = time.forward(minutes=1)
    (whole,) = hub.look(indicators.figures, Scope((hub.office().id,), opened, end, end))
    counts = whole.counts
    assert (counts["contacts"], counts["excluded"], counts["received"]) == (30, 1, 2)
    assert (counts["orders"], counts["closed"], counts["reopened"]) == (3, 1, 1)
    assert counts["repaired"] == 1
    assert whole.medians["resolve"] is not None
    assert hub.look(now.queues, end, col(Ticket.office_id) == hub.office().id)["in_hand"] == 1
