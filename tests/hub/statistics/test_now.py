"""How things stand at the moment: queues, departments, workers."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from dispatch import returning, work
from hub import access, clock
from hub.access import Actor
from hub.orders import Order
from hub.promises import Promise
from hub.statistics import now
from hub.statistics.judging import is_late
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak
from tests.hub.statistics.history import History


@pytest.mark.seed("K2.2")
def test_a_matter_stands_in_the_queues_it_belongs_to(
    hub: House, time: Clock, sid: Actor, peddlers_knock: Ticket, tap_leaks: Ticket
) -> None:
    (order,) = hub.orders(peddlers_knock)
    hub.do(returning.send_back, sid, order, "not ours")
    found = hub.look(now.queues, clock.now())
    assert (found["new"], found["in_hand"], found["returned"], found["overdue"]) == (0, 2, 1, 0)
    time.forward(days=2)
    assert hub.look(now.queues, clock.now())["overdue"] == 2


def test_a_matter_is_at_risk_when_most_of_its_time_is_gone_and_none_is_past_due(
    hub: House, time: Clock, tap_leaks: Ticket
) -> None:
    (answer,) = hub.running(tap_leaks, "answer")
    length = answer.due_at - answer.started_at
    for share, risk, late in ((0.7, 0, 0), (0.9, 1, 0), (1.1, 0, 1)):
        found = hub.look(now.queues, answer.started_at + length * share)
        assert (found["at_risk"], found["overdue"]) == (risk, late)


def test_what_a_promise_says_of_its_risk_holds_here_as_on_the_desk_and_a_calendar_tells_where_it_says_nothing(
    hub: House, tap_leaks: Ticket
) -> None:
    (answer,) = hub.running(tap_leaks, "answer")
    length = answer.due_at - answer.started_at

    def said(moment: datetime | None, share: float) -> int:
        said_so = update(Promise).where(col(Promise.id) == answer.id).values(warn_at=moment)
        hub.do(lambda tx: tx.execute(said_so))
        return hub.look(now.queues, answer.started_at + length * share)["at_risk"]

    half = answer.started_at + length / 2
    assert (said(half, 0.4), said(half, 0.6)) == (0, 1)
    assert (said(None, 0.6), said(None, 0.9)) == (0, 1)


def test_only_what_one_may_see_is_counted(hub: House, time: Clock, mia: Actor, tap_leaks: Ticket) -> None:
    hub.receive(mia, leak(room="M-0101"), office="MC")
    assert sum(hub.look(now.queues, clock.now()).values()) == 2
    assert sum(hub.look(now.queues, clock.now(), access.tickets_seen(mia)).values()) == 1


def test_departments_and_workers_show_what_they_have_in_hand(
    hub: House, time: Clock, sue: Actor, wes: Actor, order: Order, peddlers_knock: Ticket
) -> None:
    office = (hub.office().id,)
    hub.do(work.assign, sue, order, hub.staff("wes"))
    departments = {load.key: load for load in hub.look(now.by_department, office, clock.now())}
    assert [departments[key].open for key in ("ENG", "SEC", "ENV")] == [1, 1, 0]
    assert [(w.key, w.open) for w in hub.look(now.by_worker, office, clock.now())] == [("wes", 1), ("", 1)]
    time.forward(days=5)
    assert [w.overdue for w in hub.look(now.by_worker, office, clock.now())] == [1, 1]


def test_the_query_and_the_row_judge_lateness_alike(hub: House, time: Clock) -> None:
    History(hub, time, 5).make(15)
    held = hub.look(lambda tx: list(tx.scalars(select(Promise).where(col(Promise.paused_at).is_not(None)))))
    promises = hub.look(lambda tx: list(tx.scalars(select(Promise))))
    for days in (-2, 0, 30):
        at = clock.now() + timedelta(days=days)
        late = hub.look(lambda tx, at=at: set(tx.scalars(select(Promise.id).where(is_late(at)))))
        assert late == {promise.id for promise in promises if promise.is_late(at)}
    assert held and late
