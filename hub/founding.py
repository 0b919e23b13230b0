"""Found a company, open an office with its departments, take on staff: what `hub init` and `hub demo` do."""

import secrets
from collections.abc import Iterable
from datetime import time
from typing import Any

from sqlmodel import select

from hub import clock, defaults, events, numbers, organisation
from hub.calendars import WorkingCalendar
from hub.catalogue import CLOCKS
from hub.database import Tx
from hub.errors import BadInput
from hub.organisation import Company, Department, Office, OfficeCounter, Staff
from hub.public_holidays import public_holidays

CENTRE = "CSC"
# domain.md §3.3 and house.md: three tries, a letter, a week; thirty in a hundred; a week to reopen
POLICY: dict[str, Any] = {
    "reopen_days": 7,
    "callback_share": 30,
    "callback_tries": 3,
    "letter_days": 7,
    "quiet": ["22:00", "07:00"],
    "triage_p": 0.6,
    "triage_margin": 0.2,
    "hold_reasons": {
        "material": True,
        "customer": True,
        "third_party": True,
        "weather": True,
        "appointment": True,
        "staffing": False,
        "other": False,
    },
}
OPENS = (time(9), time(18))
HOLIDAYS_AHEAD = 3


def found_company(tx: Tx, name: str, locale: str, zone: str) -> Company:
    """The company with its category tree. Raises BadInput when there is one already."""
    if tx.scalars(select(Company.id)).first() is not None:
        raise BadInput("company", "this database has its company already")
    company = Company(name=name, locale=locale, zone=zone, salt=secrets.token_hex(16), created_at=clock.now())
    tx.add(company)
    tx.flush()
    defaults.add_categories(tx, company)
    return company


def the_company(tx: Tx) -> Company | None:
    """The company of this database, when it has been founded."""
    return tx.scalars(select(Company)).first()


def open_office(
    tx: Tx,
    company: Company,
    code: str,
    name: str,
    *,
    zone: str = "",
    locale: str = "",
    region: str = "CN",
    holidays_of: str = "",
    calendar: WorkingCalendar | None = None,
    departments: Iterable[tuple[str, str]] | None = None,
    is_demo: bool = False,
    is_replay: bool = False,
) -> Office:
    """An office with its departments, rules and ladder, open Monday to Friday nine to six unless said.

    The departments are those of the seed, in the office's language, unless they are given as (code, name).
    `region` is the country its local phone numbers belong to (ISO 3166); `holidays_of` a region known to
    `public_holidays`. Raises BadInput when the code is taken.
    """
    if tx.exec_one(select(Office).where(Office.code == code)) is not None:
        raise BadInput("code", "there is an office with this code")
    zone = zone or company.zone
    office = Office(
        company_id=company.id,
        code=code,
        prefix=numbers.free_prefix(tx),
        name=name,
        zone=zone,
        locale=locale or company.locale,
        region=region,
        calendar=(calendar or office_hours(zone, holidays_of)).to_data(),
        clocks=dict(CLOCKS),
        policy=dict(POLICY),
        is_demo=is_demo,
        is_replay=is_replay,
        created_at=clock.now(),
    )
    tx.add(office)
    tx.flush()
    tx.add(OfficeCounter(office_id=office.id))
    for department_code, department_name in departments or departments_in(office.locale):
        add_department(tx, office, department_code, department_name)
    defaults.add_rules(tx, office)
    record(tx, "office_opened", office, None, code=code)
    return office


def departments_in(*locales: str) -> list[tuple[str, str]]:
    """The departments of an office as (code, name), the name in these languages one after the other.

    Source: seed 2-1 (F1): the centre above the departments; finance under the office director.
    """
    rows = defaults.rows("departments")
    return [(row["code"], " ".join(row[one] for one in locales)) for row in rows]


def office_hours(zone: str, holidays_of: str) -> WorkingCalendar:
    """Monday to Friday, nine to six, closed on the region's public holidays from last year on."""
    this_year = clock.now().year
    years = range(this_year - 1, this_year + HOLIDAYS_AHEAD)
    holidays, workdays = public_holidays(holidays_of, years)
    hours = WorkingCalendar.weekly(zone, *OPENS)
    return WorkingCalendar(zone, hours.hours, holidays, workdays)


def add_department(tx: Tx, office: Office, code: str, name: str) -> Department:
    """A department of the office; the one with the centre's code is the centre."""
    row = Department(office_id=office.id, code=code, name=name, is_centre=code == CENTRE)
    tx.add(row)
    tx.flush()
    return row


def add_staff(
    tx: Tx,
    company: Company,
    login: str,
    name: str,
    *,
    password_hash: str = "",
    phone: str = "",
    email: str = "",
    staff_no: str = "",
    locale: str = "",
    by_id: int | None = None,
    office: Office | None = None,
) -> Staff:
    """A new member of the staff. Raises BadInput when the log-in is taken."""
    if tx.exec_one(select(Staff).where(Staff.login == login)) is not None:
        raise BadInput("login", "this log-in is taken")
    person = Staff(
        company_id=company.id,
        login=login,
        name=name,
        staff_no=staff_no,
        phone=phone,
        email=email,
        locale=locale,
        password_hash=password_hash,
        created_at=clock.now(),
    )
    tx.add(person)
    tx.flush()
    events.record(
        tx,
        "staff_added",
        stream=stream_of(company, office),
        office_id=office.id if office else None,
        by_id=by_id,
        words={"name": name, "login": login},
        facts={"staff": person.id},
    )
    return person


def give_role(
    tx: Tx,
    staff: Staff,
    role: str,
    company: Company,
    office: Office | None = None,
    department: Department | None = None,
    by_id: int | None = None,
) -> None:
    """Grant a role, on record. Raises BadInput like `organisation.grant`."""
    organisation.grant(tx, staff, role, office, department)
    events.record(
        tx,
        "role_granted",
        stream=stream_of(company, office),
        office_id=office.id if office else None,
        by_id=by_id,
        facts={"staff": staff.id, "role": role, "department": department.id if department else None},
    )


def stream_of(company: Company, office: Office | None) -> str:
    """The stream of an office's settings and staff, or of the company's."""
    return f"office:{office.id}" if office else f"company:{company.id}"


def record(tx: Tx, kind: str, office: Office, by_id: int | None, **facts: Any) -> None:
    """Append one fact to the office's stream."""
    events.record(tx, kind, stream=f"office:{office.id}", office_id=office.id, by_id=by_id, facts=facts)
