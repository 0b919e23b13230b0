"""What a form at the desk offers to choose from: departments and their people, the centre, the categories."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlmodel import col, select

from dispatch import assignment
from dispatch.assignment import Candidate, Job
from hub.access import DESK
from hub.catalogue import Catalogue, Category
from hub.database import Tx
from hub.organisation import Department, Office, Role, Staff
from web.words import Words


@dataclass(frozen=True)
class Choices:
    """Lists to choose from. `hands`: each department with who could take an order, the best first."""

    hands: tuple[tuple[Department, tuple[Candidate, ...]], ...]
    centre: tuple[Staff, ...]
    staff: tuple[Staff, ...]
    book: Catalogue

    @property
    def departments(self) -> list[tuple[str, str]]:
        """(code, name) of those that take orders."""
        return [(department.code, department.name) for department, _ in self.hands]

    def people_of(self, department_id: int) -> tuple[Candidate, ...]:
        """Who of this department could take an order, best first."""
        return next((people for department, people in self.hands if department.id == department_id), ())

    def tree(self, words: Words) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The category tree in the reader's language: (group, [(code, name)])."""
        rows = sorted(self.book.categories.values(), key=lambda row: row.code)
        for _, group in groupby(rows, key=lambda row: row.group_code):
            leaves = list(group)
            yield _group(leaves[0], words), [(leaf.code, leaf.name(words.locale)) for leaf in leaves]


def of(
    tx: Tx, office: Office, book: Catalogue, category: Category | None = None, job: Job | None = None
) -> Choices:
    """What this office has to choose from; people ranked for the job, or for the category alone."""
    wanted = job or Job(category)
    departments = tx.scalars(
        select(Department)
        .where(
            Department.office_id == office.id, col(Department.ended_at).is_(None), ~col(Department.is_centre)
        )
        .order_by(col(Department.id))
    ).all()
    staff = _staff(tx, office)
    return Choices(
        hands=tuple((row, tuple(assignment.bench(tx, office, row).ranked(wanted))) for row in departments),
        centre=tuple({person.id: person for person, role in staff if role in DESK}.values()),
        staff=tuple({person.id: person for person, _ in staff}.values()),
        book=book,
    )


def _staff(tx: Tx, office: Office) -> list[tuple[Staff, str]]:
    rows = tx.execute(
        select(Staff, Role.role)
        .join(Role, col(Role.staff_id) == col(Staff.id))
        .where(Role.office_id == office.id, col(Role.ended_at).is_(None), col(Staff.ended_at).is_(None))
        .order_by(col(Staff.name))
    )
    return [(person, role) for person, role in rows]


def _group(leaf: Category, words: Words) -> str:
    names = {"zh-Hans": leaf.group_zh_hans, "zh-Hant": leaf.group_zh_hant}
    return names.get(words.locale) or leaf.group_en
