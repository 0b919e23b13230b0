"""Who is on duty (值班): weekly shifts, and the absences that break them."""

from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Field, SQLModel, col, select

from hub import clock
from hub.columns import Moment
from hub.database import Tx
from hub.organisation import Office


class Duty(SQLModel, table=True):
    """A weekly shift from `starts` to `ends`, minutes of the local day; past 1440 it runs into the next."""

    id: int = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    weekday: int
    starts: int
    ends: int
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class Absence(SQLModel, table=True):
    """Leave, illness, training: the person is not on duty between these two moments; who stands in."""

    id: int = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    reason: str = ""
    stand_in_id: int | None = Field(default=None, foreign_key="staff.id", index=True)


def on_duty(tx: Tx, office: Office, at: datetime | None = None) -> set[int]:
    """The ids of the staff who are on duty in the office at this moment (now)."""
    moment = at or clock.now()
    local = moment.astimezone(office.tz)
    minute = local.hour * 60 + local.minute
    shifts = select(Duty.staff_id).where(
        Duty.office_id == office.id,
        col(Duty.ended_at).is_(None),
        or_(
            (col(Duty.weekday) == local.weekday()) & (col(Duty.starts) <= minute) & (col(Duty.ends) > minute),
            (col(Duty.weekday) == (local - timedelta(days=1)).weekday()) & (col(Duty.ends) > minute + 1440),
        ),
    )
    absent = select(Absence.staff_id).where(col(Absence.starts_at) <= moment, col(Absence.ends_at) > moment)
    return set(tx.scalars(shifts)) - set(tx.scalars(absent))
