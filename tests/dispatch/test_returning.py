"""Orders that come back, and who rules on them."""

import pytest

from dispatch import answering, escalation, ordering, returning, work
from hub.access import Actor
from hub.errors import AlreadyTaken, BadInput, Forbidden, NotNow
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.dispatch.steps import finish, send_back
from tests.house import House, peddlers


@pytest.mark.seed("K1.1")
def test_a_department_returns_an_order_with_its_reason_and_wins_no_time(
    hub: House, time: Clock, sue: Actor, order: Order, tap_leaks: Ticket
) -> None:
    due = {p.kind: p.due_at for p in hub.running(tap_leaks)}
    time.forward(minutes=10)
    back = send_back(hub, sue, order, " The neighbour's pipe ")
    assert (back.status, back.return_reason, back.returned_by) == (
        *("returned", "The neighbour's pipe"),
        sue.staff_id,
    )
    assert {p.kind: p.due_at for p in hub.running(tap_leaks)} == due
    assert hub.again(tap_leaks).status == "in_hand"


@pytest.mark.seed("K1.1")
def test_nothing_comes_back_in_silence(hub: House, sue: Actor, order: Order) -> None:
    with pytest.raises(BadInput, match="reason: say why the order is returned"):
        send_back(hub, sue, order, "  ")


def test_strangers_return_nothing(hub: House, cash: Actor, wes: Actor, gus: Actor, order: Order) -> None:
    for stranger in (cash, gus, wes):
        with pytest.raises(Forbidden):
            send_back(hub, stranger, order)
    hub.do(work.accept, wes, order)
    send_back(hub, wes, order)


def test_a_held_order_that_comes_back_leaves_its_hold(
    hub: House, time: Clock, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "material")
    time.forward(hours=1)
    send_back(hub, wes, order)
    assert not any(p.paused_at for p in hub.running(tap_leaks))
    assert hub.again(order).held_from is None


@pytest.mark.seed("K1.1")
def test_the_centre_sends_it_back_to_the_same_department_with_its_clocks_as_they_ran(
    hub: House, time: Clock, clara: Actor, sue: Actor, order: Order, tap_leaks: Ticket
) -> None:
    due = {p.kind: p.due_at for p in hub.running(tap_leaks)}
    send_back(hub, sue, order)
    time.forward(hours=1)
    again = hub.do(returning.rule, clara, order, "reissue", reason="It is ours")
    assert (again.id, again.status, again.worker_id) == (order.id, "issued", None)
    assert {p.kind: p.due_at for p in hub.running(tap_leaks)} == due


def test_the_centre_may_name_the_worker_in_its_ruling(
    hub: House, clara: Actor, sue: Actor, order: Order
) -> None:
    send_back(hub, sue, order)
    with pytest.raises(BadInput, match="Gus Guard does not work in this department"):
        hub.do(returning.rule, clara, order, "reissue", worker=hub.staff("gus"))
    again = hub.do(returning.rule, clara, order, "reissue", worker=hub.staff("wen"))
    assert (again.status, again.worker_id) == ("assigned", hub.staff("wen").id)


@pytest.mark.seed("K1.1")
def test_the_centre_gives_it_to_another_department(
    hub: House, clara: Actor, sue: Actor, order: Order, tap_leaks: Ticket
) -> None:
    send_back(hub, sue, order)
    new = hub.do(returning.rule, clara, order, "reissue", hub.department("ENV"))
    old = hub.again(order)
    assert (old.status, new.status, new.department_id) == ("withdrawn", "issued", hub.department("ENV").id)
    assert not any(p.is_running for p in hub.promises(tap_leaks) if p.order_id == old.id)
    assert hub.again(tap_leaks).status == "in_hand"


def test_the_centre_withdraws_it_and_keeps_the_matter(
    hub: House, clara: Actor, sue: Actor, order: Order, tap_leaks: Ticket
) -> None:
    send_back(hub, sue, order)
    assert hub.do(returning.rule, clara, order, "withdraw").status == "withdrawn"
    ticket = hub.again(tap_leaks)
    assert (ticket.status, {p.kind for p in hub.running(ticket)}) == ("in_hand", {"answer", "resolve"})


def test_a_ruling_is_for_the_centre_on_a_returned_order_and_one_of_two(
    hub: House, clara: Actor, sue: Actor, order: Order
) -> None:
    with pytest.raises(NotNow, match="only a returned order is ruled on"):
        hub.do(returning.rule, clara, order, "reissue")
    send_back(hub, sue, order)
    with pytest.raises(Forbidden):
        hub.do(returning.rule, sue, order, "withdraw")
    with pytest.raises(BadInput, match="ruling: must be reissue or withdraw"):
        hub.do(returning.rule, clara, order, "ignore")


@pytest.mark.seed("K1.1", "K1.2")
def test_the_second_return_by_one_department_is_the_customer_director_s_to_rule_on(
    hub: House, clara: Actor, cody: Actor, sue: Actor, order: Order, tap_leaks: Ticket
) -> None:
    send_back(hub, sue, order)
    hub.do(returning.rule, clara, order, "reissue")
    send_back(hub, sue, order, "Still not ours")
    assert hub.again(tap_leaks).owner_id == cody.staff_id
    assert hub.kinds(tap_leaks)[-2:] == ["owned", "escalated"]
    for attempt in (
        lambda: hub.do(returning.rule, clara, order, "reissue"),
        lambda: hub.do(returning.rule, clara, order, "withdraw"),
        lambda: hub.do(returning.withdraw, clara, order),
    ):
        with pytest.raises(Forbidden, match="the customer director rules"):
            attempt()
    assert hub.do(returning.rule, cody, order, "reissue").status == "issued"


def test_a_first_return_by_each_of_two_departments_is_still_the_clerk_s(
    hub: House, clara: Actor, sue: Actor, sid: Actor, order: Order, tap_leaks: Ticket
) -> None:
    send_back(hub, sue, order)
    second = hub.do(returning.rule, clara, order, "reissue", hub.department("SEC"))
    send_back(hub, sid, second)
    assert hub.again(tap_leaks).owner_id == clara.staff_id
    hub.do(returning.rule, clara, second, "withdraw")


def test_a_returned_order_is_the_centre_s_to_be_urged_about(
    hub: House, clara: Actor, sue: Actor, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.accept, wes, order)
    send_back(hub, wes, order)
    hub.do(escalation.urge, clara, tap_leaks)
    assert hub.events(tap_leaks)[-1].said["staff"] == [clara.staff_id]


def test_the_centre_takes_an_order_back_and_its_promises_end_unkept(
    hub: House, clara: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(returning.withdraw, clara, order, "Rang again: it stopped by itself")
    own = [p for p in hub.promises(tap_leaks) if p.order_id]
    assert all(p.ended_at and p.kept_at is None for p in own)
    assert hub.again(tap_leaks).status == "in_hand"


def test_what_is_done_cannot_be_taken_back(hub: House, clara: Actor, wes: Actor, order: Order) -> None:
    finish(hub, wes, order)
    with pytest.raises(NotNow):
        hub.do(returning.withdraw, clara, order)


def test_a_department_does_not_withdraw_what_the_centre_ordered(hub: House, sue: Actor, order: Order) -> None:
    with pytest.raises(Forbidden):
        hub.do(returning.withdraw, sue, order)


def test_the_last_withdrawal_closes_a_matter_that_was_answered_with_that_answer_s_outcome(
    hub: House, clara: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(answering.answer, clara, tap_leaks, "The pipe is the water company's", "not_ours")
    assert hub.again(tap_leaks).status == "in_hand"
    hub.do(returning.withdraw, clara, order)
    assert hub.again(tap_leaks).outcome == "not_ours"


def test_one_order_done_and_the_other_withdrawn_is_a_matter_solved(
    hub: House, clara: Actor, gus: Actor
) -> None:
    ticket = hub.receive(clara, peddlers())
    first = hub.orders(ticket)[0]
    second = hub.do(ordering.order, clara, ticket, ordering.Instruction(hub.department("ENV")))
    finish(hub, gus, first)
    assert hub.again(ticket).status == "in_hand"
    hub.do(returning.withdraw, clara, second)
    assert (hub.again(ticket).status, hub.again(ticket).outcome) == ("awaiting_callback", "solved")
    with pytest.raises(AlreadyTaken):
        hub.do(work.contact, hub.actor("wes"), first)
