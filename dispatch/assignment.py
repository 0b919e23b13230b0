"""Who: the people of a department who could take an order, best first, each with the reasons.

On duty before off duty, with the skill before without, less work in hand before more. Nobody on duty means
the supervisor decides: an order is never left to nobody.
Source: seed 2-1 remark 3 (直達工作人員), P4.2.2b; domain.md §3.2 (指派).
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from hub import duty, orders, organisation
from hub.catalogue import Category
from hub.database import Tx
from hub.organisation import Department, Office, Staff, StaffSkill


@dataclass(frozen=True)
class Candidate:
    """A person who could take the order, and what speaks for and against."""

    staff: Staff
    is_on_duty: bool
    has_skill: bool
    load: int

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """Sorts best first."""
        return (not self.is_on_duty, not self.has_skill, self.load, self.staff.id)

    def why(self) -> dict[str, Any]:
        return {
            "what": "worker",
            "worker": self.staff.login,
            "name": self.staff.name,
            "on_duty": self.is_on_duty,
            "skill": self.has_skill,
            "load": self.load,
        }


def candidates(tx: Tx, office: Office, department: Department, category: Category | None) -> list[Candidate]:
    """Everybody of the department, best first."""
    people = organisation.field_staff(tx, department.id)
    ids = [person.id for person in people]
    load = orders.open_load(tx, ids)
    present = duty.on_duty(tx, office)
    skilled = _skilled(tx, ids, category)
    found = [
        Candidate(person, person.id in present, person.id in skilled, load.get(person.id, 0))
        for person in people
    ]
    return sorted(found, key=lambda candidate: candidate.rank)


def best(tx: Tx, office: Office, department: Department, category: Category | None) -> Candidate | None:
    """The best of those on duty; None when nobody is, and the supervisor must decide."""
    first = next(iter(candidates(tx, office, department, category)), None)
    return first if first and first.is_on_duty else None


def _skilled(tx: Tx, staff_ids: list[int], category: Category | None) -> set[int]:
    if category is None:
        return set()
    wanted = (category.code, category.group_code)
    return set(
        tx.scalars(
            select(StaffSkill.staff_id).where(
                col(StaffSkill.staff_id).in_(staff_ids), col(StaffSkill.category).in_(wanted)
            )
        )
    )
