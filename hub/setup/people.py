"""The people of an office: taken on, given roles, described, and given a new way to sign in.

Who administers an office looks after those who work there; who holds a role elsewhere too is looked after
by whoever administers every one of those offices, so that nobody gains a role by way of a colleague.
Leaving and the end of a role are `dispatch.leaving`: what somebody had in hand goes to somebody.
Source: seed 2-1 (structure), 2-7 (several roles), K1.2 (one customer director), P3.2 (rights by duty).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, or_, select

from hub import access, catalogue, clock, contacts, founding, organisation
from hub.access import Actor
from hub.credentials import Session, Token
from hub.database import Tx
from hub.errors import BadInput, Forbidden, HubError, NotFound, NotNow
from hub.estate import Building
from hub.organisation import COMPANY_ROLES, FIELD_ROLES, ROLES, Company, Office, Role, Staff, StaffSkill
from hub.roster import StaffArea
from hub.setup import rights
from hub.setup.change import Subject, Values
from hub.setup.checks import Said

STEP = "administer"
LOCALES = ("", "en", "zh-Hans", "zh-Hant")
OF_DEPARTMENT = (*FIELD_ROLES, "supervisor")
FIELDS = ("name", "staff_no", "phone", "email", "locale", "skills", "areas")


def of_office(tx: Tx, office: Office) -> list[Staff]:
    """Everybody who holds a role in this office or in the whole company, by name."""
    query = (
        select(Staff)
        .join(Role, col(Role.staff_id) == col(Staff.id))
        .where(
            Staff.company_id == office.company_id,
            or_(col(Role.office_id) == office.id, col(Role.office_id).is_(None)),
            col(Role.ended_at).is_(None),
            col(Staff.ended_at).is_(None),
        )
    )
    return list(tx.scalars(query.distinct().order_by(col(Staff.name), col(Staff.id))))


def roles_of(tx: Tx, person: Staff) -> list[Role]:
    """The roles this person holds now, wherever."""
    query = select(Role).where(Role.staff_id == person.id, col(Role.ended_at).is_(None))
    return list(tx.scalars(query.order_by(col(Role.since), col(Role.id))))


def add(tx: Tx, actor: Actor, office_code: str, said: Mapping[str, Any]) -> Staff:
    """Take a person on with a first role. Raises BadInput naming every bad field, Forbidden, NotFound."""
    office = rights.office_to_set_up(tx, actor, office_code, STEP)
    given = Said(said)
    login, role = given.code("login"), given.one_of("role", ROLES)
    values = _checked(tx, office, given)
    if tx.exec_one(select(Staff.id).where(Staff.login == login)) is not None:
        given.refuse("login", HubError("this log-in is taken"))
    given.finish()
    company = tx.get_one(Company, office.company_id)
    plain = {name: values[name] for name in ("phone", "email", "staff_no", "locale")}
    person = founding.add_staff(
        tx, company, login, values["name"], office=office, by_id=actor.staff_id, **plain
    )
    _put_lists(tx, office, person, values)
    _grant(tx, actor, office, person, role, given.text("department"))
    return person


def grant(tx: Tx, actor: Actor, office_code: str, login: str, role: str, department: str = "") -> None:
    """Give a person of this office a further role.

    Raises BadInput for one they hold, a second customer director, or a field role without its department;
    Forbidden for a role of the whole company where the actor does not administer all of it.
    """
    office = rights.office_to_set_up(tx, actor, office_code, STEP)
    _grant(tx, actor, office, access.colleague(tx, actor, login, office.id), role, department)


def reset_sign_in(tx: Tx, actor: Actor, office_code: str, login: str, password_hash: str) -> None:
    """Give a person another password; every browser and program signed in as them is out at once.

    Raises Forbidden when the person holds a role that the actor does not administer.
    """
    office = rights.office_to_set_up(tx, actor, office_code, STEP)
    person = access.colleague(tx, actor, login, office.id)
    _require_all(tx, actor, person)
    person.password_hash = password_hash
    tx.connection().execute(delete(Session).where(col(Session.staff_id) == person.id))
    running = (col(Token.staff_id) == person.id) & col(Token.ended_at).is_(None)
    tx.connection().execute(update(Token).where(running).values(ended_at=clock.now()))
    founding.record(tx, "sign_in_reset", office, actor.staff_id, staff=person.id)


# --- inside ------------------------------------------------------------------


def _grant(tx: Tx, actor: Actor, office: Office, person: Staff, role: str, department: str) -> None:
    company = tx.get_one(Company, office.company_id)
    where = None if role in COMPANY_ROLES else office
    if where is None and not rights.administers_company(tx, actor, company.id):
        raise Forbidden("this is set for the whole company, by who administers all of it")
    unit = organisation.department(tx, office.id, department) if department else None
    if role in OF_DEPARTMENT and unit is None:
        raise BadInput("department", "say in which department")
    unit = unit if role in OF_DEPARTMENT or role == "cashier" else None
    held = [(one.role, one.office_id, one.department_id) for one in roles_of(tx, person)]
    if (role, where.id if where else None, unit.id if unit else None) in held:
        raise BadInput("role", "%(name)s holds this role already", name=person.name)
    founding.give_role(tx, person, role, company, where, unit, by_id=actor.staff_id)


def _require_all(tx: Tx, actor: Actor, person: Staff) -> None:
    """Raises Forbidden unless the actor administers wherever the person holds a role."""
    for role in roles_of(tx, person):
        if role.office_id is not None:
            actor.require(STEP, role.office_id)
        elif not rights.administers_company(tx, actor, person.company_id):
            raise Forbidden("this person holds a role in the whole company; who administers that does this")


def _person(tx: Tx, office: Office, login: str) -> Staff | None:
    return next((one for one in of_office(tx, office) if one.login == login), None)


def _read(tx: Tx, office: Office, login: str) -> Values | None:
    person = _person(tx, office, login)
    if person is None:
        return None
    skills = tx.scalars(select(StaffSkill.category).where(StaffSkill.staff_id == person.id))
    areas = tx.scalars(
        select(Building.code)
        .join(StaffArea, col(StaffArea.building_id) == col(Building.id))
        .where(StaffArea.staff_id == person.id, Building.office_id == office.id)
    )
    plain = {name: getattr(person, name) for name in ("name", "staff_no", "phone", "email", "locale")}
    return plain | {"skills": sorted(skills), "areas": sorted(areas)}


def _check(tx: Tx, office: Office, said: Mapping[str, Any]) -> Values:
    given = Said(said)
    values = _checked(tx, office, given)
    given.finish()
    return values


def _checked(tx: Tx, office: Office, given: Said) -> Values:
    book = catalogue.of(tx, office).categories.values()
    work = {one.code for one in book} | {one.group_code for one in book}
    buildings = tx.scalars(select(Building.code).where(Building.office_id == office.id)).all()
    values: Values = {
        "name": given.text("name", required=True),
        "staff_no": given.text("staff_no"),
        "phone": given.text("phone"),
        "email": given.text("email"),
        "locale": given.one_of("locale", LOCALES),
        "skills": sorted(given.several("skills", work)),
        "areas": sorted(given.several("areas", buildings)),
    }
    if values["phone"] and not contacts.is_phone(values["phone"]):
        given.refuse("phone", HubError("this has no digits of a phone number"))
    if values["email"] and "@" not in values["email"].strip("@"):
        given.refuse("email", HubError("this is not a mail address"))
    return values


def _write(tx: Tx, actor: Actor, office: Office, login: str, values: Values | None) -> str:
    person = _person(tx, office, login)
    if person is None:
        raise NotFound("there is no such person in this office")
    if values is None:
        raise NotNow("a person leaves; say who takes over what they have in hand")
    _require_all(tx, actor, person)
    for name in ("name", "staff_no", "phone", "email", "locale"):
        setattr(person, name, values[name])
    _put_lists(tx, office, person, values)
    return login


def _put_lists(tx: Tx, office: Office, person: Staff, values: Values) -> None:
    """The skills and the buildings looked after, exactly these; areas in other offices are left alone."""
    here = select(Building).where(Building.office_id == office.id)
    buildings = {one.code: one.id for one in tx.scalars(here)}
    wanted = {buildings[code] for code in values["areas"]}
    for skill in tx.scalars(select(StaffSkill).where(StaffSkill.staff_id == person.id)).all():
        if skill.category not in values["skills"]:
            tx.delete(skill)
    for area in tx.scalars(select(StaffArea).where(StaffArea.staff_id == person.id)).all():
        if area.building_id in set(buildings.values()) - wanted:
            tx.delete(area)
    for code in values["skills"]:
        tx.merge(StaffSkill(staff_id=person.id, category=code))
    for building_id in wanted:
        tx.merge(StaffArea(staff_id=person.id, building_id=building_id))
    tx.flush()


def _about(tx: Tx, office: Office, login: str) -> int | None:
    person = _person(tx, office, login)
    return person.id if person else None


STAFF = Subject(
    "staff",
    FIELDS,
    _read,
    _check,
    _write,
    personal=frozenset({"name", "staff_no", "phone", "email"}),
    about=_about,
    step=STEP,
)
