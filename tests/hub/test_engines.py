"""Which failures mean only that somebody was first, and which are faults."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.exc import IntegrityError, OperationalError

from hub import engines, tables


@dataclass
class Diagnosis:
    constraint_name: str | None


class Failed(Exception):
    """What a PostgreSQL driver raises: a state, and the constraint where there is one."""

    def __init__(self, sqlstate: str, constraint: str | None = None) -> None:
        super().__init__(sqlstate)
        self.sqlstate, self.diag = sqlstate, Diagnosis(constraint)


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_serialization_failure_and_a_deadlock_are_collisions(state: str) -> None:
    assert engines.is_collision(OperationalError("UPDATE", {}, Failed(state)))


@pytest.mark.parametrize("name", sorted(engines.SOMEBODY_WAS_FIRST))
def test_a_double_where_somebody_was_first_is_a_collision(name: str) -> None:
    assert engines.is_collision(IntegrityError("INSERT", {}, Failed("23505", name)))


@pytest.mark.parametrize(
    ("state", "name"),
    [("23505", "uq_ticket_number"), ("23505", None), ("23503", "fk_role_staff_id"), ("23514", None)],
)
def test_any_other_broken_constraint_is_a_fault(state: str, name: str | None) -> None:
    assert not engines.is_collision(IntegrityError("INSERT", {}, Failed(state, name)))


def test_an_error_of_sqlite_is_never_a_collision() -> None:
    assert not engines.is_collision(IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed")))


def test_every_constraint_where_somebody_may_be_first_is_one_of_our_tables() -> None:
    there: set[str] = set()
    for table in tables.ALL:
        there.add(f"pk_{table.name}")
        there.update(str(index.name) for index in table.indexes if isinstance(index, Index) and index.unique)
        there.update(str(rule.name) for rule in table.constraints if isinstance(rule, UniqueConstraint))
    assert there >= engines.SOMEBODY_WAS_FIRST
