"""Which failures mean only that somebody was first, and which are faults."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Index, UniqueConstraint, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col

from hub import clock, engines, tables
from hub.statistics import judging
from hub.tickets import Ticket
from tests.house import House


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


def test_a_hint_is_written_where_sqlite_reads_it(house: House) -> None:
    """SQLAlchemy leaves it out without a word, and every ticket there ever was is gone through."""
    hinted = select(col(Ticket.id)).with_hint(Ticket, "INDEXED BY ix_ticket_queue", "sqlite")
    with house.database.connection() as connection:
        assert "FROM ticket INDEXED BY ix_ticket_queue" in str(hinted.compile(connection))


def test_what_is_open_is_found_by_its_queue(house: House) -> None:
    open_ones = select(judging.open_ids([1, 2], clock.now()).c.id)
    with house.database.connection() as connection:
        compiled = open_ones.compile(connection, compile_kwargs={"literal_binds": True})
        plan = [step[3] for step in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
    assert "SEARCH ticket USING INDEX ix_ticket_queue (office_id=? AND status=?)" in plan
    assert not [step for step in plan if step.startswith("SCAN ticket")]
