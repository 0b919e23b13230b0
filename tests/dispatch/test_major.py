"""A major complaint is the director's: contact at once, a plan in a day, called back in person."""

from datetime import timedelta

import pytest

from dispatch import callback, followup, major, work
from hub.access import Actor
from hub.errors import BadInput, Forbidden, NotNow
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import satisfied, work_off
from tests.house import House, leak, peddlers


@pytest.fixture
def hurt(hub: House, clara: Actor, peddlers_knock: Ticket) -> Ticket:
    """A complaint in which somebody was hurt."""
    return hub.do(major.declare, clara, peddlers_knock, "injury", "A child fell")


def test_the_director_owns_it_and_hears(hub: House, dora: Actor, hurt: Ticket) -> None:
    after = hub.again(hurt)
    assert (after.owner_id, after.priority, after.major_since) == (dora.staff_id, "P2", MORNING)
    declared = next(event for event in hub.events(hurt) if event.kind == "declared_major")
    assert (declared.said["grounds"], declared.said["staff"]) == ("injury", [dora.staff_id])


def test_contact_in_a_quarter_of_an_hour_a_plan_in_a_day(hub: House, hurt: Ticket) -> None:
    due = {promise.kind: promise.due_at for promise in hub.running(hurt) if promise.order_id is None}
    assert due["answer"] == MORNING + timedelta(minutes=15)
    assert due["plan"] == MORNING + timedelta(days=1)
    assert due["resolve"] <= MORNING + timedelta(days=15)


def test_an_end_further_off_than_fifteen_days_comes_nearer(hub: House, clara: Actor) -> None:
    far = MORNING + timedelta(days=40)
    ticket = hub.receive(clara, peddlers(resolve_by=far))
    hub.do(major.declare, clara, ticket, "media")
    (resolve,) = hub.running(ticket, "resolve")
    assert resolve.due_at == MORNING + timedelta(days=15)


def test_the_plan_is_written_by_the_head_and_its_lack_reaches_the_company(
    hub: House, time: Clock, clara: Actor, dora: Actor, hurt: Ticket
) -> None:
    with pytest.raises(Forbidden):
        hub.do(major.plan, clara, hurt, "We shall see")
    with pytest.raises(BadInput, match="write what will be done"):
        hub.do(major.plan, dora, hurt, " ")
    time.forward(hours=24)
    followup.tick(hub.database)
    steps = [event.said for event in hub.events(hurt) if event.said.get("promise") == "plan"]
    assert [step["whom"] for step in steps] == ["holder", "leader"]
    assert steps[0]["staff"] == [dora.staff_id]
    hub.do(major.plan, dora, hurt, "A rail by Friday, Sid")
    assert hub.kinds(hurt)[-1] == "planned" and not hub.running(hurt, "plan")
    with pytest.raises(NotNow, match="no plan is owed for this matter"):
        hub.do(major.plan, dora, hurt, "Again")


def test_only_the_head_of_the_office_calls_it_back(
    hub: House, clara: Actor, dora: Actor, sid: Actor, gus: Actor, hurt: Ticket
) -> None:
    done = work_off(hub, sid, gus, hurt)
    assert done.status == "awaiting_callback"
    with pytest.raises(Forbidden, match="the head of the office calls a major complaint back: Dora Director"):
        hub.do(callback.call_back, clara, done, reached=True, satisfied="yes")
    assert satisfied(hub, dora, done).status == "closed"


def test_a_major_complaint_is_always_called_back(hub: House, clara: Actor, sue: Actor, wes: Actor) -> None:
    ticket = hub.receive(clara, leak(kind="complaint", category="01-03"))
    hub.do(major.declare, clara, ticket, "loss")
    assert work_off(hub, sue, wes, ticket).callback == "owed"


def test_what_cannot_be_declared_says_why(
    hub: House, clara: Actor, wes: Actor, sid: Actor, gus: Actor, tap_leaks: Ticket, peddlers_knock: Ticket
) -> None:
    with pytest.raises(NotNow, match="only a complaint is declared major"):
        hub.do(major.declare, clara, tap_leaks, "injury")
    with pytest.raises(BadInput, match="grounds: must be one of: injury, loss"):
        hub.do(major.declare, clara, peddlers_knock, "mood")
    with pytest.raises(Forbidden):
        hub.do(major.declare, wes, peddlers_knock, "injury")
    done = work_off(hub, sid, gus, peddlers_knock)
    with pytest.raises(NotNow, match="the work is done"):
        hub.do(major.declare, clara, done, "injury")
    closed = satisfied(hub, clara, done)
    with pytest.raises(NotNow, match="this ticket is closed"):
        hub.do(major.declare, clara, closed, "injury")


def test_a_second_declaration_changes_nothing(hub: House, clara: Actor, hurt: Ticket) -> None:
    before = hub.kinds(hurt)
    hub.do(major.declare, clara, hurt, "media")
    assert hub.kinds(hurt) == before


def test_the_hands_keep_their_order(hub: House, gus: Actor, sid: Actor, hurt: Ticket) -> None:
    (order,) = hub.orders(hurt)
    hub.do(work.assign, sid, order, hub.staff("gus"))
    assert hub.do(work.accept, gus, order).status == "accepted"
