"""The company, the office itself, and its departments.

Source: seed 2-1 (structure: the centre above the departments), K7.1 (property types by configuration).
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from hub import clock, founding
from hub.access import Actor
from hub.calendar_data import known_zone
from hub.database import Tx
from hub.errors import BadInput, HubError, NotNow
from hub.orders import OPEN, Order
from hub.organisation import Company, Department, Office, Role
from hub.setup.change import Subject, Values
from hub.setup.checks import Said
from hub.setup.rules import PROPERTY_TYPES

LOCALES = ("en", "zh-Hans", "zh-Hant")
OFFICE_KEY, COMPANY_KEY = "office", "company"
OF_OFFICE = ("name", "property_type", "households", "area_m2", "locale")
MOST = 9_999_999


def departments(tx: Tx, office: Office) -> list[Department]:
    query = select(Department).where(Department.office_id == office.id, col(Department.ended_at).is_(None))
    return list(tx.scalars(query.order_by(col(Department.is_centre).desc(), col(Department.id))))


# --- the office --------------------------------------------------------------


def _read_office(tx: Tx, office: Office, key: str) -> Values | None:
    if key != OFFICE_KEY:
        return None
    return {name: getattr(office, name) for name in OF_OFFICE}


def _check_office(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {
        "name": given.text("name", required=True),
        "property_type": given.one_of("property_type", PROPERTY_TYPES),
        "households": given.whole("households", 0, MOST) or 0,
        "area_m2": given.whole("area_m2", 0, MOST) or 0,
        "locale": given.one_of("locale", LOCALES),
    }
    given.finish()
    return values


def _write_office(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    if values is None:
        raise NotNow("an office is not ended here")
    for name, value in values.items():
        setattr(office, name, value)
    return key


# --- the company -------------------------------------------------------------


def _read_company(tx: Tx, office: Office, key: str) -> Values | None:
    company = tx.get_one(Company, office.company_id)
    if key != COMPANY_KEY:
        return None
    return {"name": company.name, "locale": company.locale, "zone": company.zone}


def _check_company(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {
        "name": given.text("name", required=True),
        "locale": given.one_of("locale", LOCALES),
        "zone": given.text("zone", required=True),
    }
    try:
        known_zone(values["zone"])
    except ValueError:
        given.refuse("zone", HubError("this is not a time zone like Asia/Hong_Kong"))
    given.finish()
    return values


def _write_company(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    if values is None:
        raise NotNow("a company is not ended here")
    company = tx.get_one(Company, office.company_id)
    for name, value in values.items():
        setattr(company, name, value)
    return key


# --- departments -------------------------------------------------------------


def _department(tx: Tx, office: Office, code: str) -> Department | None:
    return tx.exec_one(select(Department).where(Department.office_id == office.id, Department.code == code))


def _read_department(tx: Tx, office: Office, key: str) -> Values | None:
    row = _department(tx, office, key)
    return None if row is None or row.ended_at is not None else {"code": row.code, "name": row.name}


def _check_department(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values: Values = {"code": given.code("code").upper(), "name": given.text("name", required=True)}
    given.finish()
    return values


def _write_department(tx: Tx, actor: Actor, office: Office, key: str, values: Values | None) -> str:
    row = _department(tx, office, key or (values or {})["code"])
    if values is None:
        assert row is not None
        _require_idle(tx, row)
        row.ended_at = clock.now()
        return key
    if key and values["code"] != key:
        raise BadInput("code", "a code stays; matters and rules name it")
    if not key and row is not None and row.ended_at is None:
        raise BadInput("code", "another one has this code")
    if row is None:
        row = founding.add_department(tx, office, values["code"], values["name"])
    row.name, row.ended_at = values["name"], None
    return row.code


def _require_idle(tx: Tx, row: Department) -> None:
    """Raises NotNow while the department has work or people."""
    if row.is_centre:
        raise NotNow("the centre itself is not ended")
    open_orders = select(Order.id).where(Order.department_id == row.id, col(Order.status).in_(OPEN))
    if tx.scalars(open_orders).first() is not None:
        raise NotNow("this department still has open orders")
    people = select(Role.id).where(Role.department_id == row.id, col(Role.ended_at).is_(None))
    if tx.scalars(people).first() is not None:
        raise NotNow("people still work in this department")


OFFICE = Subject("office", OF_OFFICE, _read_office, _check_office, _write_office)
COMPANY = Subject(
    "company",
    ("name", "locale", "zone"),
    _read_company,
    _check_company,
    _write_company,
    step="administer",
    is_company=True,
)
DEPARTMENT = Subject("department", ("code", "name"), _read_department, _check_department, _write_department)
