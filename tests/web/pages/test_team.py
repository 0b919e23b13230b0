"""The supervisor's screen: who waits, who could take it, who has what; assign, hand over, return."""

from datetime import timedelta

import pytest

from dispatch import ordering, returning, work
from dispatch.ordering import Instruction
from hub import clock
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.dispatch.test_qualifying import asks, certify
from tests.house import House, leak
from tests.web.pages.visiting import Visit


@pytest.mark.seed("K1.7")
def test_a_waiting_order_is_given_to_the_best_candidate_with_one_tap(
    visit: Visit, hub: House, order: Order
) -> None:
    sue = visit("sue")
    page = sue.see("/team")
    assert "Waiting for a worker 1" in page
    candidates = page[page.index("Kitchen tap leaks") :]
    assert candidates.index("Wes Worker") < candidates.index("Wen Worker"), "Wes has the skill"
    assert "knows this work" in page and "0 orders in hand" in page
    sue.does(f"/team/{order.number}/assignment", worker="wes")
    assert hub.again(order).worker_id == hub.staff("wes").id
    assert "Every order has its worker" in sue.see("/team")


def test_an_order_is_handed_over_to_another_worker(
    visit: Visit, hub: House, wes: Actor, order: Order
) -> None:
    hub.do(work.accept, wes, order)
    visit("sue").does(f"/team/{order.number}/assignment", worker="wen")
    assert (hub.again(order).worker_id, hub.again(order).status) == (hub.staff("wen").id, "assigned")


@pytest.mark.parametrize(("worker", "status"), [("gus", 422), ("mia", 404), ("nobody", 404), ("", 404)])
def test_who_does_not_belong_to_the_department_gets_no_order(
    visit: Visit, hub: House, order: Order, worker: str, status: int
) -> None:
    answer = visit("sue").post(f"/team/{order.number}/assignment", worker=worker)
    assert answer.status_code == status
    assert "Kitchen tap leaks" in answer.text, "the refusal is said on the screen as it stands"
    assert hub.again(order).worker_id is None


@pytest.mark.seed("K1.1")
def test_the_supervisor_returns_an_order_with_a_reason_only(visit: Visit, hub: House, order: Order) -> None:
    sue = visit("sue")
    assert sue.post(f"/team/{order.number}/return", reason="").status_code == 422
    assert hub.again(order).status == "issued"
    sue.does(f"/team/{order.number}/return", reason="Belongs to the gas company")
    assert hub.again(order).status == "returned"
    assert "Belongs to the gas company" in sue.see("/team")
    again = sue.post(f"/team/{order.number}/return", reason="Twice")
    assert again.status_code == 409


def test_what_is_late_says_which_promise_and_since_when(visit: Visit, hub: House, order: Order) -> None:
    assert "Nothing is late" in visit("sue").see("/team")
    with clock.at(clock.now() + timedelta(minutes=31)):
        page = visit("sue").see("/team")
    assert "Late or at risk 1" in page and "Accept" in page and "since 3 Mar 10:30" in page


def test_a_hold_stands_with_its_reason_and_is_lifted(
    visit: Visit, hub: House, wes: Actor, order: Order
) -> None:
    hub.do(work.accept, wes, order)
    hub.do(work.hold, wes, order, "staffing", note="two are ill")
    sue = visit("sue")
    page = sue.see("/team")
    assert "No one available" in page and "the deadline runs on" in page and "two are ill" in page
    sue.does(f"/team/{order.number}/resumption")
    assert hub.again(order).status == "accepted"
    assert sue.post(f"/team/{order.number}/resumption").status_code == 409


def test_appointments_of_today_stand_in_their_order(
    visit: Visit, hub: House, clara: Actor, tap_leaks: Ticket
) -> None:
    for hours, text in ((5, "later"), (1, "sooner"), (30, "tomorrow")):
        at = clock.now() + timedelta(hours=hours)
        hub.do(ordering.order, clara, tap_leaks, Instruction(hub.department("ENG"), None, text, at))
    page = visit("sue").see("/team")
    today = page[page.index("Appointments today") :]
    assert "Appointments today 2" in page
    assert today.index("11:00") < today.index("15:00")


def test_a_supervisor_sees_the_own_department_and_the_centre_sees_all(
    visit: Visit, order: Order, peddlers_knock: Ticket
) -> None:
    assert "Peddlers" not in visit("sue").see("/team") and "Kitchen tap" in visit("sue").see("/team")
    assert "Kitchen tap" not in visit("sid").see("/team") and "Peddlers" in visit("sid").see("/team")
    whole = visit("cody").see("/team")
    assert "Kitchen tap" in whole and "Peddlers" in whole


def test_a_returned_order_waits_for_the_ruling_of_the_centre(
    visit: Visit, hub: House, sue: Actor, order: Order
) -> None:
    hub.do(returning.send_back, sue, order, "Not ours")
    page = visit("sue").see("/team")
    assert "Not ours · the centre rules" in page and "Every order has its worker" in page


@pytest.mark.parametrize("login", ["wes", "gus", "cash", "quinn"])
def test_the_team_belongs_to_those_who_lead_one(visit: Visit, hub: House, order: Order, login: str) -> None:
    person = visit(login)
    assert person.get("/team").status_code == 403
    assert person.get("/team/list").status_code == 403
    assert person.post(f"/team/{order.number}/assignment", worker="wes").status_code == 403
    assert hub.again(order).worker_id is None


@pytest.mark.parametrize("login", ["max", "sid"])
def test_an_order_of_another_office_or_department_is_not_found(
    visit: Visit, hub: House, order: Order, login: str
) -> None:
    stranger = visit(login)
    assert "Kitchen tap" not in stranger.see("/team")
    assert stranger.post(f"/team/{order.number}/assignment", worker="wes").status_code == 404
    assert hub.again(order).worker_id is None


def test_what_a_customer_wrote_stays_text(visit: Visit, hub: House, clara: Actor) -> None:
    hub.receive(clara, leak(item="<img src=x onerror=alert(1)>", category="01-03"))
    page = visit("sue").get("/team").text
    assert "<img src=x" not in page and "&lt;img src=x" in page


def test_the_reasons_stand_with_each_person_and_who_may_not_do_it_cannot_be_tapped(
    visit: Visit, hub: House, clara: Actor, wes: Actor
) -> None:
    asks(hub, "required")
    certify(hub, "wen")
    certify(hub, "sue", days=-3)
    order = hub.orders(hub.receive(clara, leak(item="Socket is dead", category="02-05")))[0]
    sue = visit("sue")
    page = sue.see("/team")
    assert "no certificate for it" in page and "certificate has run out" in page
    raw = sue.get("/team").text
    assert [
        login for login in ("wen", "wes", "sue") if f'value="{login}" class="outline" disabled' in raw
    ] == [
        "wes",
        "sue",
    ]
    answer = sue.post(f"/team/{order.number}/assignment", worker="wes")
    assert answer.status_code == 422
    assert "Wes Worker has no certificate for this work" in answer.text


def test_load_is_said_in_minutes_and_a_certificate_that_ends_is_seen(
    visit: Visit, hub: House, wes: Actor, order: Order
) -> None:
    certify(hub, "wes", days=9)
    hub.do(work.accept, wes, order)
    page = visit("sue").see("/team")
    assert "1 order in hand (about 1 hr)" in page
    assert ("Electrician, grade A" in page and "Water &amp; drainage" in page) or "Water & drainage" in page


def test_a_supervisor_who_saw_it_waiting_does_not_overrule_another_unseen(
    visit: Visit, hub: House, sue: Actor, order: Order
) -> None:
    page = visit("sue").get("/team").text
    assert 'name="had_by" value=""' in page
    hub.do(work.assign, sue, order, hub.staff("wes"))
    answer = visit("sue").post(f"/team/{order.number}/assignment", worker="wen", had_by="")
    assert answer.status_code == 409 and "Wes Worker has this order" in answer.text
    had_by = str(hub.staff("wes").id)
    visit("sue").does(f"/team/{order.number}/assignment", worker="wen", had_by=had_by)
    assert hub.again(order).worker_id == hub.staff("wen").id
