"""Column kinds shared by all tables, and the one metadata they stand in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, TextClause, TypeDecorator, text
from sqlmodel import SQLModel

# Named constraints, so that a migration can find them again on both engines.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows only in an INTEGER column; PostgreSQL needs 64 bits for the long tables.
BigKey = BigInteger().with_variant(Integer, "sqlite")
Data = JSON(none_as_null=True)
LENGTH = len("2026-03-03 02:00:00.000000")  # of a moment in SQLite


def only_where(clause: str | TextClause) -> dict[str, Any]:
    """What makes an index one of few rows alone, on both engines: `Index(name, column, **only_where(…))`."""
    said = text(clause) if isinstance(clause, str) else clause
    return {"sqlite_where": said, "postgresql_where": said}


class Moment(TypeDecorator[datetime]):
    """An instant: timezone-aware UTC in Python, on both engines. A naive one is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """On SQLite past SQLAlchemy's own, which takes the moment apart field by field: dozens a matter."""
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _written(value: datetime | None) -> str | None:
    """The text SQLAlchemy keeps a time as in SQLite."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value}")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:LENGTH]


def _read(value: str | None) -> datetime | None:
    if value is None:
        return None
    if len(value) == LENGTH:
        return datetime.fromisoformat(f"{value}+00:00")
    moment = datetime.fromisoformat(value)  # somebody else wrote it
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
