"""Receive a matter from any hand: what is written, what is decided, what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from dispatch import intake
from dispatch.deciding import Choice
from hub import contacts, ties
from hub.access import Actor
from hub.contacts import ContactPoint
from hub.database import Database
from hub.duty import Duty
from hub.errors import BadInput, Forbidden, NotFound
from hub.estate import Party
from hub.organisation import Role
from hub.tickets import CHANNELS, Ticket
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import ago
from tests.house import House, leak, peddlers

FIRE = {"item": "Fire and smoke in the stairwell", "category": "06-01"}
PARKING = {"item": "How much is a parking space?", "category": None, "kind": "enquiry"}


def facts(hub: House, ticket: Ticket, kind: str) -> dict[str, Any]:
    return next(event.said for event in hub.events(ticket) if event.kind == kind)


@pytest.mark.seed("K2.1", "K5.3")
def test_one_step_registers_the_matter_and_hands_it_to_its_department(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak())
    (order,) = hub.orders(ticket)
    assert (ticket.status, ticket.kind, ticket.priority) == ("in_hand", "repair", "P3")
    assert (order.department_id, order.dispatched_to) == (hub.department("ENG").id, "supervisor")
    assert ticket.registered_at == order.issued_at == MORNING
    assert hub.kinds(ticket) == ["received", "triaged", "routed", "ordered"]


@pytest.mark.seed("K0.1")
def test_a_new_matter_has_an_owner_and_running_promises_at_once(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak())
    assert ticket.owner_id == clara.staff_id
    assert {promise.kind for promise in hub.running(ticket)} == {
        *("answer", "resolve"),
        *("accept", "contact", "arrive", "done"),
    }


@pytest.mark.seed("K5.1", "F4")
def test_every_channel_ends_in_the_same_kind_of_ticket(hub: House, clara: Actor) -> None:
    for channel in CHANNELS:
        ticket = hub.receive(clara, leak(channel=channel))
        assert (ticket.channel, ticket.status) == (channel, "in_hand")


@pytest.mark.seed("K5.2", "K5.4", "F4")
def test_a_guard_who_was_told_is_kept_as_the_receiver_and_follows_the_matter(
    hub: House, time: Clock, gus: Actor
) -> None:
    told = time.now()
    time.forward(minutes=20)
    ticket = hub.receive(gus, leak(channel="employee", received_at=told))
    assert (ticket.received_by, ticket.registered_by) == (gus.staff_id, gus.staff_id)
    assert (ticket.received_at, ticket.passed_on_at) == (told, told + timedelta(minutes=20))
    assert ticket.owner_id == hub.staff("cody").id
    assert hub.look(ties.followers, ticket.id) == [gus.staff_id]


@pytest.mark.seed("K5.2", "K5.4")
def test_what_a_cleaner_told_the_clerk_is_kept_as_theirs(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(channel="employee", received_by="wes"))
    assert ticket.received_by == hub.staff("wes").id
    assert ticket.registered_by == ticket.owner_id == clara.staff_id
    assert hub.look(ties.followers, ticket.id) == [hub.staff("wes").id]
    assert facts(hub, ticket, "received")["received_by"] == hub.staff("wes").id


def test_a_receiver_who_is_not_of_this_office_is_refused(hub: House, clara: Actor) -> None:
    for login in ("nobody", "mia"):
        with pytest.raises(BadInput, match="received_by: there is no such person in this office"):
            hub.receive(clara, leak(received_by=login))


def test_an_unknown_room_is_named_and_nothing_is_written(hub: House, clara: Actor) -> None:
    with pytest.raises(BadInput, match=r"caller\.room: there is no such room in this office's register"):
        hub.receive(clara, leak(room="Z-9999"))
    assert hub.look(lambda tx: tx.scalars(select(Ticket)).all()) == []


def test_an_unknown_room_and_category_are_named_with_what_else_is_wrong(hub: House, clara: Actor) -> None:
    with pytest.raises(BadInput) as refusal:
        hub.receive(clara, leak(room="Z-9999", phone="12", category="99-99"))
    assert {field: str(why) for field, why in refusal.value.fields.items()} == {
        "caller.phone": "a phone number has three digits or more",
        "caller.room": "there is no such room in this office's register",
        "category": "there is no such category",
    }
    with pytest.raises(BadInput) as refusal:
        hub.receive(clara, leak(phone="12"))
    assert list(refusal.value.fields) == ["caller.phone"]  # of a room that is known nothing is said


def test_a_room_of_the_neighbouring_office_is_unknown_here(hub: House, clara: Actor) -> None:
    with pytest.raises(BadInput, match=r"caller\.room"):
        hub.receive(clara, leak(room="M-0101"))


def test_a_room_is_found_however_it_is_typed(hub: House, clara: Actor) -> None:
    assert hub.receive(clara, leak(room=" a - 1203 ")).room_id == hub.receive(clara, leak()).room_id


PHONES = ("23456789", "2345-6789", "(852) 2345 6789", "+852 2345 6789", "001 852 2345 6789")


def test_one_phone_in_any_form_is_one_contact_and_one_customer(hub: House, clara: Actor) -> None:
    for phone in PHONES:
        ticket = hub.receive(clara, leak(phone=phone))
        point = hub.look(lambda tx, id=ticket.contact_id: tx.get_one(ContactPoint, id))
        assert (phone, point.value) == (phone, "+85223456789")
        assert hub.look(lambda tx, id=ticket.party_id: tx.get_one(Party, id)).name == "Chan Siu Ming"


def test_an_extension_that_is_no_number_of_the_world_is_kept_as_said(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(phone="ext. 301"))
    point = hub.look(lambda tx: tx.get_one(ContactPoint, ticket.contact_id))
    assert (point.parsed, ticket.caller_phone) == (False, "ext. 301")


def test_a_new_phone_of_a_known_resident_is_only_a_maybe(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(phone="6999 8888"))
    sure = {
        certainty
        for party, certainty in hub.look(contacts.parties_of, ticket.contact_id)
        if party.id == ticket.party_id
    }
    assert sure == {contacts.MAYBE}


SPOKEN = (
    {"description": "水管爆了 💦 " * 500},
    {"name": "محمد علي", "item": "تسرب المياه من الصنبور"},
    {"item": "\u202etap\u202c", "place": "4/F 🏢"},
)


def test_any_script_comes_back_as_it_was_said(hub: House, clara: Actor) -> None:
    for said in SPOKEN:
        kept = hub.again(hub.receive(clara, leak(**said)))
        for field, text in said.items():
            assert getattr(kept, {"name": "caller_name"}.get(field, field)) == text.strip()


def test_the_same_external_reference_is_the_same_ticket(hub: House, clara: Actor) -> None:
    first = hub.receive(clara, leak(external=("boston", "101")))
    again = hub.receive(clara, leak(item="Something else", external=("boston", "101")))
    assert (again.id, again.item) == (first.id, first.item)
    assert len(hub.events(first)) == 4
    assert hub.receive(clara, leak(external=("boston", "102"))).id != first.id


def test_two_offices_may_hold_the_same_reference_and_neither_sees_the_others(
    hub: House, clara: Actor, mia: Actor
) -> None:
    ours = hub.receive(clara, leak(external=("boston", "101")))
    theirs = hub.receive(mia, leak(room="M-0101", external=("boston", "101")), office="MC")
    assert (theirs.id, theirs.office_id) != (ours.id, ours.office_id)


def test_words_that_say_nothing_leave_the_matter_with_the_desk(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(item="Please come"))
    assert (ticket.status, ticket.category_id, ticket.owner_id) == ("new", None, clara.staff_id)
    assert hub.orders(ticket) == []
    assert {promise.kind for promise in hub.running(ticket)} == {"answer", "resolve"}
    assert facts(hub, ticket, "routed")["because"] == "no category yet: the desk decides"


@pytest.mark.seed("K1.7", "K0.1")
def test_an_emergency_goes_straight_to_somebody_on_duty_with_the_reason(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, peddlers(**FIRE))
    (order,) = hub.orders(ticket)
    assert (order.dispatched_to, order.status, order.chosen_by) == ("worker", "assigned", "rule")
    assert order.worker_id in {hub.staff("gus").id, hub.staff("sid").id}
    why = facts(hub, ticket, "ordered")["why"]
    assert {"category", "priority", "department", "worker"} <= {reason["what"] for reason in why}
    assert next(reason for reason in why if reason["what"] == "worker")["on_duty"] is True


def test_an_emergency_with_nobody_on_duty_goes_to_the_supervisor(hub: House, clara: Actor) -> None:
    hub.do(lambda tx: [tx.delete(shift) for shift in tx.scalars(select(Duty))])
    (order,) = hub.orders(hub.receive(clara, peddlers(**FIRE)))
    assert (order.dispatched_to, order.status, order.worker_id) == ("supervisor", "issued", None)


def test_what_the_centre_handles_itself_stays_with_the_desk(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(item="Rude staff", category="10-04"))
    assert (ticket.status, list(hub.orders(ticket))) == ("new", [])
    assert facts(hub, ticket, "routed")["because"] == "the centre handles this itself"


@pytest.mark.seed("K1.7")
def test_the_clerk_may_choose_the_worker_and_the_record_says_who_chose(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(), Choice("worker", worker="wen", instruction="Bring a washer"))
    (order,) = hub.orders(ticket)
    assert (order.dispatched_to, order.chosen_by, order.worker_id) == (
        *("worker", "agent"),
        hub.staff("wen").id,
    )
    told = facts(hub, ticket, "ordered")
    # who hears of it is read from these: the department's supervisor is told of a direct order
    assert (told["department"], told["dispatched_to"]) == (hub.department("ENG").id, "worker")


def test_the_clerk_may_choose_another_department(hub: House, clara: Actor) -> None:
    (order,) = hub.orders(hub.receive(clara, leak(), Choice("department", "ENV")))
    assert (order.department_id, order.chosen_by) == (hub.department("ENV").id, "agent")


def test_the_clerk_may_keep_the_matter_at_the_desk(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(), Choice("desk"))
    assert (ticket.status, ticket.kind, list(hub.orders(ticket))) == ("new", "repair", [])


IMPOSSIBLE = (
    (Choice("teleport"), BadInput, "must be one of: rules, desk, department, worker"),
    (Choice("department", "NOPE"), BadInput, "there is no such department in this office"),
    (Choice("department"), BadInput, "there is no such department in this office"),
    (Choice("worker", worker="mia"), NotFound, "there is no such person in this office"),
    (Choice("worker", worker="clara"), BadInput, "Clara Clerk does not take orders in this office"),
    (Choice("worker", "SEC", "wes"), BadInput, "Wes Worker does not work in this department"),
    (Choice("worker", "NOPE", "wes"), BadInput, "there is no such department in this office"),
)


def test_a_choice_that_cannot_be_is_refused_and_nothing_is_written(hub: House, clara: Actor) -> None:
    for choice, refusal, why in IMPOSSIBLE:
        with pytest.raises(refusal, match=why):
            hub.receive(clara, leak(), choice)
    assert hub.look(lambda tx: tx.scalars(select(Ticket)).all()) == []


def test_a_guard_may_report_but_not_dispatch(hub: House, gus: Actor) -> None:
    with pytest.raises(Forbidden, match="this step belongs to another role"):
        hub.receive(gus, leak(), Choice("worker", worker="wes"))


def test_another_office_is_not_found(hub: House, clara: Actor) -> None:
    with pytest.raises(NotFound, match="there is no such office"):
        hub.receive(clara, leak(room="M-0101"), office="MC")


def test_an_unknown_category_is_refused(hub: House, clara: Actor) -> None:
    with pytest.raises(BadInput, match="category: there is no such category"):
        hub.receive(clara, leak(category="99-99"))


def test_a_letter_counts_from_the_day_it_was_received(hub: House, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(channel="letter", received_at=ago(days=2)))
    assert ticket.received_at == MORNING - timedelta(days=2)
    assert all(p.started_at == ticket.received_at for p in hub.running(ticket, "resolve"))
    assert all(p.started_at == MORNING for p in hub.running(ticket, "done"))


def test_the_preview_says_what_receiving_then_does(hub: House, clara: Actor) -> None:
    said = (leak(), peddlers(**FIRE), leak(item="Please come"), leak(**PARKING))
    prepared = [hub.look(intake.prepare, hub.office(), each) for each in said]
    seen = [hub.look(intake.preview, clara, each) for each in prepared]
    assert hub.look(lambda tx: tx.scalars(select(Ticket)).all()) == []
    for decision, each in zip(seen, prepared, strict=True):
        ticket = hub.do(intake.receive, clara, each)
        sent_to = [order.department_id for order in hub.orders(ticket)]
        department = decision.route.department
        assert sent_to == ([department.id] if department else [])
        assert (decision.judgement.kind, decision.judgement.priority) == (ticket.kind, ticket.priority)


def test_an_office_with_nobody_at_the_desk_cannot_take_a_matter(database: Database, hub: House) -> None:
    guard = hub.actor("gus")
    hub.do(_end_roles, ("customer_director", "clerk", "director"))
    with pytest.raises(BadInput, match="no customer director and no clerk"):
        hub.receive(guard, leak())


def _end_roles(tx: Any, roles: tuple[str, ...]) -> None:
    for row in tx.scalars(select(Role)):
        if row.role in roles:
            row.ended_at = MORNING


def test_whoever_works_here_may_report(hub: House) -> None:
    for login in ("adam", "quinn", "wes", "cash"):
        ticket = hub.receive(hub.actor(login), leak())
        assert ticket.owner_id == hub.staff("cody").id
