"""A company once, its offices with all they need, its people on record."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from hub import catalogue, clock, founding, numbers, organisation
from hub.database import Tx
from hub.errors import BadInput
from hub.events import Event
from hub.organisation import Company, Department, Office
from tests.cast import FOUNDED
from tests.house import House


def company(tx: Tx) -> Company:
    found = founding.the_company(tx)
    assert found is not None
    return found


def open_office(tx: Tx, code: str, **said: str) -> Office:
    return founding.open_office(tx, company(tx), code, f"Office {code}", **said)  # type: ignore[arg-type]


def test_a_database_has_one_company(shared: House) -> None:
    with pytest.raises(BadInput):
        shared.do(founding.found_company, "Second", "en", "UTC")


@pytest.mark.seed("F1")
def test_an_office_opens_with_its_centre_departments_rules_and_ladder(shared: House) -> None:
    office = shared.do(open_office, "NEW")
    units = shared.look(
        lambda tx: list(tx.scalars(select(Department).where(Department.office_id == office.id)))
    )
    assert {unit.code for unit in units} == {"CSC", "ENG", "SEC", "ENV", "CASH"}
    assert [unit.code for unit in units if unit.is_centre] == ["CSC"]
    book = shared.look(catalogue.of, office)
    assert len(book.categories) == 78
    assert book.rules and all(book.steps(priority, "answer") for priority in ("P1", "P2", "P3", "P4"))
    assert numbers.is_number(shared.do(numbers.upcoming, office))
    assert _kinds(shared, f"office:{office.id}") == ["office_opened"]


def test_its_departments_have_names_in_its_own_language(shared: House) -> None:
    office = shared.do(open_office, "ZH", locale="zh-Hans")
    names = select(Department.name).where(Department.office_id == office.id).order_by(Department.id)  # type: ignore[arg-type]
    told = shared.look(lambda tx: list(tx.scalars(names)))
    assert told == ["客户服务中心", "工程部", "保安部", "环境部", "财务部"]
    assert dict(founding.departments_in("en", "zh-Hant"))["ENG"] == "Engineering 工程部"


def test_an_offices_code_is_its_own_and_so_is_its_prefix(shared: House) -> None:
    made = [shared.do(open_office, code) for code in ("O1", "O2", "O3")]
    with pytest.raises(BadInput) as refused:
        shared.do(open_office, "O1")
    assert list(refused.value.fields) == ["code"]
    everyone = shared.look(lambda tx: list(tx.scalars(select(Office.prefix))))
    assert len(set(everyone)) == len(everyone) >= len(made) + 2


def test_an_office_keeps_its_regions_holidays() -> None:
    with clock.at(FOUNDED):
        hours = founding.office_hours("Asia/Hong_Kong", "HK")
    new_year = datetime(2027, 1, 1, 2, tzinfo=UTC)  # ten in the morning of a Friday
    assert hours.next_opening(new_year) == datetime(2027, 1, 4, 1, tzinfo=UTC)
    saturday = datetime(2026, 3, 7, 2, tzinfo=UTC)
    assert hours.next_opening(saturday) == datetime(2026, 3, 9, 1, tzinfo=UTC)


def test_a_log_in_is_given_once(shared: House) -> None:
    with pytest.raises(BadInput) as refused:
        shared.database.write(lambda tx: founding.add_staff(tx, company(tx), "clara", "Another Clara"))
    assert list(refused.value.fields) == ["login"]


def test_people_and_roles_go_on_their_offices_record_and_names_stay_out_of_the_facts(shared: House) -> None:
    def hire(tx: Tx) -> str:
        lotus = organisation.office_by_code(tx, "LG")
        nina = founding.add_staff(tx, company(tx), "nina", "Nina Newcomer", office=lotus)
        founding.give_role(tx, nina, "clerk", company(tx), lotus)
        return f"office:{lotus.id}"

    stream = shared.database.write(hire)
    assert _kinds(shared, stream)[-2:] == ["staff_added", "role_granted"]
    facts = shared.look(lambda tx: list(tx.scalars(select(Event.facts).where(Event.stream == stream))))
    assert not [fact for fact in facts if "Nina" in fact]
    assert shared.verify().broken is None


def _kinds(house: House, stream: str) -> list[str]:
    query = select(Event.kind).where(Event.stream == stream).order_by("seq")
    return house.look(lambda tx: list(tx.scalars(query)))
