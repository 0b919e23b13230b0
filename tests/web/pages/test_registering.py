"""A new matter at the desk: who is calling, what is asked, what becomes of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import func, select

from hub import attachments, contacts
from hub.access import Actor
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak
from tests.web.pages.visiting import Visit, Visitor, plain

TAP = {
    "phone": "2345 6789",
    "room": "a-1203",
    "name": "Chan Siu Ming",
    "item": "Kitchen tap leaks",
    "description": "",
    "channel": "phone",
    "way": "rules",
}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def register(desk: Visitor, hub: House, **said: Any) -> Ticket:
    """Fill the form in and be taken to the new matter."""
    answer = desk.post("/desk/new", **TAP | said)
    assert answer.status_code == 303, plain(answer.text)[:600]
    found = re.fullmatch(r"/t/(\d+)\?done=registered", answer.headers["location"])
    assert found
    return by_number(hub, found[1])


def by_number(hub: House, number: str) -> Ticket:
    return hub.look(lambda tx: tx.scalars(select(Ticket).where(Ticket.number == number)).one())


def how_many(hub: House) -> int:
    return int(hub.look(lambda tx: tx.execute(select(func.count()).select_from(Ticket)).scalar_one()))


@pytest.mark.seed("K2.1", "K5.3")
def test_an_ordinary_call_is_registered_and_dispatched_in_one_sending(hub: House, visit: Visit) -> None:
    desk = visit("clara")
    ticket = register(desk, hub)
    (order,) = hub.orders(ticket)
    assert (ticket.status, order.status, order.chosen_by) == ("in_hand", "issued", "rule")
    page = desk.see(f"/t/{ticket.number}?done=registered")
    assert f"Registered as {ticket.number}" in page and "Tap, valve or fitting leaks" in page


@pytest.mark.seed("K1.7")
def test_the_clerk_sends_it_straight_to_a_worker_or_to_a_supervisor(hub: House, visit: Visit) -> None:
    desk = visit("clara")
    direct = register(desk, hub, way="worker", to_worker="ENG/wen", instruction="Bring a ladder")
    (order,) = hub.orders(direct)
    assert (order.dispatched_to, order.worker_id) == ("worker", hub.staff("wen").id)
    assert (order.chosen_by, order.instruction) == ("agent", "Bring a ladder")
    led = register(desk, hub, way="department", to_department="SEC", appointment_at="2026-03-04T15:00")
    (order,) = hub.orders(led)
    assert (order.dispatched_to, order.department_id) == ("supervisor", hub.department("SEC").id)
    assert (
        order.appointment_at is not None and order.appointment_at.isoformat() == "2026-03-04T07:00:00+00:00"
    )


def test_left_at_the_desk_it_has_no_order(hub: House, visit: Visit) -> None:
    ticket = register(visit("clara"), hub, way="desk")
    assert (ticket.status, list(hub.orders(ticket))) == ("new", [])


@pytest.mark.seed("M4.8.2a")
def test_a_question_is_answered_on_the_spot(hub: House, visit: Visit) -> None:
    ticket = register(
        visit("clara"), hub, item="When is the pool open?", kind="enquiry", way="answer", text="From seven."
    )
    assert (ticket.status, ticket.answer, ticket.outcome) == ("closed", "From seven.", "answered")


@pytest.mark.seed("M4.8.2a")
def test_an_answer_is_promised_for_a_day_and_a_person(hub: House, visit: Visit) -> None:
    ticket = register(visit("clara"), hub, way="later", promised_for="2026-03-05T10:00", owner="cody")
    assert (ticket.status, ticket.owner_id) == ("in_hand", hub.staff("cody").id)
    assert ticket.promised_for is not None and ticket.promised_for.hour == 2


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"item": ""}, "say what is asked for"),
        ({"phone": "abc"}, "a phone number has three digits or more"),
        ({"phone": ""}, "must be given, or be unknown with a reason"),
        ({"room": "Z-9999"}, "there is no such room"),
        ({"way": "worker", "to_worker": ""}, "choose who is to do it"),
        ({"way": "worker", "to_worker": "ENG/gus"}, "does not work in this department"),
        ({"way": "worker", "to_worker": "ENG/nobody"}, "there is no such person"),
        ({"way": "department", "to_department": "XXX"}, "there is no such department"),
        ({"way": "answer", "text": " "}, "write what the customer was told"),
        ({"way": "later"}, "say by when the customer will be answered"),
        ({"way": "later", "promised_for": "2026-03-01T10:00"}, "this time has gone by"),
        ({"way": "later", "promised_for": "soon"}, "this is not a date and time"),
        ({"way": "later", "promised_for": "2026-03-09T10:00", "owner": "mia"}, "there is no such person"),
        ({"way": "teleport"}, "say what becomes of it"),
        ({"category": "99-99"}, "there is no such category"),
        ({"kind": "riddle"}, "must be one of"),
        ({"received_by": "mia"}, "there is no such person"),
        ({"received_at": "2036-01-01T10:00"}, "this time lies in the future"),
        ({"item": "Tap\x00leaks"}, "holds a character that cannot be kept"),
        ({"name": "x" * 101}, "is longer than 100 characters"),
        ({"unknown_phone": "withheld"}, "it was given, so it cannot be unknown"),
    ],
)
def test_a_wrong_form_comes_back_as_it_was_filled_and_nothing_is_written(
    hub: House, visit: Visit, said: dict[str, str], told: str
) -> None:
    filled = TAP | {"description": "Since Sunday, “drip” & <drop>", "instruction": "Knock twice"} | said
    answer = visit("clara").post("/desk/new", **filled)
    assert answer.status_code in (404, 422)
    assert told in plain(answer.text)
    assert "Since Sunday, “drip” &amp; &lt;drop&gt;" in answer.text and "Knock twice" in answer.text
    assert how_many(hub) == 0


@pytest.mark.seed("K5.3")
def test_what_nobody_knows_needs_a_reason(hub: House, visit: Visit) -> None:
    ticket = register(visit("clara"), hub, phone="", unknown_phone="number withheld")
    assert ticket.unknown == {"phone": "number withheld"}


def test_a_form_sent_twice_is_one_matter(hub: House, visit: Visit) -> None:
    desk = visit("clara")
    first = register(desk, hub, key="press-press")
    assert register(desk, hub, key="press-press").number == first.number
    assert how_many(hub) == 1
    assert register(desk, hub, key="press-press", item="And the shower").number != first.number


def test_each_drawing_of_the_form_has_a_key_of_its_own(visit: Visit) -> None:
    desk = visit("clara")
    keys = {re.findall(r'name="key" value="([^"]+)"', desk.get("/desk/new").text)[0] for _ in range(2)}
    assert len(keys) == 2 and min(map(len, keys)) >= 16


@pytest.mark.seed("K5.1")
def test_a_letter_keeps_its_date_and_its_scan(hub: House, visit: Visit, time: Clock) -> None:
    scan = {"file": ("letter.png", PNG, "image/png")}
    said = {"channel": "letter", "received_at": "2026-03-02T09:15", "received_by": "cody"}
    ticket = register(visit("clara"), hub, **said, files=scan)
    assert (ticket.channel, ticket.received_by) == ("letter", hub.staff("cody").id)
    assert ticket.registered_at - ticket.received_at == timedelta(hours=24, minutes=45)
    (row,) = hub.look(attachments.of_ticket, ticket.id)
    assert (row.name, row.media_type) == ("letter.png", "image/png")


def test_a_scan_of_an_unknown_kind_is_refused_and_nothing_is_registered(hub: House, visit: Visit) -> None:
    answer = visit("clara").post("/desk/new", **TAP, files={"file": ("a.exe", b"MZ....", "image/png")})
    assert answer.status_code == 422
    assert "only pictures, PDF, sound and short video are kept" in answer.text
    assert how_many(hub) == 0


def test_a_known_phone_leads_to_its_person_and_their_matters(
    hub: House, visit: Visit, tap_leaks: Ticket
) -> None:
    desk = visit("clara")
    page = desk.get("/desk/new/caller", params={"phone": "23456789"}).text
    assert "Chan Siu Ming" in page and "A-1203" in page and "data-sure" in page
    assert "Open with them" in page and tap_leaks.number in page


def test_a_room_shows_its_people_and_what_is_open_in_the_building(
    hub: House, visit: Visit, clara: Actor, tap_leaks: Ticket
) -> None:
    page = plain(visit("clara").get("/desk/new/caller", params={"room": "a-0501"}).text)
    assert "李小红" in page
    assert "Open in Block A Kitchen tap leaks" in page and "A-1203" in page
    assert "Block B" not in page


def test_a_name_is_found_by_its_part(visit: Visit) -> None:
    assert "Rosa Diaz" in visit("clara").get("/desk/new/caller", params={"name": "diaz"}).text


def test_a_perhaps_is_shown_as_one_and_fills_nothing_by_itself(hub: House, visit: Visit) -> None:
    def maybe(tx: Any) -> None:
        point = contacts.contact_point(tx, 1, "5555 1234", "+85255551234")
        party = contacts.parties_of(tx, contacts.contact_point(tx, 1, "", "+85261234567").id)[0][0]
        contacts.link(tx, party, point, contacts.MAYBE, "call")

    hub.database.write(maybe)
    page = visit("clara").get("/desk/new/caller", params={"phone": "55551234"}).text
    assert "Rosa Diaz" in page and "perhaps" in page and "data-sure" not in page


@pytest.mark.parametrize("typed", [{"phone": "23456789"}, {"room": "A-1203"}, {"name": "Chan"}])
def test_another_offices_people_stay_unknown(visit: Visit, tap_leaks: Ticket, typed: dict[str, str]) -> None:
    page = visit("mia").get("/desk/new/caller", params=typed).text
    assert "Chan" not in page and tap_leaks.number not in page


@pytest.mark.parametrize("typed", [{}, {"phone": "1"}, {"name": "C"}, {"phone": "%"}, {"name": "%_%"}])
def test_too_little_is_nobody(visit: Visit, typed: dict[str, str]) -> None:
    answer = visit("clara").get("/desk/new/caller", params=typed)
    assert answer.status_code == 200 and "data-values" not in answer.text


def test_a_room_that_is_not_in_the_register_is_said(visit: Visit) -> None:
    page = visit("clara").see("/desk/new/caller?room=Z-1")
    assert "There is no such room in the register." in page


def test_the_category_is_suggested_with_its_reason_and_people_are_ranked(hub: House, visit: Visit) -> None:
    page = plain(visit("clara").post("/desk/new/preview", item="Kitchen tap leaks", way="rules").text)
    assert "Tap, valve or fitting leaks" in page and "to the supervisor of Engineering" in page
    assert "Category: from the words:" in page
    assert page.index("Wes Worker – on duty · knows this work") < page.index("Wen Worker")
    assert how_many(hub) == 0


def test_a_category_chosen_by_hand_stands_in_the_suggestion(visit: Visit) -> None:
    page = plain(visit("clara").post("/desk/new/preview", item="Hello", category="06-09", way="rules").text)
    assert "Category: chosen at the desk" in page and "Security" in page


@pytest.mark.parametrize(
    "said", [{"item": ""}, {"item": "x" * 300}, {"item": "\x00"}, {"item": "a", "kind": "?"}]
)
def test_words_that_mean_nothing_yet_suggest_nothing(visit: Visit, said: dict[str, str]) -> None:
    answer = visit("clara").post("/desk/new/preview", **said)
    assert answer.status_code == 200 and "Category:" not in plain(answer.text)


def test_beside_the_list_only_the_form_is_drawn(visit: Visit) -> None:
    desk = visit("clara")
    part = desk.get("/desk/new", headers={"hx-request": "true", "hx-target": "div#open"}).text
    assert "<form" in part and "<html" not in part
    assert "<html" in desk.get("/desk/new?phone=23456789").text


def test_a_ringing_phone_can_open_the_form_with_its_number(visit: Visit) -> None:
    assert 'value="23456789"' in visit("clara").get("/desk/new?phone=23456789").text


def test_a_worker_registers_nothing_at_the_desk(hub: House, visit: Visit) -> None:
    assert visit("wes").post("/desk/new", **TAP).status_code == 403
    assert how_many(hub) == 0


def test_the_desk_of_one_office_registers_for_its_own(hub: House, visit: Visit) -> None:
    ticket = register(visit("mia"), hub, room="M-0101", way="desk")
    assert ticket.office_id == hub.office("MC").id
    assert leak().item == ticket.item
