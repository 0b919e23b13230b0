"""Urging, supervising and taking a matter up, by hand."""

from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from dispatch import escalation, work
from hub.access import Actor
from hub.errors import BadInput, Forbidden, NotNow
from hub.orders import Order
from hub.organisation import Role
from hub.tickets import Ticket
from tests.conftest import MORNING
from tests.dispatch.steps import ahead, satisfied, work_off
from tests.house import House, leak


def last(hub: House, ticket: Ticket) -> dict[str, Any]:
    return hub.events(ticket)[-1].said


@pytest.mark.seed("K2.5")
def test_an_urging_reaches_whoever_has_the_matter_now_and_is_counted(
    hub: House, clara: Actor, sue: Actor, wes: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(escalation.urge, clara, tap_leaks, "She rang again")
    assert (last(hub, tap_leaks)["staff"], last(hub, tap_leaks)["times"]) == ([sue.staff_id], 1)
    hub.do(work.accept, wes, order)
    hub.do(escalation.urge, clara, tap_leaks)
    assert (last(hub, tap_leaks)["staff"], last(hub, tap_leaks)["times"]) == ([wes.staff_id], 2)
    assert hub.again(tap_leaks).times_urged == 2


def test_a_matter_without_an_order_is_urged_upon_its_owner(hub: House, clara: Actor, cody: Actor) -> None:
    ticket = hub.receive(clara, leak(item="Please come"))
    hub.do(escalation.urge, cody, ticket)
    assert last(hub, ticket)["staff"] == [clara.staff_id]


@pytest.mark.seed("K2.5")
def test_supervision_names_the_date_of_the_reply(
    hub: House, cody: Actor, quinn: Actor, sue: Actor, tap_leaks: Ticket
) -> None:
    for above in (cody, quinn):
        hub.do(escalation.supervise, above, tap_leaks, "Report by tomorrow", ahead(days=1))
        said = last(hub, tap_leaks)
        assert (said["staff"], said["reply_by"]) == ([sue.staff_id], ahead(days=1).isoformat())


@pytest.mark.seed("K0.1")
def test_a_matter_taken_up_becomes_the_higher_one_s_own(
    hub: House, clara: Actor, cody: Actor, dora: Actor, tap_leaks: Ticket
) -> None:
    for whom, person in (("customer_director", cody), ("director", dora)):
        hub.do(escalation.escalate, clara, tap_leaks, whom)
        assert hub.again(tap_leaks).owner_id == person.staff_id
    assert hub.kinds(tap_leaks)[-4:] == ["escalated", "owned"] * 2
    assert hub.again(tap_leaks).status == "in_hand", "escalation is a flag, not a state"


def test_what_cannot_be_escalated_or_supervised_is_said_plainly(
    hub: House, clara: Actor, cody: Actor, wes: Actor, tap_leaks: Ticket
) -> None:
    with pytest.raises(BadInput, match="whom: must be customer_director or director"):
        hub.do(escalation.escalate, clara, tap_leaks, "mayor")
    with pytest.raises(BadInput, match="text: write something"):
        hub.do(escalation.supervise, cody, tap_leaks, " ")
    with pytest.raises(BadInput, match="reply_by: this time has gone by"):
        hub.do(escalation.supervise, cody, tap_leaks, "Report", MORNING)
    with pytest.raises(BadInput, match="reply_by: a time needs its zone"):
        hub.do(escalation.supervise, cody, tap_leaks, "Report", datetime(2026, 4, 1, 9, 0))
    for verb, said in (
        (escalation.urge, ()),
        (escalation.escalate, ("director",)),
        (escalation.supervise, ("Report",)),
    ):
        with pytest.raises(Forbidden):
            hub.do(verb, wes, tap_leaks, *said)


def test_an_office_without_a_director_says_so(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    def leaves(tx: Any) -> None:
        for role in tx.scalars(select(Role).where(Role.role == "director")):
            role.ended_at = MORNING

    hub.do(leaves)
    with pytest.raises(BadInput, match="whom: this office has nobody in that role"):
        hub.do(escalation.escalate, clara, tap_leaks, "director")


def test_a_closed_matter_is_neither_urged_nor_taken_up(
    hub: House, clara: Actor, cody: Actor, sid: Actor, gus: Actor, peddlers_knock: Ticket
) -> None:
    closed = satisfied(hub, clara, work_off(hub, sid, gus, peddlers_knock))
    for verb, said in (
        (escalation.urge, ()),
        (escalation.escalate, ("director",)),
        (escalation.supervise, ("Report",)),
    ):
        with pytest.raises(NotNow, match="this ticket is closed; reopen it first"):
            hub.do(verb, cody, closed, *said)
