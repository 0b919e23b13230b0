"""Who holds which role, and the one customer director."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from hub import clock, organisation
from hub.database import Tx
from hub.errors import BadInput, NotFound
from hub.organisation import Office, Role, Staff
from tests.conftest import Clock
from tests.house import House


@pytest.mark.seed("K1.2")
def test_an_office_has_one_customer_director_by_the_verb_and_by_the_table(shared: House) -> None:
    lotus, cash = shared.office(), shared.staff("cash")
    with pytest.raises(BadInput, match="has its customer director"):
        shared.do(organisation.grant, cash, "customer_director", lotus)
    behind = Role(staff_id=cash.id, role="customer_director", office_id=lotus.id, since=clock.now())
    with pytest.raises(IntegrityError):
        shared.database.write(lambda tx: tx.add(behind))
    held = shared.look(organisation.holders, lotus.id, "customer_director")
    assert [person.login for person in held] == ["cody"]
    assert shared.look(organisation.customer_director, shared.office("MC").id).login == "max"


@pytest.mark.seed("K1.2", "K7.3")
def test_when_the_customer_director_leaves_the_post_another_may_take_it(hub: House) -> None:
    lotus = hub.office()
    hub.do(_end, "cody", "customer_director")
    stand_in = hub.look(organisation.customer_director, lotus.id)
    assert stand_in is not None and stand_in.login == "dora"  # a small office's director is both
    hub.do(organisation.grant, hub.staff("clara"), "customer_director", lotus)
    after = hub.look(organisation.customer_director, lotus.id)
    assert after is not None and after.login == "clara"


@pytest.mark.parametrize(
    ("role", "office", "field"),
    [
        ("king", "LG", "role"),
        ("", "LG", "role"),
        ("clerk", "", "office"),
        ("customer_director", "", "office"),
    ],
)
def test_a_role_that_cannot_be_is_refused_by_its_field(
    shared: House, role: str, office: str, field: str
) -> None:
    place = shared.office(office) if office else None
    with pytest.raises(BadInput) as refused:
        shared.do(organisation.grant, shared.staff("wes"), role, place)
    assert list(refused.value.fields) == [field]


def test_some_roles_are_held_for_the_whole_company(shared: House) -> None:
    for role in ("quality", "leader", "admin"):
        assert shared.do(organisation.grant, shared.staff("adam"), role).office_id is None


def test_holders_are_the_longest_serving_first_and_only_those_still_here(hub: House, time: Clock) -> None:
    lotus = hub.office()
    for login in ("gus", "wes", "wen"):
        time.forward(days=1)
        hub.do(organisation.grant, hub.staff(login), "clerk", lotus)
    assert _logins(hub, lotus, "clerk") == ["clara", "gus", "wes", "wen"]
    hub.do(_end, "gus", "clerk")
    hub.do(_leave, "wes")
    assert _logins(hub, lotus, "clerk") == ["clara", "wen"]


@pytest.mark.seed("K7.3")
def test_a_person_takes_orders_in_every_department_they_work_for(shared: House) -> None:
    lotus = shared.office()
    env, wes = shared.department("ENV"), shared.staff("wes")
    shared.do(organisation.grant, wes, "worker", lotus, env)
    shared.do(organisation.grant, wes, "supervisor", lotus, env)
    assert [unit.code for unit in shared.look(organisation.departments_of, lotus.id, wes.id)] == [
        "ENG",
        "ENV",
    ]
    assert [person.login for person in shared.look(organisation.field_staff, env.id)] == ["wes"]
    engineers = shared.look(organisation.field_staff, shared.department("ENG").id)
    assert {person.login for person in engineers} == {"sue", "wes", "wen"}


def test_an_office_a_department_and_a_person_are_found_by_what_they_are_called(shared: House) -> None:
    lotus = shared.office()
    assert shared.look(organisation.centre, lotus.id).code == "CSC"
    assert shared.look(organisation.department, lotus.id, "NONE") is None
    assert shared.look(organisation.staff_by_login, lotus.company_id, "nobody") is None
    with pytest.raises(NotFound):
        shared.look(organisation.office_by_code, "XX")


def test_who_has_left_is_found_by_no_log_in(hub: House) -> None:
    company = hub.office().company_id
    assert hub.look(organisation.staff_by_login, company, "gus") is not None
    hub.do(_leave, "gus")
    assert hub.look(organisation.staff_by_login, company, "gus") is None


def _logins(house: House, office: Office, role: str) -> list[str]:
    return [person.login for person in house.look(organisation.holders, office.id, role)]


def _end(tx: Tx, login: str, role: str) -> None:
    rows = tx.scalars(select(Role).join(Staff).where(Staff.login == login, Role.role == role))
    for row in rows:
        row.ended_at = clock.now()


def _leave(tx: Tx, login: str) -> None:
    tx.scalars(select(Staff).where(Staff.login == login)).one().ended_at = clock.now()
