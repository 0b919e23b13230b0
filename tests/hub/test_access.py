"""The one door: nobody finds what they may not see, and each step is taken by those who may."""

import re
from pathlib import Path

import pytest
from sqlmodel import select

from dispatch import answering, closing, escalation, ordering, work
from dispatch.deciding import Choice
from dispatch.ordering import Instruction
from hub import access, clock, organisation, standing
from hub.access import HUB, MAY, Actor
from hub.database import Tx
from hub.errors import Forbidden, NotFound
from hub.orders import Order
from hub.organisation import ROLES, Office, Role, Staff
from hub.tickets import Ticket
from tests.cast import PEOPLE
from tests.house import House, leak

AT_THE_DESK = Choice("desk")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def drip(shared: House) -> Ticket:
    """A repair for engineering in Lotus Garden."""
    return shared.receive(shared.actor("clara"), leak())


@pytest.fixture(scope="module")
def order(shared: House, drip: Ticket) -> Order:
    return shared.orders(drip)[0]


@pytest.fixture
def who(shared: House) -> "Who":
    return Who(shared)


class Who:
    """People of the shared house by their log-in."""

    def __init__(self, house: House) -> None:
        self._house = house

    def __getattr__(self, login: str) -> Actor:
        return self._house.actor(login)


@pytest.mark.parametrize("login", ["mia", "max"])
def test_nothing_of_another_office_is_found(shared: House, drip: Ticket, order: Order, login: str) -> None:
    me = shared.actor(login)
    for step in MAY:  # also not refused: the step must not tell that it is there
        for find in (
            lambda tx, step=step: access.ticket(tx, me, drip.number, step),
            lambda tx, step=step: access.order(tx, me, order.number, step),
            lambda tx, step=step: access.office(tx, me, "LG", step),
        ):
            with pytest.raises(NotFound):
                shared.look(find)
    with pytest.raises(NotFound):
        shared.look(access.colleague, me, "clara", shared.office("MC").id)
    assert shared.look(lambda tx: list(tx.scalars(select(Ticket).where(access.tickets_seen(me))))) == []
    assert shared.look(lambda tx: list(tx.scalars(select(Order).where(access.orders_seen(me))))) == []


def test_what_is_not_there_and_what_is_not_ours_are_told_alike(shared: House, who: Who, drip: Ticket) -> None:
    said = []
    for number in (drip.number, "10999999"):
        with pytest.raises(NotFound) as refused:
            shared.look(access.ticket, who.mia, number)
        said.append(str(refused.value))
    assert len(set(said)) == 1


def test_the_centre_finds_everything_of_its_office(shared: House, drip: Ticket, order: Order) -> None:
    for login in ("dora", "cody", "clara", "cash", "adam"):
        me = shared.actor(login)
        assert shared.look(access.ticket, me, drip.number).id == drip.id
        assert shared.look(access.order, me, order.number).id == order.id
        assert shared.look(access.office, me, "LG").code == "LG"
        assert shared.look(access.colleague, me, "wes", drip.office_id).login == "wes"


def test_a_department_sees_its_orders_and_no_others(shared: House, order: Order) -> None:
    for login in ("sue", "wes", "wen"):
        assert shared.look(access.order, shared.actor(login), order.number).id == order.id
    for login in ("gus", "sid"):
        with pytest.raises(NotFound):
            shared.look(access.order, shared.actor(login), order.number)


def test_a_worker_sees_the_order_that_is_theirs_in_another_department(shared: House, who: Who) -> None:
    ticket = shared.receive(who.clara, leak(category="06-09"))
    shared.do(ordering.order, who.clara, ticket, Instruction(shared.department("SEC"), shared.staff("gus")))
    *_, straight = shared.orders(ticket)
    assert shared.look(access.order, who.gus, straight.number).worker_id == who.gus.staff_id
    assert shared.look(access.ticket, who.gus, ticket.number).id == ticket.id
    with pytest.raises(NotFound):
        shared.look(access.order, who.wes, straight.number)


@pytest.mark.seed("K5.2")
def test_whoever_was_told_a_matter_may_follow_it_to_its_end(shared: House, who: Who) -> None:
    ticket = shared.receive(who.gus, leak(channel="employee"))
    assert (ticket.received_by, ticket.registered_by) == (who.gus.staff_id, who.gus.staff_id)
    assert ticket.received_at <= ticket.passed_on_at <= ticket.registered_at
    assert shared.look(access.ticket, who.gus, ticket.number).id == ticket.id
    with pytest.raises(NotFound):
        shared.look(access.ticket, who.sid, ticket.number)


@pytest.mark.seed("K6.2")
def test_quality_reads_every_office_of_the_company(
    shared: House, who: Who, drip: Ticket, order: Order
) -> None:
    elsewhere = shared.receive(who.mia, leak(room="M-0101"), office="MC")
    for ticket in (drip, elsewhere):
        assert shared.look(access.ticket, who.quinn, ticket.number).id == ticket.id
    assert shared.look(access.order, who.quinn, order.number).id == order.id
    assert {shared.look(access.office, who.quinn, code).code for code in ("LG", "MC")} == {"LG", "MC"}
    shared.do(escalation.supervise, who.quinn, drip, "Why is this still open?")
    for step in ("close", "order", "answer", "assign"):
        with pytest.raises(Forbidden):
            shared.look(access.ticket, who.quinn, drip.number, step)


def test_a_leader_reads_and_cannot_act(shared: House, drip: Ticket) -> None:
    leader = shared.do(_with_role, "lee", "leader")
    assert shared.look(access.ticket, leader, drip.number).id == drip.id
    assert shared.look(access.office, leader, "MC", "count").code == "MC"
    for step in set(MAY) - {"receive", "look", "note", "attach", "follow", "count", "report"}:
        with pytest.raises(Forbidden):
            shared.look(access.ticket, leader, drip.number, step)
    with pytest.raises(Forbidden):
        shared.do(closing.close, leader, drip, "withdrawn")
    with pytest.raises(Forbidden):
        shared.do(answering.answer, leader, drip, "It will be seen to")
    with pytest.raises(Forbidden):
        shared.do(ordering.order, leader, drip, Instruction(shared.department("ENG")))
    with pytest.raises(Forbidden):
        shared.do(work.assign, leader, shared.orders(drip)[0], shared.staff("wes"))


def test_a_role_ended_is_a_right_lost(shared: House, drip: Ticket) -> None:
    me = shared.do(_with_role, "tess", "clerk", "LG")
    assert shared.look(access.ticket, me, drip.number, "close").id == drip.id
    shared.do(_end_roles, me)
    again = shared.actor("tess")
    assert again.grants == frozenset()
    for step in ("look", "close"):
        with pytest.raises(NotFound):
            shared.look(access.ticket, again, drip.number, step)
    with pytest.raises(NotFound):
        shared.look(access.home, again)
    with pytest.raises(NotFound):
        shared.look(access.colleague, shared.actor("clara"), "tess", drip.office_id)


def test_a_colleague_who_has_left_is_not_found(shared: House, who: Who, drip: Ticket) -> None:
    me = shared.do(_with_role, "gone", "clerk", "LG")
    assert shared.look(access.colleague, who.clara, "gone", drip.office_id).id == me.staff_id
    shared.do(_leave, me)
    with pytest.raises(NotFound):
        shared.look(access.colleague, who.clara, "gone", drip.office_id)


@pytest.mark.seed("K7.3")
def test_one_person_holds_several_roles_and_each_counts_where_it_is_held(shared: House) -> None:
    shared.do(_with_role, "solo", "clerk", "LG")
    shared.do(_with_role, "solo", "worker", "LG", "ENG")
    solo = shared.do(_with_role, "solo", "supervisor", "MC", "ENG")
    lotus, maple = shared.office("LG").id, shared.office("MC").id
    assert solo.roles_in(lotus) == {"clerk", "worker"}
    assert solo.roles_in(maple) == {"supervisor"}
    assert solo.may("close", lotus) and not solo.may("close", maple)
    assert solo.may("assign", maple)


def test_everybody_is_at_home_in_the_office_they_work_in(shared: House, who: Who) -> None:
    assert shared.look(access.home, who.wes).code == "LG"
    assert shared.look(access.home, who.mia).code == "MC"
    assert shared.look(access.home, who.quinn).code == "LG"


def test_the_hub_itself_sees_and_may_everything(shared: House, drip: Ticket) -> None:
    assert shared.look(access.ticket, HUB, drip.number, "close").id == drip.id
    assert all(HUB.may(step, drip.office_id) for step in MAY)


def test_the_table_of_steps_names_only_roles_there_are() -> None:
    for step, roles in MAY.items():
        assert roles and roles <= {*ROLES, "*"}, step


def test_every_step_a_verb_asks_for_is_in_the_table() -> None:
    asked: set[str] = set()
    for path in (*(ROOT / "dispatch").glob("*.py"), *(ROOT / "web/api").glob("*.py"), ROOT / "hub/access.py"):
        source = path.read_text("utf-8")
        asked.update(re.findall(r"""(?:\brequire\(\w+, |\.may\(|\.require\()"([a-z ]+)\"""", source))
    assert {"close", "order", "erase", "rule again"} <= asked
    assert asked <= set(MAY)


def test_what_only_the_centre_may_no_field_hand_may(shared: House, drip: Ticket) -> None:
    for login in ("wes", "gus", "cash"):
        for step in (
            "triage",
            "order",
            "rule",
            "withdraw",
            "close",
            "reopen",
            "call back",
            "erase",
            "administer",
        ):
            assert not shared.actor(login).may(step, drip.office_id), (login, step)


def _with_role(tx: Tx, login: str, role: str, office: str = "", department: str = "") -> Actor:
    company = tx.scalars(select(organisation.Company)).one()
    person = organisation.staff_by_login(tx, company.id, login)
    if person is None:
        person = Staff(company_id=company.id, login=login, name=login.title(), created_at=clock.now())
        tx.add(person)
        tx.flush()
    place = organisation.office_by_code(tx, office) if office else None
    unit = organisation.department(tx, place.id, department) if place and department else None
    organisation.grant(tx, person, role, place, unit)
    return access.actor_of(tx, person)


def _end_roles(tx: Tx, me: Actor) -> None:
    for role in tx.scalars(select(Role).where(Role.staff_id == me.staff_id)):
        role.ended_at = clock.now()


def _leave(tx: Tx, me: Actor) -> None:
    tx.get_one(Staff, me.staff_id).ended_at = clock.now()


@pytest.mark.parametrize("login", ["clara", "mia", "quinn", "wes", "adam"])
def test_an_office_at_hand_is_seen_by_whom_the_clause_says(hub: House, login: str) -> None:
    me = hub.actor(login)
    by_clause = {
        row.id for row in hub.look(lambda tx: tx.scalars(select(Office).where(access.offices(me))).all())
    }
    at_hand = {row.id for row in hub.look(standing.of).offices.values() if access.sees_office(me, row)}
    assert at_hand == by_clause
    assert set(access.office_ids(me) or by_clause) == by_clause


@pytest.mark.parametrize("login", [person[0] for person in PEOPLE])
@pytest.mark.parametrize("code", ["LG", "MC"])
def test_who_sees_the_whole_office_is_said_alike_of_the_office_and_of_its_matters(
    shared: House, login: str, code: str
) -> None:
    me, office = shared.actor(login), shared.office(code)
    ours, theirs = shared.actor("clara"), shared.actor("mia")
    shared.receive(ours, leak(), AT_THE_DESK)
    shared.receive(theirs, leak(room="M-0101"), AT_THE_DESK, office="MC")
    here = select(Ticket.id).where(Ticket.office_id == office.id)
    every = set(shared.look(lambda tx: tx.scalars(here).all()))
    seen = set(shared.look(lambda tx: tx.scalars(here.where(access.tickets_seen(me))).all()))
    assert access.sees_whole(me, office) == (seen == every)
