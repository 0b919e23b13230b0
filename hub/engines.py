"""How each engine is opened, so that what it says it has written, it has."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.selectable import FromClause

from hub import wal

BUSY_SECONDS = 30
READERS = 8
# kB of pages: the writer's are its own, but eight readers would each keep the same ones the system keeps too
WRITER_CACHE, READER_CACHE = 32_000, 4_000
PG_POOL = 16
# No question of ours is worth a compiler's tenth of a second, and a month is sorted in memory. A page
# named by an index costs little more than the next one: what is asked all day lies in memory.
PG_TOLD = "-c timezone=UTC -c synchronous_commit=on -c jit=off"
PG_TOLD_READERS = " -c work_mem=32MB -c random_page_cost=1.1"
# serialization failure, deadlock: the transaction may simply be run again
PG_COLLISIONS = {"40001", "40P01"}
PG_UNIQUE = "23505"
# Where a second row means that somebody was first: run again, the verb finds the first one's row and
# answers with it, or refuses in its own words. Any other double is a fault and is shown as one.
SOMEBODY_WAS_FIRST = {
    "pk_stream_head",
    "uq_event_stream_seq",
    "uq_ticket_external",
    "uq_contact_point_company_id_value",
    "pk_follower",
    "pk_link",
    "uq_delivery_event_id_person_step",
    "uq_delivery_ref",
    "uq_push_subscription_endpoint",
    "uq_question_one_open",
    "uq_phone_call_sid",
    "pk_set_aside",
    "uq_role_one_customer_director",
    "uq_staff_login",
    "uq_office_code",
    "uq_office_prefix",
}


def writing(url: URL) -> Engine:
    """The engine that writes: one connection on SQLite, a pool on PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, begin="BEGIN IMMEDIATE", pool=1, read_only=False)
    return _postgres(url, read_only=False)


def reading(url: URL) -> Engine:
    """The engine that only reads; a write through it is refused by the database itself."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, begin="BEGIN", pool=READERS, read_only=True)
    return _postgres(url, read_only=True)


def is_collision(failed: DBAPIError) -> bool:
    """Whether this failure only means that another transaction was faster."""
    state = getattr(failed.orig, "sqlstate", None)
    if state == PG_UNIQUE:
        diagnosis = getattr(failed.orig, "diag", None)
        return getattr(diagnosis, "constraint_name", None) in SOMEBODY_WAS_FIRST
    return state in PG_COLLISIONS


def failure(dialect: Dialect, said: str, failed: Exception) -> DBAPIError:
    """What a driver raised, as SQLAlchemy would raise it, without what customers said."""
    driver: Any = dialect.dbapi
    made = DBAPIError.instance(said, None, failed, driver.Error, hide_parameters=True, dialect=dialect)
    return cast(DBAPIError, made)


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """What is sent meanwhile PostgreSQL answers for at the end, all at once: nobody waits for each of it.

    SQLite answers at once anyhow. Raises DBAPIError. How many rows were met is not known before the end.
    """
    dialect = connection.dialect
    if dialect.name == "sqlite":
        yield
        return
    driver, errors = cast(Any, connection.connection.dbapi_connection), cast(Any, dialect.dbapi)
    try:
        with driver.pipeline():
            yield
    except errors.Error as failed:
        raise failure(dialect, "what was sent together", failed) from failed


class _Hinted(SQLiteCompiler):
    """Writes the hints of a selection (INDEXED BY), which SQLAlchemy leaves out for SQLite."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


def _sqlite(url: URL, begin: str, pool: int, read_only: bool) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # a failure is logged, what a customer said is not
        poolclass=QueuePool,
        pool_size=pool,
        max_overflow=0 if not read_only else 2 * READERS,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    engine.dialect.statement_compiler = _Hinted

    @event.listens_for(engine, "connect")
    def _open(connection: sqlite3.Connection, _: Any) -> None:
        # The driver's own BEGIN is a deferred one, which cannot wait when a read turns into a write.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"query_only={'ON' if read_only else 'OFF'}",
            f"cache_size=-{READER_CACHE if read_only else WRITER_CACHE}",
            f"wal_autocheckpoint={wal.LONGEST}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres(url: URL, read_only: bool) -> Engine:
    told = PG_TOLD + (PG_TOLD_READERS if read_only else "")
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=PG_POOL,
        max_overflow=PG_POOL,
        pool_pre_ping=True,
        connect_args={"options": told},
        execution_options={
            "isolation_level": "REPEATABLE READ" if read_only else "READ COMMITTED",
            "postgresql_readonly": read_only,
        },
    )
    return engine
