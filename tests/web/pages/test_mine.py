"""A worker's day on the phone: every step and its refusal, what is reported, and what nobody else may see."""

import base64
from datetime import timedelta

import pytest

from dispatch import ordering, work
from dispatch.ordering import Instruction
from hub import attachments, clock
from hub.access import Actor
from hub.catalogue import Category
from hub.database import Tx
from hub.orders import Order
from hub.tickets import Ticket
from tests.house import House, leak
from tests.web.pages.visiting import Visit, Visitor

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def assigned(hub: House, sue: Actor, order: Order) -> Order:
    """The dripping tap, in the hands of Wes."""
    return hub.do(work.assign, sue, order, hub.staff("wes"))


@pytest.fixture
def wes_phone(visit: Visit, assigned: Order) -> Visitor:
    return visit("wes")


def state(hub: House, order: Order) -> str:
    return hub.again(order).status


@pytest.mark.seed("K1.7")
def test_a_worker_goes_from_accept_to_done_by_the_buttons_of_his_page(
    hub: House, wes_phone: Visitor, assigned: Order
) -> None:
    number = assigned.number
    for step, reached in (
        ("acceptance", "accepted"),
        ("contact", "accepted"),
        ("departure", "en_route"),
        ("arrival", "on_site"),
    ):
        assert f'action="/mine/{number}/{step}"' in wes_phone.get(f"/mine/{number}").text
        wes_phone.does(f"/mine/{number}/{step}")
        assert state(hub, assigned) == reached
    wes_phone.does(
        f"/mine/{number}/completion",
        done="New washer fitted",
        material=["washer", "", "tape"],
        qty=["2", "", ""],
        files=[("after", ("tap.png", PIXEL, "image/png"))],
    )
    finished = hub.again(assigned)
    assert (finished.status, finished.done) == ("done", "New washer fitted")
    assert finished.materials == [{"name": "washer", "qty": "2"}, {"name": "tape", "qty": "1"}]
    files = hub.look(attachments.of_ticket, assigned.ticket_id)
    assert [(file.purpose, file.order_id, file.media_type) for file in files] == [
        ("after", assigned.id, "image/png")
    ]
    assert "New washer fitted" in wes_phone.see("/mine")
    assert f'/files/{files[0].id}"' in wes_phone.get(f"/mine/{number}").text


def test_only_the_legal_moves_have_a_button(wes_phone: Visitor, assigned: Order) -> None:
    page = wes_phone.get(f"/mine/{assigned.number}").text
    offered = {
        step
        for step in ("acceptance", "departure", "arrival", "resumption", "completion")
        if f"/{step}" in page
    }
    assert offered == {"acceptance"}


def test_a_step_out_of_turn_is_refused_in_words_and_changes_nothing(
    hub: House, wes_phone: Visitor, assigned: Order
) -> None:
    answer = wes_phone.post(f"/mine/{assigned.number}/arrival")
    assert answer.status_code == 409
    assert "this order cannot do that now" in answer.text and "Kitchen tap leaks" in answer.text
    assert state(hub, assigned) == "assigned"


@pytest.mark.parametrize(
    "step", ["acceptance", "contact", "departure", "arrival", "resumption", "hold", "return"]
)
def test_a_colleague_is_told_who_has_the_order(visit: Visit, hub: House, assigned: Order, step: str) -> None:
    answer = visit("wen").post(f"/mine/{assigned.number}/{step}", reason="material", return_reason="no")
    assert answer.status_code in (403, 409)
    assert state(hub, assigned) == "assigned"
    page = visit("wen").see(f"/mine/{assigned.number}")
    assert "Wes Worker has this order" in page


def test_an_order_nobody_has_is_taken_by_the_first_and_the_second_hears_who(
    visit: Visit, hub: House, order: Order
) -> None:
    wes, wen = visit("wes"), visit("wen")
    assert "Nobody has these yet" in wen.see("/mine")
    wes.does(f"/mine/{order.number}/acceptance")
    late = wen.post(f"/mine/{order.number}/acceptance")
    assert late.status_code == 409 and "Wes Worker has this order" in late.text
    assert hub.again(order).worker_id == hub.staff("wes").id


def test_an_order_on_hold_names_its_reason_and_goes_on(
    hub: House, wes_phone: Visitor, assigned: Order
) -> None:
    wes_phone.does(f"/mine/{assigned.number}/hold", reason="material", until="2026-03-05T09:00", note="valve")
    page = wes_phone.see("/mine")
    assert "Waiting for material" in page and "5 Mar 09:00" in page
    wes_phone.does(f"/mine/{assigned.number}/resumption")
    assert state(hub, assigned) == "assigned"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"reason": "lazy"}, "must be one of"),
        ({"reason": "material", "until": "2020-01-01T00:00"}, "gone by"),
        ({"reason": "material", "until": "soon"}, "not a date"),
    ],
)
def test_a_hold_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    hub: House, wes_phone: Visitor, assigned: Order, said: dict[str, str], why: str
) -> None:
    answer = wes_phone.post(f"/mine/{assigned.number}/hold", note="the valve is ordered", **said)
    assert answer.status_code == 422
    assert why in answer.text and "the valve is ordered" in answer.text
    assert state(hub, assigned) == "assigned"


@pytest.mark.seed("K1.1")
def test_an_order_is_returned_with_a_reason_only(hub: House, wes_phone: Visitor, assigned: Order) -> None:
    bare = wes_phone.post(f"/mine/{assigned.number}/return", return_reason=" ")
    assert bare.status_code == 422 and "say why the order is returned" in bare.text.lower()
    wes_phone.does(f"/mine/{assigned.number}/return", return_reason="Not our pipe")
    assert state(hub, assigned) == "returned"
    assert "Not our pipe" in wes_phone.see("/mine")


def test_done_asks_for_every_field_its_category_demands(
    hub: House, wes_phone: Visitor, assigned: Order
) -> None:
    def demand(tx: Tx) -> None:
        tx.get_one(Category, tx.get_one(Ticket, assigned.ticket_id).category_id).demands = ["meter_reading"]
        tx.database.cache.clear()

    hub.database.write(demand)
    wes_phone.does(f"/mine/{assigned.number}/acceptance")
    assert "meter reading" in wes_phone.see(f"/mine/{assigned.number}")
    bare = wes_phone.post(f"/mine/{assigned.number}/completion", done="")
    assert bare.status_code == 422
    assert "say what was done" in bare.text.lower() and "must state it" in bare.text
    wes_phone.does(f"/mine/{assigned.number}/completion", done="Read", fields__meter_reading="42")
    assert hub.again(assigned).fields == {"meter_reading": "42"}


def test_a_photograph_that_is_none_is_refused_and_the_work_is_not_done(
    hub: House, wes_phone: Visitor, assigned: Order
) -> None:
    wes_phone.does(f"/mine/{assigned.number}/acceptance")
    bad = [("after", ("tap.png", b"MZ not a picture", "image/png"))]
    answer = wes_phone.post(f"/mine/{assigned.number}/completion", done="Fitted", files=bad)
    assert answer.status_code == 422 and "only pictures" in answer.text.lower() and "Fitted" in answer.text
    assert state(hub, assigned) == "accepted"
    assert not hub.look(attachments.of_ticket, assigned.ticket_id)


def test_photographs_taken_before_the_work_are_kept_with_the_order(
    hub: House, wes_phone: Visitor, assigned: Order
) -> None:
    wes_phone.does(f"/mine/{assigned.number}/photos", files=[("before", ("a.png", PIXEL, "image/png"))])
    file = hub.look(attachments.of_ticket, assigned.ticket_id)[0]
    assert (file.purpose, file.order_id, file.by_id) == ("before", assigned.id, hub.staff("wes").id)
    refused = wes_phone.post(
        f"/mine/{assigned.number}/photos", files=[("before", ("a.txt", b"x", "text/plain"))]
    )
    assert refused.status_code == 422


def test_orders_stand_by_their_promise_and_what_is_late_says_so(
    hub: House, clara: Actor, wes: Actor, visit: Visit
) -> None:
    late = hub.receive(clara, leak(item="Drip in the bath"))
    hub.do(work.accept, wes, hub.orders(late)[0])
    with clock.at(clock.now() + timedelta(days=9)):
        soon = hub.receive(clara, leak(item="Blocked drain", category="01-04"))
        hub.do(work.accept, wes, hub.orders(soon)[0])
        page = visit("wes").see("/mine")
    assert page.index("Drip in the bath") < page.index("Blocked drain")
    assert "overdue" in page


def test_the_number_of_the_customer_is_there_to_tap(wes_phone: Visitor) -> None:
    assert 'href="tel:+85223456789"' in wes_phone.get("/mine").text


def test_what_a_customer_wrote_stays_text(visit: Visit, hub: House, clara: Actor, sue: Actor) -> None:
    bomb = "<script>alert(1)</script>"
    ticket = hub.receive(clara, leak(item=bomb, description=f"leak {bomb}", name=bomb, category="01-03"))
    order = hub.do(work.assign, sue, hub.orders(ticket)[0], hub.staff("wes"))
    phone = visit("wes")
    for path in ("/mine", f"/mine/{order.number}"):
        assert bomb not in phone.get(path).text and "&lt;script&gt;" in phone.get(path).text


@pytest.mark.parametrize("login", ["mia", "gus"])
def test_an_order_of_another_office_or_department_is_not_found(
    visit: Visit, assigned: Order, login: str
) -> None:
    stranger = visit(login)
    assert stranger.get(f"/mine/{assigned.number}").status_code == 404
    assert stranger.get(f"/mine/{assigned.number}/sheet").status_code == 404
    assert stranger.post(f"/mine/{assigned.number}/acceptance").status_code == 404
    assert "Kitchen tap" not in stranger.see("/mine")


def test_a_stranger_is_sent_to_the_sign_in(visit: Visit, assigned: Order) -> None:
    answer = visit().get("/mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/session?next=/mine")
    assert visit().post(f"/mine/{assigned.number}/acceptance").status_code == 303


def test_a_direct_order_is_there_with_its_instruction(
    visit: Visit, hub: House, clara: Actor, peddlers_knock: Ticket
) -> None:
    guard = hub.staff("gus")
    hub.do(
        ordering.order,
        clara,
        peddlers_knock,
        Instruction(hub.department("SEC"), guard, "Check the side gate first"),
    )
    number = hub.orders(peddlers_knock)[-1].number
    assert "Check the side gate first" in visit("gus").see(f"/mine/{number}")


# --- report to the centre -----------------------------------------------------


@pytest.mark.seed("K5.2")
def test_what_a_customer_told_a_guard_reaches_the_centre_with_his_name(visit: Visit, hub: House) -> None:
    gus = visit("gus")
    gus.does(
        "/mine/report",
        key="k1",
        item="Water runs from the ceiling",
        room="a-0501",
        who="told",
        name="李小红",
        phone="9876 5432",
        received_at="2026-03-03T09:40",
        files=[("report", ("a.png", PIXEL, "image/png"))],
    )
    ticket = hub.look(_latest)
    assert (ticket.channel, ticket.received_by) == ("employee", hub.staff("gus").id)
    assert ticket.passed_on_at - ticket.received_at == timedelta(minutes=20)
    assert [file.purpose for file in hub.look(attachments.of_ticket, ticket.id)] == ["report"]


@pytest.mark.seed("K5.4")
def test_whoever_reported_sees_what_became_of_it(visit: Visit, hub: House, wes: Actor) -> None:
    hub.sample(0)
    gus = visit("gus")
    gus.does("/mine/report", key="k1", item="Kitchen tap leaks", place="Lobby of block A", who="self")
    ticket = hub.look(_latest)
    assert "In hand" in gus.see("/mine/report") and "Engineering" in gus.see("/mine/report")
    order = hub.orders(ticket)[0]
    hub.do(work.accept, wes, order)
    assert "Wes Worker" in gus.see("/mine")
    hub.do(work.complete, wes, order, "Washer")
    assert hub.again(ticket).status == "closed" and "Closed Solved" in gus.see("/mine/report")


def test_a_report_without_a_customer_says_why_he_is_unknown(visit: Visit, hub: House) -> None:
    visit("gus").does("/mine/report", key="k", item="Lamp is dark", place="Car park", who="self")
    assert hub.look(_latest).unknown == {
        "name": "seen by the employee, nobody complained",
        "phone": "seen by the employee, nobody complained",
        "room": "a common place, see there",
    }


def test_a_report_that_lacks_something_names_it_and_keeps_the_rest(visit: Visit, hub: House) -> None:
    answer = visit("gus").post("/mine/report", key="k", item="Lamp", room="Z-9999", who="told", name="Ho")
    assert answer.status_code == 422
    assert "unknown with a reason" in answer.text and 'value="Lamp"' in answer.text
    answer = visit("gus").post("/mine/report", key="k", item="Lamp", room="Z-9999", who="self")
    assert answer.status_code == 422 and "no such room" in answer.text
    assert hub.look(lambda tx: tx.query(Ticket).count()) == 0


def test_a_report_sent_twice_is_one_matter_and_a_changed_one_another(visit: Visit, hub: House) -> None:
    gus = visit("gus")
    for item in ("Lamp is dark", "Lamp is dark", "Door is stuck"):
        gus.does("/mine/report", key="same", item=item, place="Car park", who="self")
    assert hub.look(lambda tx: tx.query(Ticket).count()) == 2


@pytest.mark.parametrize("login", ["cash", "adam", "clara", "wes", "sue", "dora", "quinn"])
def test_everybody_of_the_staff_may_report(visit: Visit, login: str) -> None:
    visit(login).does("/mine/report", key="k", item="Lamp is dark", place="Car park", who="self")


def test_rooms_are_suggested_from_ones_own_office_only(visit: Visit) -> None:
    assert 'value="A-1203"' in visit("gus").get("/mine/rooms?room=1203").text
    assert "A-1203" not in visit("mia").get("/mine/rooms?room=1203").text
    assert visit("gus").get("/mine/rooms?room=%25").text.strip() == ""


def _latest(tx: Tx) -> Ticket:
    return tx.query(Ticket).order_by(Ticket.id.desc()).first()  # type: ignore[attr-defined,return-value]
