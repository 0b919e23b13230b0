"""One cause, many households: behind a lead, off again, another lead; the outcome comes to all."""

import pytest

from dispatch import answering, callback, closing, escalation, followup, leading, ordering, returning
from dispatch.deciding import Choice
from dispatch.ordering import Instruction
from hub import tickets
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotNow
from hub.promises import Promise
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.dispatch.steps import satisfied, work_off
from tests.house import House, leak, peddlers


@pytest.fixture
def lead(hub: House, clara: Actor) -> Ticket:
    """The first household's complaint, with security."""
    return hub.receive(clara, peddlers())


@pytest.fixture
def second(hub: House, clara: Actor) -> Ticket:
    """Another household's, still at the desk."""
    return hub.receive(clara, peddlers(room="A-1203", name="Chan Siu Ming"), Choice("desk"))


@pytest.fixture
def third(hub: House, clara: Actor) -> Ticket:
    return hub.receive(clara, peddlers(room="A-0301", name="Wong", phone="2222 3333"), Choice("desk"))


@pytest.fixture
def behind(hub: House, clara: Actor, lead: Ticket, second: Ticket) -> Ticket:
    """The second household, behind the first."""
    return hub.do(leading.put_behind, clara, second, lead)


def test_a_household_behind_a_lead_waits_with_an_owner_and_promises_of_its_own(
    hub: House, lead: Ticket, behind: Ticket
) -> None:
    assert (behind.lead_id, behind.status) == (lead.id, "in_hand")
    assert {promise.kind for promise in hub.running(behind)} == {"answer", "resolve"}
    assert hub.kinds(behind)[-1] == "joined"
    assert hub.orders(behind) == []


def test_a_second_time_changes_nothing(hub: House, clara: Actor, lead: Ticket, behind: Ticket) -> None:
    told = hub.kinds(behind)
    hub.do(leading.put_behind, clara, behind, lead)
    assert hub.kinds(behind) == told


def test_who_was_told_has_the_answer_that_was_promised(
    hub: House, clara: Actor, lead: Ticket, second: Ticket, time: Clock
) -> None:
    hub.do(leading.put_behind, clara, second, lead, told=True)
    assert [promise.kept_at for promise in hub.promises(second, "answer")] == [time.now()]
    assert [promise.kind for promise in hub.running(second)] == ["resolve"]


def test_whoever_calls_about_what_is_known_is_registered_behind_it_in_one_step(
    hub: House, clara: Actor, lead: Ticket
) -> None:
    choice = Choice("behind", lead=lead.number)
    ticket = hub.receive(clara, peddlers(room="A-1203", name="Chan Siu Ming"), choice)
    assert (ticket.lead_id, ticket.status, hub.orders(ticket)) == (lead.id, "in_hand", [])
    assert [promise.kind for promise in hub.running(ticket)] == ["resolve"]
    with pytest.raises(BadInput, match="lead: there is no such ticket"):
        hub.receive(clara, peddlers(), Choice("behind", lead="0"))


def test_the_outcome_comes_to_all_and_each_is_called_back_by_its_own_policy(
    hub: House, clara: Actor, sid: Actor, gus: Actor, lead: Ticket, behind: Ticket, third: Ticket, time: Clock
) -> None:
    hub.do(_asks_nothing, third)
    hub.do(leading.put_behind, clara, third, lead)
    time.forward(hours=1)
    work_off(hub, sid, gus, lead)
    assert hub.again(lead).status == "awaiting_callback"
    owed, free = hub.again(behind), hub.again(third)
    assert (owed.status, owed.outcome, owed.solved_at) == ("awaiting_callback", "solved", time.now())
    assert (free.status, free.outcome, free.callback) == ("closed", "solved", "not_owed")
    assert hub.kinds(owed)[-1] == "shared" and hub.kinds(free)[-2:] == ["shared", "closed"]
    assert {promise.kind for promise in hub.running(owed)} == {"callback"}
    assert hub.running(free) == []
    assert satisfied(hub, clara, owed).status == "closed"
    assert hub.verify().broken is None


def test_what_the_desk_answers_is_there_to_be_told_to_every_household(
    hub: House, clara: Actor, lead: Ticket, behind: Ticket
) -> None:
    hub.do(returning.withdraw, clara, hub.orders(lead)[0])
    hub.do(answering.answer, clara, lead, "The main is being mended until six", "answered")
    told = hub.again(behind)
    assert (told.status, told.outcome) == ("awaiting_callback", "answered")
    assert told.answer == "The main is being mended until six"


def test_a_matter_that_is_not_ours_is_so_for_all(hub: House, clara: Actor) -> None:
    one, two = (
        hub.receive(clara, leak(room=room, kind="enquiry", item="Is the mall open?"), Choice("desk"))
        for room in ("A-1203", "B-0302")
    )
    hub.do(leading.put_behind, clara, two, one)
    hub.do(closing.close, clara, one, "not_ours")
    assert (hub.again(two).status, hub.again(two).outcome) == ("closed", "not_ours")


def test_who_was_taken_off_or_answered_apart_is_left_alone(
    hub: House, clara: Actor, sid: Actor, gus: Actor, lead: Ticket, behind: Ticket, third: Ticket
) -> None:
    hub.do(leading.put_behind, clara, third, lead)
    hub.do(leading.take_off, clara, behind)
    hub.do(closing.close, clara, third, "withdrawn")
    work_off(hub, sid, gus, lead)
    assert hub.again(behind).status == "in_hand"
    assert hub.again(third).outcome == "withdrawn"
    assert "shared" not in hub.kinds(behind) + hub.kinds(third)


def test_an_order_hangs_on_the_lead_only(hub: House, clara: Actor, lead: Ticket, behind: Ticket) -> None:
    with pytest.raises(NotNow, match=f"stands behind {lead.number}; send the order there") as refused:
        hub.do(ordering.order, clara, behind, Instruction(hub.department("SEC")))
    assert refused.value.legal == ("take_off",)


def test_taken_off_it_can_be_dispatched_again(hub: House, clara: Actor, behind: Ticket) -> None:
    off = hub.do(leading.take_off, clara, behind)
    assert (off.lead_id, off.status, hub.kinds(off)[-1]) == (None, "in_hand", "left")
    hub.do(ordering.order, clara, off, Instruction(hub.department("SEC")))
    assert len(hub.orders(off)) == 1


def test_open_orders_leave_a_choice(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    one = hub.receive(clara, leak(room="B-0302"))
    with pytest.raises(NotNow, match=f"orders are still open: {one.number}-1; withdraw them") as refused:
        hub.do(leading.put_behind, clara, one, tap_leaks)
    assert refused.value.legal == ("withdraw", "promote")
    hub.do(leading.put_behind, clara, one, tap_leaks, withdraw=True)
    assert [order.status for order in hub.orders(one)] == ["withdrawn"]
    assert [order.status for order in hub.orders(tap_leaks)] == ["issued"]


def test_what_cannot_be_a_lead(
    hub: House, clara: Actor, mia: Actor, quinn: Actor, lead: Ticket, behind: Ticket, third: Ticket
) -> None:
    with pytest.raises(Forbidden):
        hub.do(leading.put_behind, quinn, third, lead)
    with pytest.raises(BadInput, match="lead: a ticket cannot stand behind itself"):
        hub.do(leading.put_behind, clara, lead, lead)
    with pytest.raises(BadInput, match=f"that one stands behind {lead.number} itself"):
        hub.do(leading.put_behind, clara, third, behind)
    with pytest.raises(NotNow, match="others stand behind this ticket"):
        hub.do(leading.put_behind, clara, lead, third)
    elsewhere = hub.receive(mia, leak(room="M-0101"), office="MC")
    with pytest.raises(BadInput, match="that ticket belongs to another office"):
        hub.do(leading.put_behind, clara, third, elsewhere)
    hub.do(closing.close, clara, third, "withdrawn")
    with pytest.raises(NotNow, match="that ticket is closed; reopen it first"):
        hub.do(leading.put_behind, clara, hub.receive(clara, peddlers(), Choice("desk")), third)
    with pytest.raises(NotNow, match="this ticket is closed; reopen it first"):
        hub.do(leading.put_behind, clara, third, lead)


def test_nobody_is_put_behind_what_is_done_nor_when_it_is_done_itself(
    hub: House, clara: Actor, sid: Actor, gus: Actor, lead: Ticket, second: Ticket
) -> None:
    work_off(hub, sid, gus, lead)
    with pytest.raises(NotNow, match="the work on that one is done; answer this customer instead"):
        hub.do(leading.put_behind, clara, second, lead)
    with pytest.raises(NotNow, match="the work is done; call the customer back first"):
        hub.do(leading.put_behind, clara, lead, second)


def test_what_can_be_taken_off(
    hub: House, clara: Actor, wes: Actor, sid: Actor, gus: Actor, lead: Ticket, behind: Ticket
) -> None:
    with pytest.raises(Forbidden):
        hub.do(leading.take_off, wes, behind)
    with pytest.raises(NotNow, match="this ticket stands behind none"):
        hub.do(leading.take_off, clara, lead)
    work_off(hub, sid, gus, lead)
    with pytest.raises(NotNow, match="the work is done; call the customer back first"):
        hub.do(leading.take_off, clara, behind)


def test_another_household_may_lead_and_all_the_rest_stand_behind_it(
    hub: House, clara: Actor, sid: Actor, gus: Actor, lead: Ticket, behind: Ticket, third: Ticket
) -> None:
    hub.do(leading.put_behind, clara, third, lead)
    with pytest.raises(NotNow, match=f"orders are still open: {lead.number}-1"):
        hub.do(leading.promote, clara, behind)
    new = hub.do(leading.promote, clara, behind, withdraw=True)
    assert (new.lead_id, new.status) == (None, "in_hand")
    assert {hub.again(one).lead_id for one in (lead, third)} == {new.id}
    assert (hub.kinds(new)[-1], hub.kinds(lead)[-1], hub.kinds(third)[-1]) == (
        "took_lead",
        "joined",
        "joined",
    )
    hub.do(ordering.order, clara, new, Instruction(hub.department("SEC")))
    work_off(hub, sid, gus, new)
    assert {hub.again(one).status for one in (lead, third, new)} == {"awaiting_callback"}


def test_what_can_be_promoted(
    hub: House, clara: Actor, wes: Actor, sid: Actor, gus: Actor, lead: Ticket, behind: Ticket
) -> None:
    with pytest.raises(Forbidden):
        hub.do(leading.promote, wes, behind)
    with pytest.raises(NotNow, match="this ticket stands behind none"):
        hub.do(leading.promote, clara, lead)
    work_off(hub, sid, gus, lead)
    with pytest.raises(NotNow, match="the work is done; call the customer back first"):
        hub.do(leading.promote, clara, behind)


def test_a_lead_whose_customer_no_longer_asks_hands_over_first(
    hub: House, clara: Actor, lead: Ticket, behind: Ticket
) -> None:
    hub.do(returning.withdraw, clara, hub.orders(lead)[0])
    with pytest.raises(NotNow, match="let one of them lead first") as refused:
        hub.do(closing.close, clara, lead, "withdrawn")
    assert refused.value.legal == ("promote",)
    hub.do(leading.promote, clara, behind)
    assert hub.do(closing.close, clara, lead, "withdrawn").outcome == "withdrawn"


def test_a_household_that_is_not_content_goes_on_alone(
    hub: House, clara: Actor, sid: Actor, gus: Actor, lead: Ticket, behind: Ticket
) -> None:
    work_off(hub, sid, gus, lead)
    again = hub.do(callback.call_back, clara, behind, True, False, "no", "Still there")
    assert (again.lead_id, again.round, again.status) == (None, 2, "in_hand")
    assert hub.events(again)[-1].said["left_lead"] is True
    assert hub.again(lead).status == "awaiting_callback"
    hub.do(ordering.order, clara, again, Instruction(hub.department("SEC")))


def test_a_lead_that_is_reopened_opens_nobody_else(
    hub: House, clara: Actor, sid: Actor, gus: Actor, lead: Ticket, behind: Ticket
) -> None:
    work_off(hub, sid, gus, lead)
    satisfied(hub, clara, hub.again(behind))
    hub.do(callback.call_back, clara, lead, True, False, "no", "Still there")
    assert hub.again(behind).status == "closed"
    work_off_again = hub.do(ordering.order, clara, lead, Instruction(hub.department("SEC"), hub.staff("gus")))
    work_off(hub, sid, gus, lead)
    assert hub.again(work_off_again).status == "done"
    assert hub.kinds(behind).count("shared") == 1


def test_the_lead_s_promise_is_climbed_once_for_all(
    hub: House, clara: Actor, lead: Ticket, behind: Ticket, time: Clock
) -> None:
    before = hub.kinds(behind)
    for promise in hub.running(behind, "answer"):
        hub.do(_silence, promise)
    time.forward(days=8)
    followup.tick(hub.database)
    assert hub.kinds(behind) == before
    assert set(hub.kinds(lead)) & {"urged", "pressed", "escalated"}
    hub.do(leading.take_off, clara, behind)
    followup.tick(hub.database)
    assert set(hub.kinds(behind)) & {"urged", "pressed", "escalated"}


def test_a_household_behind_a_lead_can_be_urged_for(hub: House, clara: Actor, behind: Ticket) -> None:
    hub.do(escalation.urge, clara, behind, "Asks again")
    assert hub.again(behind).times_urged == 1


def test_an_answer_given_before_is_not_forgotten_when_its_orders_go(
    hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    answered = hub.receive(clara, peddlers())
    hub.do(answering.answer, clara, answered, "We are looking into it")
    with pytest.raises(NotNow, match="the work is done; call the customer back first"):
        hub.do(leading.put_behind, clara, answered, tap_leaks, withdraw=True)
    assert [order.status for order in hub.orders(answered)] == ["issued"]


def _asks_nothing(tx: Tx, ticket: Ticket) -> None:
    row = tickets.lock(tx, ticket.id)
    row.kind, row.category_id = "enquiry", None


def _silence(tx: Tx, promise: Promise) -> None:
    tx.get_one(Promise, promise.id).next_at = None
