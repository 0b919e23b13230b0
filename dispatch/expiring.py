"""Certificates that run out: said a month before, a week before and on the day after, each once.

The person's supervisors and the customer director hear, in time to send somebody to the renewal.
Source: seed P4.2.2b, D8 (alert before expiry).
"""

from datetime import date, timedelta
from functools import partial

from sqlmodel import col, or_, select

from hub import clock, events, organisation
from hub.database import Database, Tx
from hub.organisation import FIELD_ROLES, Office, Role, Staff
from hub.papers import Qualification

# days before the last valid day; -1 is the day after it
STEPS = (30, 7, -1)


def tick(database: Database) -> int:
    """Say of every certificate what is due to be said. Answers how many were spoken of."""
    horizon = clock.now().date() + timedelta(days=STEPS[0] + 1)
    due = (
        select(Qualification.id)
        .join(Staff, col(Staff.id) == col(Qualification.staff_id))
        .where(
            col(Qualification.valid_until) <= horizon,
            or_(col(Qualification.warned).is_(None), col(Qualification.warned) > STEPS[-1]),
            col(Staff.ended_at).is_(None),
        )
        .order_by(col(Qualification.valid_until), col(Qualification.id))
    )
    ids = database.read(lambda tx: list(tx.scalars(due)))
    return sum(database.write(partial(_warn, paper_id)) for paper_id in ids)


def _warn(paper_id: int, tx: Tx) -> bool:
    return warn(tx, paper_id)


def warn(tx: Tx, paper_id: int) -> bool:
    """Say that this certificate runs out, when the next step of its warning is due. True when it was said.

    A hub that slept through two steps says one; a certificate that was renewed is not spoken of.
    """
    paper = tx.get_one(Qualification, paper_id, with_for_update=True, populate_existing=True)
    home = _home(tx, paper.staff_id)
    if home is None or paper.valid_until is None:
        return False
    office, department_id = home
    left = (paper.valid_until - _today(office)).days
    step = min((one for one in STEPS if left <= one), default=None)
    if step is None or (paper.warned is not None and paper.warned <= step):
        return False
    paper.warned = step
    if _renewed(tx, paper):
        return False
    person = tx.get_one(Staff, paper.staff_id)
    events.record(
        tx,
        "paper_ends",
        stream=f"office:{office.id}",
        office_id=office.id,
        facts={
            "staff": _hear(tx, office, department_id),
            "person": person.name,
            "certificate": paper.certificate,
            "trade": paper.trade,
            "until": paper.valid_until,
            "days": left,
        },
    )
    return True


def _today(office: Office) -> date:
    return clock.now().astimezone(office.tz).date()


def _home(tx: Tx, staff_id: int) -> tuple[Office, int | None] | None:
    """The office and department in which the person takes orders, else any office where they hold a role."""
    rows = tx.scalars(
        select(Role)
        .where(Role.staff_id == staff_id, col(Role.ended_at).is_(None), col(Role.office_id).is_not(None))
        .order_by(~col(Role.role).in_(FIELD_ROLES), col(Role.id))
    )
    first = rows.first()
    return (tx.get_one(Office, first.office_id), first.department_id) if first else None


def _hear(tx: Tx, office: Office, department_id: int | None) -> list[int]:
    """The supervisors of the department and the customer director."""
    above = organisation.holders(tx, office.id, "supervisor", department_id) if department_id else []
    director = organisation.customer_director(tx, office.id)
    return list(dict.fromkeys(person.id for person in (*above, *([director] if director else ()))))


def _renewed(tx: Tx, paper: Qualification) -> bool:
    longer = select(Qualification.id).where(
        Qualification.staff_id == paper.staff_id,
        Qualification.trade == paper.trade,
        Qualification.id != paper.id,
        or_(col(Qualification.valid_until).is_(None), col(Qualification.valid_until) > paper.valid_until),
    )
    return tx.scalars(longer).first() is not None
