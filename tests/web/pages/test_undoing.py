"""A step with an inverse offers it; taken back, the matter stands as before, and both are on record."""

import json
from typing import Any

import pytest

from dispatch import work
from dispatch.deciding import Choice
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.house import House, leak
from tests.web.pages.visiting import Visit, Visitor, plain
from web.pages import steps

PART = {"hx-request": "true", "hx-target": "div#open"}


@pytest.fixture
def desk(visit: Visit) -> Visitor:
    found = visit("clara")
    found._client.headers.update(PART)
    return found


@pytest.fixture
def idle(hub: House, clara: Actor) -> Ticket:
    return hub.receive(clara, leak(item="The tap, again"), Choice("desk"))


def offered(answer: Any) -> dict[str, Any] | None:
    """What the toast of this answer offers to take back."""
    assert answer.status_code == 200, plain(answer.text)[:300]
    toast: dict[str, Any] = json.loads(answer.headers["hx-trigger"])["toast"]
    return toast.get("undo")


def take_back(desk: Visitor, answer: Any) -> Any:
    undo = offered(answer)
    assert undo is not None
    return desk.post(undo["path"], **undo["values"])


def test_a_triage_is_taken_back_to_what_it_was(hub: House, desk: Visitor, tap_leaks: Ticket) -> None:
    was = (tap_leaks.kind, tap_leaks.category_id, tap_leaks.priority)
    answer = desk.post(f"/t/{tap_leaks.number}/triage", kind="complaint", priority="P1")
    assert hub.again(tap_leaks).priority == "P1"
    assert take_back(desk, answer).status_code == 200
    now = hub.again(tap_leaks)
    assert (now.kind, now.category_id, now.priority) == was
    assert [event.kind for event in hub.events(tap_leaks)].count("retriaged") == 2


def test_a_dispatch_by_mistake_is_withdrawn_with_its_reason(hub: House, desk: Visitor, idle: Ticket) -> None:
    answer = desk.post(f"/t/{idle.number}/order", to="ENG/wes", instruction="Look at it")
    assert take_back(desk, answer).status_code == 200
    (order,) = hub.orders(idle)
    assert order.status == "withdrawn"
    assert "sent by mistake" in desk.see(f"/t/{idle.number}")


def test_a_matter_handed_over_comes_back(hub: House, desk: Visitor, idle: Ticket) -> None:
    answer = desk.post(f"/t/{idle.number}/owner", owner="cody")
    assert hub.again(idle).owner_id == hub.staff("cody").id
    take_back(desk, answer)
    assert hub.again(idle).owner_id == hub.staff("clara").id


def test_an_order_given_to_another_goes_back_to_whom_it_had(
    hub: House, desk: Visitor, tap_leaks: Ticket, order: Order
) -> None:
    address = f"/t/{tap_leaks.number}/assignment"
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    answer = desk.post(address, order=order.number, worker="wen")
    take_back(desk, answer)
    assert hub.orders(tap_leaks)[0].worker_id == hub.staff("wes").id


def test_a_matter_put_behind_another_stands_alone_again(
    hub: House, desk: Visitor, clara: Actor, tap_leaks: Ticket
) -> None:
    other = hub.receive(clara, leak(room="A-1204", phone="21112222", name="Ng"), Choice("desk"))
    answer = desk.post(f"/t/{other.number}/lead", lead=tap_leaks.number)
    assert hub.again(other).lead_id == tap_leaks.id
    take_back(desk, answer)
    assert hub.again(other).lead_id is None


@pytest.mark.parametrize(
    ("step", "said"),
    [("note", {"text": "Rang twice"}), ("closure", {"outcome": "withdrawn"}), ("urging", {"note": "Hurry"})],
)
def test_what_has_no_inverse_offers_none(
    desk: Visitor, idle: Ticket, step: str, said: dict[str, str]
) -> None:
    assert offered(desk.post(f"/t/{idle.number}/{step}", **said)) is None


def test_an_undo_is_refused_kindly_when_a_colleague_was_there_meanwhile(
    hub: House, desk: Visitor, visit: Visit, idle: Ticket
) -> None:
    answer = desk.post(f"/t/{idle.number}/owner", owner="cody")
    visit("cody").does(f"/t/{idle.number}/triage", kind="complaint")
    refused = take_back(desk, answer)
    assert refused.status_code == 409
    assert "Cody Customer-Director changed this meanwhile" in plain(refused.text)
    assert hub.again(idle).owner_id == hub.staff("cody").id


def test_an_order_of_another_matter_is_not_found(hub: House, desk: Visitor, idle: Ticket) -> None:
    assert desk.post(f"/t/{idle.number}/assignment", order="1-1", worker="wes").status_code == 404


def test_every_step_an_undo_names_is_a_step(idle: Ticket) -> None:
    assert {"triage", "owner", "assignment", "resumption", "separation", "withdrawal"} <= set(steps.STEPS)
