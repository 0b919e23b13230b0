"""The office a file is played into: its departments, categories and hours are the file's own.

It stands apart from real offices (`is_replay`), so nothing learnt or counted there mixes with theirs.
Playing again, or another file of the same city, adds only what is missing.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import select

from dispatch.ordering import BY_FILE, Instruction
from hub import access, catalogue, founding, organisation
from hub.access import Actor
from hub.catalogue import NEVER, Category
from hub.database import Tx
from hub.errors import BadInput
from hub.founding import CENTRE
from hub.organisation import Company, Department, Office, Staff
from web.replay.case import Case
from web.replay.hours import calendar_of
from web.replay.profile import Profile

ANY_DEPARTMENT = "ALL"  # who takes what the file gives to no department
KIND, PRIORITY = "service", "P4"  # a city's request: asked for, in office hours, by the file's own target
_LONGEST_CODE = 24


@dataclass(frozen=True)
class Place:
    """The office made ready. orders: the file's department → what it gets; categories: its words → codes."""

    office: Office
    orders: Mapping[str, Instruction]
    categories: Mapping[str, str]


def make_ready(tx: Tx, actor: Actor, profile: Profile, cases: Sequence[Case], code: str) -> Place:
    """Find or open the replay office and add what these cases name that is not there yet.

    Raises BadInput before the company is founded and for the code of a real office.
    """
    company = founding.the_company(tx)
    if company is None:
        raise BadInput("office", "there is no company yet; run hub init or hub demo first")
    office = tx.exec_one(select(Office).where(Office.code == code))
    if office is None:
        calendar = calendar_of(profile, cases)
        office = founding.open_office(
            tx,
            company,
            code,
            profile.name,
            zone=profile.zone.key,
            region=profile.calendar.region.partition("-")[0] or "US",
            calendar=calendar,
            departments=((CENTRE, "Customer service centre"),),
            is_replay=True,
        )
    elif not office.is_replay:
        raise BadInput("office", "%(code)s is a real office; play a file into one of its own", code=code)
    access.office(tx, actor, code, "administer")
    _add_director(tx, company, office)
    orders = _departments(tx, company, office, profile, {case.department for case in cases})
    categories = _categories(tx, company, office, cases, orders)
    return Place(office, orders, categories)


def _add_director(tx: Tx, company: Company, office: Office) -> None:
    if organisation.customer_director(tx, office.id) is None:
        login = f"{office.code.lower()}.director"
        person = founding.add_staff(tx, company, login, f"{office.name}, customer director", office=office)
        founding.give_role(tx, person, "customer_director", company, office)


def _departments(
    tx: Tx, company: Company, office: Office, profile: Profile, named: Iterable[str]
) -> dict[str, Instruction]:
    """The file's departments, each with one supervisor who holds its orders."""
    rows = tx.scalars(select(Department).where(Department.office_id == office.id)).all()
    by_name = {row.name: row for row in rows if not row.is_centre}
    taken = {row.code for row in rows}
    orders: dict[str, Instruction] = {}
    for name in sorted(named):
        department = by_name.get(name or profile.name)
        if department is None:
            code = _code(name or ANY_DEPARTMENT, taken).upper()
            department = founding.add_department(tx, office, code, name or profile.name)
            taken.add(code)
        supervisor = _supervisor(tx, company, office, department)
        orders[name] = Instruction(department, supervisor, chosen_by=BY_FILE)
    return orders


def _supervisor(tx: Tx, company: Company, office: Office, department: Department) -> Staff:
    holding = next(iter(organisation.holders(tx, office.id, "supervisor", department.id)), None)
    if holding is not None:
        return holding
    login = f"{office.code}.{department.code}".lower()
    person = founding.add_staff(tx, company, login, f"{department.name}, supervisor", office=office)
    founding.give_role(tx, person, "supervisor", company, office, department)
    return person


def _categories(
    tx: Tx, company: Company, office: Office, cases: Sequence[Case], orders: Mapping[str, Instruction]
) -> dict[str, str]:
    """The file's words for what a matter is, as the office's own leaves; nobody is called back about them."""
    known = {row.en: row for row in tx.scalars(select(Category).where(Category.office_id == office.id))}
    sent: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        if case.category:
            sent[case.category][case.department] += 1
    taken = set(catalogue.of(tx, office).categories) | {row.code for row in known.values()}
    new = sorted(set(sent) - set(known))
    for name in new:
        code = _code(name, taken)
        taken.add(code)
        usual = max(sorted(sent[name]), key=sent[name].__getitem__)
        known[name] = Category(
            company_id=company.id,
            office_id=office.id,
            code=code,
            group_code="file",
            group_en=office.name,
            en=name,
            kind=KIND,
            department=orders[usual].department.code,
            priority=PRIORITY,
            callback=NEVER,
        )
        tx.add(known[name])
    if new:
        catalogue.changed(tx, company.id)
    return {name: known[name].code for name in sent}


def _code(name: str, taken: set[str]) -> str:
    """A short code of the name, with a bit of its hash where another has the plain one, in any case."""
    plain = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")[:_LONGEST_CODE]
    if plain and plain not in {code.casefold() for code in taken}:
        return plain
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
