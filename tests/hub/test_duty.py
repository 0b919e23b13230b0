"""Who is on duty, by the clock on the office's own wall."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from hub import duty, organisation
from hub.database import Tx
from hub.duty import Absence, Duty
from hub.organisation import Office
from tests.house import House

TUESDAY = 1


def at(text: str) -> datetime:
    """A moment by Hong Kong's wall clock (UTC+8)."""
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.fixture(scope="module")
def office(shared: House) -> Office:
    """Lotus Garden with nobody on duty but Gus: Tuesdays from 20:00 to 08:00 the next day."""
    return shared.do(_only_gus)


@pytest.mark.parametrize(
    ("moment", "is_on"),
    [
        ("2026-03-03T19:59", False),
        ("2026-03-03T20:00", True),
        ("2026-03-03T23:59", True),
        ("2026-03-04T00:00", True),
        ("2026-03-04T07:59", True),
        ("2026-03-04T08:00", False),
        ("2026-03-03T07:00", False),  # the morning before the shift
        ("2026-03-04T20:00", False),  # another weekday
    ],
)
def test_a_night_shift_runs_into_the_next_day(
    shared: House, office: Office, moment: str, is_on: bool
) -> None:
    assert shared.look(duty.on_duty, office, at(moment)) == ({shared.staff("gus").id} if is_on else set())


def test_the_moment_may_be_said_in_any_zone(shared: House, office: Office) -> None:
    assert shared.look(duty.on_duty, office, datetime(2026, 3, 3, 12, 0, tzinfo=UTC))  # 20:00 in Hong Kong
    assert not shared.look(duty.on_duty, office, datetime(2026, 3, 4, 0, 0, tzinfo=UTC))  # 08:00


def test_who_is_absent_is_not_on_duty(shared: House, office: Office) -> None:
    gus = shared.staff("gus").id
    absence = Absence(staff_id=gus, starts_at=at("2026-03-10T21:00"), ends_at=at("2026-03-10T22:00"))
    shared.database.write(lambda tx: tx.add(absence))
    seen = [
        bool(shared.look(duty.on_duty, office, at(f"2026-03-10T{hour}")))
        for hour in ("20:59", "21:00", "21:59", "22:00")
    ]
    assert seen == [True, False, False, True]


def test_a_shift_that_ended_and_another_offices_do_not_count(shared: House, office: Office) -> None:
    assert shared.look(duty.on_duty, shared.office("MC"), at("2026-03-03T21:00")) == {
        shared.staff("mia").id,
        shared.staff("max").id,
    }


def _only_gus(tx: Tx) -> Office:
    lotus = organisation.office_by_code(tx, "LG")
    for row in tx.scalars(select(Duty).where(Duty.office_id == lotus.id)):
        row.ended_at = lotus.created_at
    gus = organisation.staff_by_login(tx, lotus.company_id, "gus")
    assert gus is not None
    tx.add(Duty(staff_id=gus.id, office_id=lotus.id, weekday=TUESDAY, starts=20 * 60, ends=32 * 60))
    tx.flush()
    return lotus
