"""The centre's order: to the supervisor or straight to the worker."""

from datetime import datetime

import pytest

from dispatch import ordering
from dispatch.ordering import Instruction
from hub.access import Actor
from hub.errors import BadInput, Forbidden, NotNow
from hub.tickets import Ticket
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import ahead, satisfied, work_off
from tests.house import House


@pytest.mark.seed("K1.7", "F1")
def test_an_order_goes_to_the_supervisor_or_straight_to_the_worker_as_chosen(
    hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    department = hub.department("ENG")
    to_supervisor = hub.do(ordering.order, clara, tap_leaks, Instruction(department, text="Look"))
    to_worker = hub.do(ordering.order, clara, tap_leaks, Instruction(department, hub.staff("wen")))
    assert [(o.number, o.status, o.dispatched_to, o.chosen_by) for o in (to_supervisor, to_worker)] == [
        (f"{tap_leaks.number}-2", "issued", "supervisor", "agent"),
        (f"{tap_leaks.number}-3", "assigned", "worker", "agent"),
    ]
    assert (to_supervisor.issued_by, to_supervisor.instruction) == (clara.staff_id, "Look")
    # the supervisor is told of a direct order: whom it concerns is read from its department
    assert hub.events(tap_leaks)[-1].said["department"] == department.id


def test_its_promises_run_from_its_issue(hub: House, time: Clock, clara: Actor, tap_leaks: Ticket) -> None:
    issued = time.forward(hours=1)
    order = hub.do(ordering.order, clara, tap_leaks, Instruction(hub.department("SEC")))
    own = [p for p in hub.running(tap_leaks) if p.order_id == order.id]
    assert {p.kind: p.started_at for p in own} == dict.fromkeys(
        ("accept", "contact", "arrive", "done"), issued
    )


def test_an_appointment_is_the_time_to_arrive(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    day = ahead(days=2, hours=3)
    given = Instruction(hub.department("ENG"), appointment_at=day)
    order = hub.do(ordering.order, clara, tap_leaks, given)
    (arrive,) = [p for p in hub.running(tap_leaks, "arrive") if p.order_id == order.id]
    assert arrive.due_at == day


def test_an_order_that_cannot_be_is_refused_with_the_field_named(
    hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    department = hub.department("ENG")
    for given, why in (
        (Instruction(hub.department("ENG", "MC")), "to.department: this department belongs to another"),
        (Instruction(department, hub.staff("gus")), "to.worker: Gus Guard does not work in this"),
        (Instruction(department, text="\x00"), "instruction: holds a character"),
        (Instruction(department, appointment_at=MORNING), "appointment: this time has gone by"),
        (Instruction(department, appointment_at=datetime(2026, 4, 1)), "appointment: a time needs its zone"),
    ):
        with pytest.raises(BadInput, match=why):
            hub.do(ordering.order, clara, tap_leaks, given)
    assert len(hub.orders(tap_leaks)) == 1


def test_only_the_centre_orders_and_only_while_there_is_work(
    hub: House, clara: Actor, sue: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    given = Instruction(hub.department("SEC"))
    with pytest.raises(Forbidden):
        hub.do(ordering.order, sid, peddlers_knock, given)
    waits = work_off(hub, sid, gus, peddlers_knock)
    with pytest.raises(NotNow, match="call the customer back first"):
        hub.do(ordering.order, clara, waits, given)
    satisfied(hub, clara, waits)
    with pytest.raises(NotNow, match="reopen it first"):
        hub.do(ordering.order, clara, waits, given)
