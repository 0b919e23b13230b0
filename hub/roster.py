"""The roster (花名冊): who takes orders where, what they can do, which papers they hold, when they work.

All of it is set, not done, so it is read once per office and kept until `Company.settings_version` moves;
writing any of its rows moves that by itself, in the same transaction, so no writer has to think of it.
Source: seed 2-1 (structure), P4.2.2b (qualifications); peers.md §5-7 (shifts, leave, who is really there).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select as rows_of
from sqlmodel import Field, SQLModel, col, select

from hub import catalogue, papers, standing, worktimes
from hub.catalogue import Category
from hub.database import Tx
from hub.duty import Absence, Duty
from hub.organisation import (
    FIELD_ROLES,
    Department,
    Office,
    Role,
    Staff,
    StaffSkill,
)
from hub.papers import Paper, Qualification
from hub.wall_clock import first_instant, wall_time
from hub.worktimes import WorkTime

DAYS_AHEAD = 14
Key = TypeVar("Key")
Value = TypeVar("Value")


class StaffArea(SQLModel, table=True):
    """A building that a person looks after (責任區)."""

    __tablename__ = "staff_area"
    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    building_id: int = Field(primary_key=True, foreign_key="building.id")


@dataclass(frozen=True)
class Member:
    """A person who may be sent an order of a department; `leads`: only as its supervisor."""

    id: int
    login: str
    name: str
    leads: bool = False


@dataclass(frozen=True)
class Away:
    """A stretch of leave, and who stands in."""

    starts_at: datetime
    ends_at: datetime
    stand_in: int | None


@dataclass(frozen=True)
class Roster:
    """What is set for the people of one office, by department and by person."""

    office_id: int
    version: int
    zone: ZoneInfo
    members: dict[int, tuple[Member, ...]]
    skills: dict[int, tuple[str, ...]]
    papers: dict[int, tuple[Paper, ...]]
    areas: dict[int, tuple[int, ...]]
    shifts: dict[int, tuple[tuple[int, int, int], ...]]
    away: dict[int, tuple[Away, ...]]
    minutes: dict[int, int] = field(default_factory=dict)  # what work takes, by category
    book: dict[int, Category] = field(default_factory=dict)

    def expected(self, category_id: int | None, priority: str, kind: str | None) -> int:
        """Minutes a visit takes."""
        return worktimes.expected(self.book.get(category_id or 0), priority, kind, self.minutes)

    def of_department(self, department_id: int) -> tuple[Member, ...]:
        return self.members.get(department_id, ())

    def paper(self, staff_id: int, category: Category | None, at: datetime) -> str:
        """How the person's certificate for this work stands: hub.papers has the states."""
        return papers.standing(self.papers.get(staff_id, ()), category, at.astimezone(self.zone).date())

    def ending(self, staff_id: int, at: datetime, within: int = 30) -> tuple[Paper, ...]:
        """The person's certificates that have run out or will within so many days, and were not renewed."""
        last = at.astimezone(self.zone).date() + timedelta(days=within)
        held = self.papers.get(staff_id, ())
        return tuple(paper for paper in held if paper.ends <= last and not paper.is_renewed(held))

    def leaves_at(self, staff_id: int, at: datetime) -> datetime | None:
        """When the shift ends that the person is working at this moment; None when they are not on duty.

        Shifts that follow each other without a gap are one.
        """
        end: datetime | None = None
        for starts, ends in self._stretches(staff_id, at, 2):
            if starts <= (end or at) < ends:
                end = ends
        return end

    def comes_at(self, staff_id: int, at: datetime) -> datetime | None:
        """When the person's next shift begins, within two weeks."""
        return next((starts for starts, _ in self._stretches(staff_id, at, DAYS_AHEAD) if starts > at), None)

    def instead(self, staff_id: int, at: datetime) -> int | None:
        """Who is there for this person: they themselves, or whoever stands in while they are on leave.

        A stand-in on leave has one too. None where everybody asked is away.
        """
        one: int | None = staff_id
        asked: set[int] = set()
        while one is not None and one not in asked:
            asked.add(one)
            leave = next(
                (away for away in self.away.get(one, ()) if away.starts_at <= at < away.ends_at), None
            )
            if leave is None:
                return one
            one = leave.stand_in
        return None

    def _stretches(self, staff_id: int, at: datetime, days: int) -> list[tuple[datetime, datetime]]:
        """The person's working stretches around a moment, in order, without what leave takes away."""
        shifts = self.shifts.get(staff_id, ())
        if not shifts:
            return []
        midnight = datetime.combine(wall_time(at, self.zone).date(), time())
        found = []
        for offset in range(-1, days + 1):
            day = midnight + timedelta(days=offset)
            found += [
                (
                    first_instant(day + timedelta(minutes=starts), self.zone),
                    first_instant(day + timedelta(minutes=ends), self.zone),
                )
                for weekday, starts, ends in shifts
                if weekday == day.weekday()
            ]
        for away in self.away.get(staff_id, ()):
            found = [left for one in found for left in _without(one, away)]
        return sorted(found)


def of(tx: Tx, office: Office) -> Roster:
    """The office's roster, from the cache while nothing has changed."""
    return standing.kept(tx, "roster", office, lambda version: _read(tx, office, version))


def _without(stretch: tuple[datetime, datetime], away: Away) -> list[tuple[datetime, datetime]]:
    starts, ends = stretch
    left = [(starts, min(ends, away.starts_at)), (max(starts, away.ends_at), ends)]
    return [(begin, end) for begin, end in left if begin < end]


def _read(tx: Tx, office: Office, version: int) -> Roster:
    members, staff_ids = _members(tx, office)
    skills = tx.execute(
        select(StaffSkill.staff_id, StaffSkill.category).where(col(StaffSkill.staff_id).in_(staff_ids))
    )
    areas = tx.execute(
        select(StaffArea.staff_id, StaffArea.building_id).where(col(StaffArea.staff_id).in_(staff_ids))
    )
    shifts = tx.execute(
        select(Duty.staff_id, Duty.weekday, Duty.starts, Duty.ends).where(
            Duty.office_id == office.id, col(Duty.ended_at).is_(None)
        )
    )
    learned = tx.execute(
        select(WorkTime.category_id, WorkTime.minutes).where(WorkTime.office_id == office.id)
    )
    return Roster(
        office_id=office.id,
        version=version,
        zone=office.tz,
        members=members,
        skills=_grouped((staff, code) for staff, code in skills),
        papers=_grouped(_papers(tx, staff_ids)),
        areas=_grouped((staff, building) for staff, building in areas),
        shifts=_grouped((row[0], (row[1], row[2], row[3])) for row in shifts),
        away=_grouped(_absences(tx, staff_ids)),
        minutes={row[0]: row[1] for row in learned},
        book=catalogue.of(tx, office).by_id,
    )


def _members(tx: Tx, office: Office) -> tuple[dict[int, tuple[Member, ...]], list[int]]:
    """Who may be sent orders, by department, as `organisation.field_staff` has it; and everybody's ids."""
    rows = tx.execute(
        rows_of(col(Role.department_id), col(Role.role), col(Staff.id), col(Staff.login), col(Staff.name))
        .join(Staff, col(Staff.id) == col(Role.staff_id))
        .where(col(Role.office_id) == office.id, col(Role.ended_at).is_(None), col(Staff.ended_at).is_(None))
        .order_by(col(Staff.id))
    ).all()
    running = set(
        tx.scalars(
            select(Department.id).where(Department.office_id == office.id, col(Department.ended_at).is_(None))
        )
    )
    held: dict[tuple[int, int], set[str]] = {}
    named = {row[2]: (row[3], row[4]) for row in rows}
    for department, role, staff_id, *_ in rows:
        if department in running and role in (*FIELD_ROLES, "supervisor"):
            held.setdefault((department, staff_id), set()).add(role)
    people = (
        (department, Member(staff_id, *named[staff_id], leads=roles == {"supervisor"}))
        for (department, staff_id), roles in held.items()
    )
    return _grouped(people), sorted(named)


def _papers(tx: Tx, staff_ids: list[int]) -> Iterable[tuple[int, Paper]]:
    for row in tx.execute(
        rows_of(
            col(Qualification.staff_id),
            col(Qualification.trade),
            col(Qualification.certificate),
            col(Qualification.valid_from),
            col(Qualification.valid_until),
            col(Qualification.tested_on),
        ).where(col(Qualification.staff_id).in_(staff_ids))
    ):
        yield row[0], Paper(*row[1:])


def _absences(tx: Tx, staff_ids: list[int]) -> Iterable[tuple[int, Away]]:
    for row in tx.execute(
        select(Absence.staff_id, Absence.starts_at, Absence.ends_at, Absence.stand_in_id)
        .where(col(Absence.staff_id).in_(staff_ids))
        .order_by(col(Absence.starts_at))
    ):
        yield row[0], Away(row[1], row[2], row[3])


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    found: dict[Key, list[Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


standing.watch(Absence, Duty, Qualification, StaffArea, StaffSkill, WorkTime)
