"""A live socket: certified hands alone are sent, one falls ill, one leaves, nobody is forgotten."""

from datetime import date, timedelta

import pytest

from dispatch import callback, escalation, followup, leaving, returning, urging, work
from hub import catalogue, deliveries
from hub.access import HUB, Actor
from hub.database import Tx
from hub.duty import Absence
from hub.errors import AlreadyTaken, BadInput
from hub.papers import Qualification
from notifications import outbox
from tests.conftest import Clock
from tests.dispatch.steps import DONE
from tests.house import House, leak

SHOCK = leak(item="I got a shock from the socket", category="02-03")


@pytest.mark.seed("P4.2.2b", "K1.7", "K2.5", "K4.1")
def test_a_live_socket_is_mended_by_somebody_who_may(
    hub: House,
    time: Clock,
    clara: Actor,
    cody: Actor,
    dora: Actor,
    adam: Actor,
    sue: Actor,
    wes: Actor,
    wen: Actor,
) -> None:
    def set_up(tx: Tx) -> None:
        """Electrical work requires a certificate; Wen has one, Wes the same but never passed the test."""
        for row in catalogue.of(tx, hub.office()).categories.values():
            if row.group_code == "02":
                live = tx.get_one(catalogue.Category, row.id)
                live.trade, live.paper = "electric", catalogue.REQUIRED
        catalogue.changed(tx, hub.office().company_id)
        for login, tested in (("wen", date(2025, 1, 1)), ("wes", None)):
            tx.add(
                Qualification(
                    staff_id=hub.staff(login).id,
                    trade="electric",
                    certificate="Electrician, grade A",
                    valid_from=date(2025, 1, 1),
                    valid_until=date(2027, 1, 1),
                    tested_on=tested,
                )
            )

    hub.do(set_up)
    ticket = hub.receive(clara, SHOCK)
    (order,) = hub.orders(ticket)
    assert order.worker_id == wen.staff_id, "straight to the one on duty who may"
    outbox.drain(hub.database)
    assert all(hub.look(deliveries.unread, one.staff_id or 0) for one in (wen, sue, cody))

    with pytest.raises(AlreadyTaken, match="Wen Worker has this order"):
        hub.do(work.accept, wes, order)
    with pytest.raises(BadInput, match="Wes Worker has not passed the test"):
        hub.do(work.assign, sue, order, hub.staff("wes"))

    def falls_ill(tx: Tx) -> None:
        now = time.now()
        tx.add(Absence(staff_id=wen.staff_id or 0, starts_at=now, ends_at=now + timedelta(days=2)))

    hub.do(falls_ill)
    time.forward(minutes=2)
    told = hub.do(urging.urge, HUB, ticket, "Are you coming?")
    assert told.is_passed_on
    urged = next(event for event in hub.events(ticket) if event.kind == "urged")
    assert urged.said["staff"] == [sue.staff_id], "Wen is ill: her supervisor hears"

    time.forward(minutes=3)
    followup.tick(hub.database)
    escalated = [event.said["staff"] for event in hub.events(ticket) if event.kind == "escalated"]
    assert [cody.staff_id] in escalated, "five minutes and nobody took it"

    handed = hub.do(leaving.leave, adam, hub.staff("wen"))
    assert handed.orders == {order.number: ""}, "nobody else may do it: the centre has it again"
    assert hub.again(order).status == "returned"
    hub.do(escalation.escalate, clara, ticket, "director", "Nobody may do it")
    assert hub.again(ticket).owner_id == dora.staff_id

    def passes(tx: Tx) -> None:
        row = tx.query(Qualification).filter_by(staff_id=wes.staff_id).one()
        row.tested_on = date(2026, 3, 3)

    hub.do(passes)
    again = hub.do(returning.rule, dora, order, "reissue", worker=hub.staff("wes"))
    hub.do(work.accept, wes, again)
    hub.do(work.arrive, wes, again)
    time.forward(minutes=40)
    hub.do(work.complete, wes, again, DONE)
    assert hub.do(callback.call_back, dora, ticket, True, True, "yes").status == "closed"
    assert hub.verify().broken is None
