"""The office as those who play its history see it: its people by log-in, and who is on duty when."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from sqlmodel import select

from hub import access, catalogue
from hub.access import Actor
from hub.database import Tx
from hub.duty import Absence, Duty
from hub.organisation import Department, Office, Staff
from web.demo.people import PEOPLE

MORNING, EVENING = 9, 19  # nobody rings a customer outside these hours


@dataclass(frozen=True)
class Cast:
    """Everybody of the office, as values that outlive the transaction they were read in."""

    office: Office
    staff: dict[str, Staff]
    actors: dict[str, Actor]
    departments: dict[str, Department]
    by_department: dict[int, str]
    shifts: dict[str, list[tuple[int, int, int]]]
    absences: dict[str, list[tuple[datetime, datetime]]]
    trades: dict[str, str]  # the certificate that a leaf requires

    def is_on_duty(self, login: str, at: datetime) -> bool:
        """Whether this person works at this moment, by the weekly shifts and the absences."""
        if any(starts <= at < ends for starts, ends in self.absences.get(login, ())):
            return False
        local = at.astimezone(self.office.tz)
        minute = local.hour * 60 + local.minute
        before = (local.weekday() - 1) % 7
        return any(
            (day == local.weekday() and starts <= minute < ends) or (day == before and minute + 1440 < ends)
            for day, starts, ends in self.shifts.get(login, ())
        )

    def present(self, logins: list[str], at: datetime) -> list[str]:
        """Those of these who are on duty, or all of them when nobody is."""
        return [login for login in logins if self.is_on_duty(login, at)] or logins

    def clerk(self, rng: Random, at: datetime) -> str:
        """Who sits at the desk: a clerk on duty, else the customer director."""
        clerks = [login for login in ("desk", "desk2") if self.is_on_duty(login, at)]
        return rng.choice(clerks) if clerks else "customer-director"

    def listener(self, rng: Random, at: datetime) -> str:
        """Who takes the call: the desk, and at night the guard on duty (K7.3, found practice)."""
        clerks = [login for login in ("desk", "desk2") if self.is_on_duty(login, at)]
        return rng.choice(clerks or self.present(_logins("guard", "SEC"), at))

    def supervisor(self, department_id: int) -> str:
        """Who supervises this department."""
        return _logins("supervisor", self.by_department[department_id])[0]

    def hand(self, rng: Random, department_id: int, code: str, at: datetime) -> str:
        """A worker of the department for this leaf: certified; on duty and with the skill where one is."""
        department = self.by_department[department_id]
        hands = _logins("worker", department) + _logins("guard", department)
        here = self.present([login for login in hands if self._may(login, code)] or hands, at)
        skilled = [login for login in here if any(code.startswith(skill) for skill in _skills(login))]
        return rng.choice(skilled or here)

    def _may(self, login: str, code: str) -> bool:
        """Whether this work asks for no certificate, or for one that this person has."""
        trade = self.trades.get(code)
        return trade is None or any(held == trade for held, _, _ in _papers(login))

    def office_moment(self, rng: Random, at: datetime) -> datetime:
        """This moment, or the next morning where it lies outside the hours in which one rings a customer."""
        local = at.astimezone(self.office.tz)
        if MORNING <= local.hour < EVENING:
            return at
        opens = local.replace(hour=MORNING, minute=0, second=0)
        if local.hour >= EVENING:
            opens += timedelta(days=1)
        return opens + timedelta(minutes=rng.randint(3, 80))


def gather(tx: Tx, office: Office) -> Cast:
    """Read the whole cast. It stays as it is while the history plays."""
    staff = {row.login: row for row in tx.scalars(select(Staff).where(Staff.company_id == office.company_id))}
    logins = {row.id: row.login for row in staff.values()}
    departments = {
        row.code: row for row in tx.scalars(select(Department).where(Department.office_id == office.id))
    }
    actors = {login: access.actor_of(tx, row) for login, row in staff.items()}
    shifts: dict[str, list[tuple[int, int, int]]] = {}
    for shift in tx.scalars(select(Duty).where(Duty.office_id == office.id)):
        shifts.setdefault(logins[shift.staff_id], []).append((shift.weekday, shift.starts, shift.ends))
    absences: dict[str, list[tuple[datetime, datetime]]] = {}
    for away in tx.scalars(select(Absence)):
        absences.setdefault(logins[away.staff_id], []).append((away.starts_at, away.ends_at))
    tx.expunge_all_of(office, *staff.values(), *departments.values())
    by_department = {row.id: code for code, row in departments.items()}
    book = catalogue.of(tx, office).categories.values()
    trades = {row.code: row.trade for row in book if row.paper == catalogue.REQUIRED}
    return Cast(office, staff, actors, departments, by_department, shifts, absences, trades)


@cache
def texts() -> dict[str, Any]:
    """What these people write, from texts.toml."""
    return tomllib.loads(files("web.demo").joinpath("texts.toml").read_text(encoding="utf-8"))


@cache
def _logins(role: str, department: str) -> list[str]:
    return [one.login for one in PEOPLE if one.role == role and one.department == department]


@cache
def _papers(login: str) -> tuple[tuple[str, str, int], ...]:
    return next(one.papers for one in PEOPLE if one.login == login)


@cache
def _skills(login: str) -> tuple[str, ...]:
    return next(one.skills for one in PEOPLE if one.login == login)
