"""The roster: kept until one of its rows is written, by whoever; and what it says of shifts and leave."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import SQLModel, select

from hub import clock, duty, organisation, roster
from hub.access import Actor
from hub.catalogue import Category
from hub.database import Tx
from hub.duty import Absence, Duty
from hub.organisation import Company, Role, StaffSkill
from hub.papers import EXPIRED, MISSING, NOT_YET, UNTESTED, VALID, Paper, Qualification, refuses, standing
from hub.roster import Roster, StaffArea
from hub.worktimes import WorkTime
from tests.conftest import MORNING, Clock
from tests.house import House

HK = "Asia/Hong_Kong"


def read(hub: House) -> Roster:
    return hub.look(roster.of, hub.office())


def test_it_is_read_once_while_nothing_changes(hub: House) -> None:
    assert read(hub) is read(hub)


@pytest.mark.parametrize(
    "row",
    [
        lambda ids: Duty(staff_id=ids["wes"], office_id=1, weekday=0, starts=0, ends=60),
        lambda ids: Absence(staff_id=ids["wes"], starts_at=MORNING, ends_at=MORNING + timedelta(days=1)),
        lambda ids: StaffSkill(staff_id=ids["wes"], category="03"),
        lambda ids: StaffArea(staff_id=ids["wes"], building_id=1),
        lambda ids: Qualification(
            staff_id=ids["wes"], trade="lift", certificate="Lift", valid_from=date(2026, 1, 1)
        ),
        lambda ids: WorkTime(office_id=1, category_id=1, minutes=9, counted=9, learned_at=MORNING),
        lambda ids: Role(staff_id=ids["gus"], role="worker", office_id=1, department_id=2, since=MORNING),
    ],
)
def test_every_row_that_is_written_makes_every_process_read_it_anew(hub: House, row: Any) -> None:
    ids = {login: hub.staff(login).id for login in ("wes", "gus")}
    before, version = read(hub), hub.look(_version)
    made: SQLModel = row(ids)
    hub.do(lambda tx: tx.add(made))
    assert hub.look(_version) == version + 1
    after = read(hub)
    assert after is not before and after != before


def test_what_is_taken_back_is_not_kept(hub: House, wes: Actor) -> None:
    before = read(hub)

    def change_and_fail(tx: Tx) -> None:
        tx.add(StaffSkill(staff_id=wes.staff_id or 0, category="03"))
        tx.flush()
        assert "03" in roster.of(tx, hub.office()).skills[wes.staff_id or 0], "seen inside"
        raise ValueError

    with pytest.raises(ValueError):
        hub.do(change_and_fail)
    assert read(hub) is before


def test_a_role_that_ends_and_a_person_who_leaves_are_gone_from_it(hub: House, wes: Actor) -> None:
    eng = hub.department("ENG").id
    assert [one.login for one in read(hub).of_department(eng)] == ["sue", "wes", "wen"]

    def end(tx: Tx) -> None:
        tx.scalars(select(Role).where(Role.staff_id == wes.staff_id)).one().ended_at = MORNING
        tx.get_one(organisation.Staff, hub.staff("wen").id).ended_at = MORNING

    hub.do(end)
    found = read(hub).of_department(eng)
    assert [(one.login, one.leads) for one in found] == [("sue", True)]
    assert [one.id for one in found] == [one.id for one in hub.look(organisation.field_staff, eng)]


def _version(tx: Tx) -> int:
    return tx.scalars(select(Company.settings_version)).one()


# --- shifts ------------------------------------------------------------------


def of_shifts(*shifts: tuple[int, int, int], away: tuple[roster.Away, ...] = ()) -> Roster:
    """A roster of one person, number 1, in Hong Kong."""
    from_zone: Any = duty.Office(zone=HK).tz
    return Roster(1, 1, from_zone, {}, {}, {}, {}, {1: shifts}, {1: away})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the first week of March 2026 in Hong Kong; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=duty.Office(zone=HK).tz).astimezone(UTC)


def test_a_shift_past_midnight_ends_the_next_morning() -> None:
    night = of_shifts((0, 20 * 60, 32 * 60))
    assert night.leaves_at(1, at(2, 23)) == night.leaves_at(1, at(3, 7, 59)) == at(3, 8)
    assert night.leaves_at(1, at(3, 8)) is None
    assert night.comes_at(1, at(3, 8)) == at(9, 20)


def test_shifts_that_follow_each_other_are_one() -> None:
    double = of_shifts((0, 480, 960), (0, 960, 1440), (1, 0, 300))
    assert double.leaves_at(1, at(2, 9)) == at(3, 5)


def test_leave_cuts_a_shift_in_two() -> None:
    away = roster.Away(at(2, 12), at(2, 14), None)
    day = of_shifts((0, 480, 1080), away=(away,))
    assert day.leaves_at(1, at(2, 9)) == at(2, 12)
    assert day.leaves_at(1, at(2, 13)) is None
    assert day.comes_at(1, at(2, 13)) == at(2, 14)


def test_nobody_without_a_shift_ever_comes() -> None:
    assert of_shifts().comes_at(1, at(2, 9)) is None


shifts = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1439)).map(
        lambda drawn: (drawn[0], drawn[1], drawn[1] + drawn[2])
    ),
    max_size=5,
)


@given(shifts, st.integers(0, 7 * 1440 - 1))
def test_on_duty_is_what_the_shifts_say_and_the_end_is_never_past(
    drawn: list[tuple[int, int, int]], minute: int
) -> None:
    moment = at(2, 0) + timedelta(minutes=minute)
    one = of_shifts(*drawn)
    day, of_day = divmod(minute, 1440)
    said = any(
        (weekday == day and starts <= of_day < ends) or (weekday == (day - 1) % 7 and of_day + 1440 < ends)
        for weekday, starts, ends in drawn
    )
    leaves, comes = one.leaves_at(1, moment), one.comes_at(1, moment)
    assert (leaves is not None) == said
    assert leaves is None or leaves > moment
    assert comes is None or comes > moment


def test_it_agrees_with_the_list_of_those_on_duty(hub: House, time: Clock) -> None:
    present = hub.look(duty.on_duty, hub.office())
    assert {one for one in present if read(hub).leaves_at(one, clock.now())} == present


leaves = st.dictionaries(st.integers(1, 6), st.one_of(st.none(), st.integers(1, 6)), max_size=6)


@given(leaves, st.integers(1, 6))
def test_whoever_is_there_for_a_person_is_not_on_leave_and_circles_end(
    away: dict[int, int | None], asked: int
) -> None:
    rows = {one: (roster.Away(at(2, 0), at(3, 0), stand_in),) for one, stand_in in away.items()}
    known = Roster(1, 1, duty.Office(zone=HK).tz, {}, {}, {}, {}, {}, rows)
    found = known.instead(asked, at(2, 9))
    assert found not in away
    assert found == asked if asked not in away else found is None or found != asked
    assert known.instead(asked, at(3, 0)) == asked


# --- papers ------------------------------------------------------------------

TODAY = date(2026, 3, 3)
SPARKS = Category(
    company_id=1, code="02-05", group_code="02", en="", kind="repair", department="ENG", priority="P3",
    trade="electric", paper="required",
)  # fmt: skip


def paper(
    starts: int = -10, ends: int | None = 10, tested: int | None = -20, trade: str = "electric"
) -> Paper:
    def day(offset: int | None) -> date | None:
        return TODAY + timedelta(days=offset) if offset is not None else None

    return Paper(trade, "A", day(starts) or TODAY, day(ends), day(tested))


@pytest.mark.seed("P4.2.2b")
@pytest.mark.parametrize(
    ("held", "state"),
    [
        ((), MISSING),
        ((paper(trade="lift"),), MISSING),
        ((paper(starts=1),), NOT_YET),
        ((paper(ends=-1),), EXPIRED),
        ((paper(tested=None),), UNTESTED),
        ((paper(tested=1),), UNTESTED),
        ((paper(),), VALID),
        ((paper(ends=0),), VALID),
        ((paper(ends=None),), VALID),
        ((paper(ends=-1), paper()), VALID),
    ],
)
def test_how_a_certificate_stands_for_work_that_requires_it(held: tuple[Paper, ...], state: str) -> None:
    assert standing(held, SPARKS, TODAY) == state
    assert refuses(SPARKS, state) == (state != VALID)


def test_advised_work_asks_for_no_test_and_other_work_for_nothing() -> None:
    advised = SPARKS.model_copy(update={"paper": "advised"})
    assert standing((paper(tested=None),), advised, TODAY) == VALID
    assert not refuses(advised, MISSING)
    assert standing((), SPARKS.model_copy(update={"paper": ""}), TODAY) == VALID
    assert standing((), None, TODAY) == VALID
