"""Who works here: company, offices, departments, staff with their roles, skills and qualifications.

Source: seed 2-1 (structure), 2-7 (small offices: one person, several roles), P4.2.2b (qualifications).
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import Data, Moment, only_where
from hub.database import Tx
from hub.errors import BadInput, NotFound

ROLES = (
    "admin",
    "director",
    "customer_director",
    "clerk",
    "cashier",
    "supervisor",
    "worker",
    "guard",
    "quality",
    "leader",
)
# Roles held for a whole company rather than in one office.
COMPANY_ROLES = ("quality", "leader")
FIELD_ROLES = ("worker", "guard")


class Company(SQLModel, table=True):
    """The property company. `settings_version` moves when a catalogue changes, so caches are dropped."""

    id: int = Field(default=None, primary_key=True)
    name: str
    locale: str = "en"
    zone: str = "UTC"
    salt: str
    settings_version: int = 1
    created_at: datetime = Field(sa_type=Moment)


class Office(SQLModel, table=True):
    """A property management office (管理處): one estate, one customer service centre.

    `prefix` opens every ticket number; `calendar` is the office's WorkingCalendar as data; `clocks` says
    which calendar each priority runs on; `is_demo` and `is_replay` keep invented and imported matters out
    of what a real office learns from.
    """

    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    code: str = Field(unique=True)
    prefix: str = Field(unique=True)
    name: str
    zone: str
    locale: str
    region: str
    property_type: str = "residential"
    households: int = 0
    area_m2: int = 0
    calendar: dict[str, Any] = Field(sa_type=Data)
    clocks: dict[str, Any] = Field(sa_type=Data)
    policy: dict[str, Any] = Field(sa_type=Data)
    is_demo: bool = False
    is_replay: bool = False
    created_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class OfficeCounter(SQLModel, table=True):
    """The next free ticket number of an office, apart from the office row so that intakes do not lock it."""

    __tablename__ = "office_counter"
    office_id: int = Field(primary_key=True, foreign_key="office.id")
    upcoming: int = 1


class Department(SQLModel, table=True):
    """A department of an office (工程部, 保安部 …); the centre itself is one (`is_centre`)."""

    __table_args__ = (Index("uq_department_office_id_code", "office_id", "code", unique=True),)
    id: int = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    code: str
    name: str
    is_centre: bool = False
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Staff(SQLModel, table=True):
    """A person who works for the company. Ends, is never deleted."""

    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    login: str = Field(unique=True)
    name: str
    staff_no: str = ""
    phone: str = ""
    email: str = ""
    locale: str = ""
    password_hash: str = ""
    created_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Role(SQLModel, table=True):
    """A role held by a person in an office (or in the whole company), from when to when.

    An office has one active customer director at most (seed 2-1: 客戶主任 1 名); the index makes it so.
    """

    __table_args__ = (
        Index(
            "uq_role_one_customer_director",
            "office_id",
            unique=True,
            **only_where("role = 'customer_director' AND ended_at IS NULL"),
        ),
    )
    id: int = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    role: str
    office_id: int | None = Field(default=None, foreign_key="office.id", index=True)
    department_id: int | None = Field(default=None, foreign_key="department.id", index=True)
    since: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class StaffSkill(SQLModel, table=True):
    """What a person can do: a group of the category tree ("01" water & drainage) or one leaf of it."""

    __tablename__ = "staff_skill"
    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    category: str = Field(primary_key=True)


def office_by_code(tx: Tx, code: str) -> Office:
    """The office with this code. Raises NotFound."""
    office = tx.exec_one(select(Office).where(Office.code == code))
    if office is None:
        raise NotFound("there is no such office")
    return office


def department(tx: Tx, office_id: int, code: str) -> Department | None:
    """The running department with this code in the office, if there is one."""
    return tx.exec_one(
        select(Department).where(
            Department.office_id == office_id, Department.code == code, col(Department.ended_at).is_(None)
        )
    )


def centre(tx: Tx, office_id: int) -> Department:
    """The customer service centre of the office (客戶服務中心)."""
    return tx.scalars(
        select(Department).where(Department.office_id == office_id, col(Department.is_centre))
    ).one()


def holders(tx: Tx, office_id: int, role: str, department_id: int | None = None) -> list[Staff]:
    """Who holds this role now in the office (or in one of its departments), longest-serving first."""
    query = (
        select(Staff)
        .join(Role, col(Role.staff_id) == col(Staff.id))
        .where(
            Role.role == role,
            Role.office_id == office_id,
            col(Role.ended_at).is_(None),
            col(Staff.ended_at).is_(None),
        )
        .order_by(col(Role.since), col(Role.id))
    )
    if department_id is not None:
        query = query.where(Role.department_id == department_id)
    return list(tx.scalars(query))


def company_holders(tx: Tx, company_id: int, role: str) -> list[Staff]:
    """Who holds this role for the whole company, longest-serving first."""
    return list(
        tx.scalars(
            select(Staff)
            .join(Role, col(Role.staff_id) == col(Staff.id))
            .where(
                Role.role == role,
                col(Role.office_id).is_(None),
                Staff.company_id == company_id,
                col(Role.ended_at).is_(None),
                col(Staff.ended_at).is_(None),
            )
            .order_by(col(Role.since), col(Role.id))
        )
    )


def customer_director(tx: Tx, office_id: int) -> Staff | None:
    """The one customer director; in a small office the director is both (seed 2-7)."""
    return next(iter(holders(tx, office_id, "customer_director") or holders(tx, office_id, "director")), None)


def leaders(tx: Tx, company_id: int) -> list[Staff]:
    """The company's leaders (公司領導), longest-serving first."""
    return list(
        tx.scalars(
            select(Staff)
            .join(Role, col(Role.staff_id) == col(Staff.id))
            .where(
                Role.role == "leader",
                col(Role.ended_at).is_(None),
                Staff.company_id == company_id,
                col(Staff.ended_at).is_(None),
            )
            .order_by(col(Role.since), col(Role.id))
        )
    )


def field_staff(tx: Tx, department_id: int) -> list[Staff]:
    """Those who may be sent an order of this department: its workers, guards and supervisors."""
    return list(
        tx.scalars(
            select(Staff)
            .join(Role, col(Role.staff_id) == col(Staff.id))
            .where(
                Role.department_id == department_id,
                col(Role.role).in_((*FIELD_ROLES, "supervisor")),
                col(Role.ended_at).is_(None),
                col(Staff.ended_at).is_(None),
            )
            .distinct()
            .order_by(col(Staff.id))
        )
    )


def departments_of(tx: Tx, office_id: int, staff_id: int) -> list[Department]:
    """The departments of the office in which this person takes orders."""
    return list(
        tx.scalars(
            select(Department)
            .join(Role, col(Role.department_id) == col(Department.id))
            .where(
                Role.staff_id == staff_id,
                col(Role.role).in_((*FIELD_ROLES, "supervisor")),
                col(Role.ended_at).is_(None),
                Department.office_id == office_id,
            )
            .distinct()
            .order_by(col(Department.id))
        )
    )


def staff_by_login(tx: Tx, company_id: int, login: str) -> Staff | None:
    """The person with this log-in, still with the company."""
    return tx.exec_one(
        select(Staff).where(
            Staff.login == login, Staff.company_id == company_id, col(Staff.ended_at).is_(None)
        )
    )


def grant(
    tx: Tx, staff: Staff, role: str, office: Office | None = None, department: Department | None = None
) -> Role:
    """Give a person a role. Raises BadInput for an unknown role or a second customer director."""
    if role not in ROLES:
        raise BadInput("role", "there is no such role")
    if office is None and role not in (*COMPANY_ROLES, "admin"):
        raise BadInput("office", "this role is held in one office")
    if role == "customer_director" and office and holders(tx, office.id, role):
        raise BadInput("role", "this office already has its customer director")
    row = Role(
        staff_id=staff.id,
        role=role,
        office_id=office.id if office else None,
        department_id=department.id if department else None,
        since=clock.now(),
    )
    tx.add(row)
    tx.flush()
    return row
