"""Who holds which role, read once and true again as soon as somebody's role changes."""

import pytest

from hub import founding, organisation, people
from hub.database import Tx
from hub.organisation import Office
from hub.people import People
from tests.house import House


def known(hub: House) -> People:
    return hub.look(lambda tx: people.of(tx, hub.office()))


@pytest.mark.parametrize("role", ["supervisor", "customer_director", "director", "clerk"])
def test_they_are_those_whom_the_register_names(hub: House, role: str) -> None:
    office = hub.office()
    held = hub.look(lambda tx: [one.id for one in organisation.holders(tx, office.id, role)])
    assert list(known(hub).holders(role)) == held


def test_by_department_and_above_the_offices(hub: House) -> None:
    department = hub.department("ENG")
    held = hub.look(lambda tx: organisation.holders(tx, department.office_id, "supervisor", department.id))
    assert list(known(hub).holders("supervisor", department.id)) == [one.id for one in held] != []
    assert known(hub).above["quality"] == (hub.staff("quinn").id,)


def test_a_new_role_counts_at_once_and_nobody_else_s_transaction_sees_it_before(hub: House) -> None:
    before = known(hub)
    assert known(hub) is before, "read once"

    def grant(tx: Tx) -> tuple[int, ...]:
        office = tx.get_one(Office, hub.office().id)
        person = tx.get_one(organisation.Staff, hub.staff("wes").id)
        founding.give_role(tx, person, "clerk", tx.get_one(organisation.Company, office.company_id), office)
        tx.flush()
        return people.of(tx, office).holders("clerk")

    assert hub.staff("wes").id in hub.do(grant)
    assert hub.staff("wes").id not in before.holders("clerk")
    assert hub.staff("wes").id in known(hub).holders("clerk")
