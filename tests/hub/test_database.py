"""The two doors: what `write` promises when it returns, what `read` can never do, who shares a commit."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import select

from hub import clock, engines
from hub.bell import Topics
from hub.database import Database, Tx
from hub.errors import NotNow
from hub.leases import Lease
from hub.organisation import Role
from hub.writer import GATHER

AT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
PATIENCE = 20  # seconds a test waits for another thread before it fails


class Gate:
    """Holds every commit of a database until it is opened."""

    def __init__(self, database: Database) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        event.listen(database.engine(), "commit", self._hold)

    def _hold(self, _: Connection) -> None:
        self.reached.set()
        assert self.opened.wait(PATIENCE)


def put(name: str) -> Callable[[Tx], str]:
    """A write of one row."""

    def fn(tx: Tx) -> str:
        tx.add(Lease(name=name, holder="test", until=AT))
        tx.tell("leases")
        tx.flush()
        return name

    return fn


def names(database: Database) -> set[str]:
    return database.read(lambda tx: set(tx.scalars(select(Lease.name))))


def commits_of(engine: Engine) -> list[int]:
    """A running count of the commits on this engine."""
    count = [0]

    @event.listens_for(engine, "commit")
    def one_more(_: Connection) -> None:
        count[0] += 1

    return count


def behind_the_gate(
    database: Database, gate: Gate, pool: ThreadPoolExecutor, fns: list[Callable[[Tx], Any]]
) -> list[Future[Any]]:
    """The first write stands in its commit; these wait behind it and will share the next one."""
    first = pool.submit(database.write, put("first"))
    assert gate.reached.wait(PATIENCE)
    waiting = [pool.submit(database.write, fn) for fn in fns]
    assert database._writer
    while database._writer.waiting < len(fns):
        threading.Event().wait(0.005)
    gate.opened.set()
    first.result(PATIENCE)
    return waiting


def say_how_it_writes(tx: Tx) -> dict[str, Any]:
    if tx.database.is_sqlite:
        pragmas = ("synchronous", "journal_mode", "foreign_keys", "query_only")
        return {name: tx.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas}
    shown = ("synchronous_commit", "transaction_read_only", "TimeZone")
    return {name: tx.execute(text(f"SHOW {name}")).scalar() for name in shown}


def test_every_pooled_connection_makes_durable_what_it_says_it_wrote(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    for door, count, is_reader in (
        (database.read, engines.READERS, True),
        (database.write, 1 if database.is_sqlite else engines.PG_POOL, False),
    ):
        together = threading.Barrier(count)

        def look(tx: Tx, together: threading.Barrier = together) -> dict[str, Any]:
            said = say_how_it_writes(tx)
            together.wait(PATIENCE)  # so that each looks through a connection of its own
            return said

        said = list(pool.map(door, [look] * count))
        if database.is_sqlite:
            wanted = {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1, "query_only": is_reader}
        else:
            read_only = "on" if is_reader else "off"
            wanted = {"synchronous_commit": "on", "transaction_read_only": read_only, "TimeZone": "UTC"}
        assert said == [wanted] * count


def test_a_reader_is_refused_a_write_by_the_engine(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        database.read(put("sneaked in"))
    assert names(database) == set()


def test_a_reader_sees_one_view_from_its_beginning_to_its_end(database: Database) -> None:
    def look(tx: Tx) -> list[int]:
        count = select(func.count()).select_from(Lease)
        before = tx.scalars(count).one()
        writer = threading.Thread(target=database.write, args=(put("meanwhile"),))
        writer.start()
        writer.join(PATIENCE)
        return [before, tx.scalars(count).one()]

    assert database.read(look) == [0, 0]
    assert names(database) == {"meanwhile"}


def test_a_row_without_its_parent_is_refused_by_both_engines(database: Database) -> None:
    def orphan(tx: Tx) -> None:
        tx.add(Role(staff_id=999_999, role="clerk", since=AT))

    with pytest.raises(IntegrityError):
        database.write(orphan)


def test_a_write_has_not_returned_while_its_commit_stands(
    database: Database, pool: ThreadPoolExecutor
) -> None:
    gate = Gate(database)
    said = pool.submit(database.write, put("held"))
    assert gate.reached.wait(PATIENCE)
    threading.Event().wait(0.2)
    assert not said.done()
    assert names(database) == set()
    gate.opened.set()
    assert said.result(PATIENCE) == "held"
    assert names(database) == {"held"}


def test_waiting_writes_share_one_commit(sqlite: Database, pool: ThreadPoolExecutor) -> None:
    commits, gate = commits_of(sqlite.engine()), Gate(sqlite)
    waiting = behind_the_gate(sqlite, gate, pool, [put(f"w{n}") for n in range(20)])
    assert {said.result(PATIENCE) for said in waiting} == {f"w{n}" for n in range(20)}
    assert commits == [2]


def test_no_commit_is_shared_by_more_than_its_fill(sqlite: Database, pool: ThreadPoolExecutor) -> None:
    commits, gate = commits_of(sqlite.engine()), Gate(sqlite)
    for said in behind_the_gate(sqlite, gate, pool, [put(f"w{n}") for n in range(GATHER + 10)]):
        said.result(PATIENCE)
    assert commits == [3]


def test_one_refusal_in_a_shared_commit_harms_no_neighbour(
    sqlite: Database, pool: ThreadPoolExecutor
) -> None:
    def refuse(tx: Tx) -> None:
        put("half done")(tx)
        raise NotNow("not now")

    fns = [put("before"), refuse, put("first"), put("after")]
    waiting = behind_the_gate(sqlite, Gate(sqlite), pool, fns)
    assert isinstance(waiting[1].exception(PATIENCE), NotNow)
    assert isinstance(waiting[2].exception(PATIENCE), IntegrityError)  # "first" is there already
    assert [waiting[n].result(PATIENCE) for n in (0, 3)] == ["before", "after"]
    assert names(sqlite) == {"first", "before", "after"}


def test_an_error_at_the_commit_reaches_every_caller(sqlite: Database, pool: ThreadPoolExecutor) -> None:
    commits = commits_of(sqlite.engine())

    def break_the_second(_: Connection) -> None:
        if commits == [2]:
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(sqlite.engine(), "commit", break_the_second)
    for said in behind_the_gate(sqlite, Gate(sqlite), pool, [put(f"w{n}") for n in range(5)]):
        with pytest.raises(OperationalError, match="disk I/O"):
            said.result(PATIENCE)
    assert sqlite.write(put("mended")) == "mended"
    assert names(sqlite) == {"first", "mended"}


def test_a_failed_commit_writes_nothing_and_rings_no_bell(database: Database) -> None:
    rung: list[None] = []
    database.bell.hear(lambda _: rung.append(None))

    def break_it(_: Connection) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(database.engine(), "commit", break_it)
    with pytest.raises(OperationalError, match="disk I/O"):
        database.write(put("lost"))
    event.remove(database.engine(), "commit", break_it)
    assert (names(database), rung) == (set(), [])


def test_a_write_inside_a_write_is_refused(database: Database) -> None:
    def nest(tx: Tx) -> None:
        put("outer")(tx)
        database.write(put("inner"))

    with pytest.raises(RuntimeError, match="write inside a write"):
        database.write(nest)
    assert names(database) == set()
    assert database.write(put("next")) == "next"


def test_the_bell_rings_once_for_each_durable_commit(database: Database) -> None:
    rung: list[set[str]] = []
    database.bell.hear(lambda _: rung.append(names(database)))
    database.write(put("one"))
    with pytest.raises(NotNow):
        database.write(_refuse)
    database.write(put("two"))
    assert rung == [{"one"}, {"one", "two"}]  # each time the work is there to be seen


def test_the_bell_rings_once_for_a_shared_commit(sqlite: Database, pool: ThreadPoolExecutor) -> None:
    rung: list[None] = []
    sqlite.bell.hear(lambda _: rung.append(None))
    for said in behind_the_gate(sqlite, Gate(sqlite), pool, [put(f"w{n}") for n in range(9)]):
        said.result(PATIENCE)
    assert len(rung) == 2


def test_a_bell_that_fails_harms_no_writer(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Topics) -> None:
        raise ValueError("a torn rope")

    rung: list[None] = []
    database.bell.hear(fail)
    database.bell.hear(lambda _: rung.append(None))
    assert database.write(put("one")) == "one"
    assert database.write(put("two")) == "two"
    assert len(rung) == 2
    assert "a torn rope" in caplog.text


def test_a_bell_that_writes_is_told_so_instead_of_waiting_for_itself(
    sqlite: Database, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite.bell.hear(lambda _: sqlite.write(put("echo")) and None)
    assert sqlite.write(put("one")) == "one"
    assert "a write from the writer's own bell" in caplog.text


def test_a_closed_database_refuses_instead_of_keeping_a_writer_waiting(
    sqlite: Database, pool: ThreadPoolExecutor
) -> None:
    gate = Gate(sqlite)
    first = pool.submit(sqlite.write, put("first"))
    assert gate.reached.wait(PATIENCE)
    closing = pool.submit(sqlite.close)
    gate.opened.set()
    closing.result(PATIENCE)
    assert first.result(PATIENCE) == "first"
    with pytest.raises(RuntimeError, match="closed"):
        sqlite.write(put("late"))
    sqlite.close()


@pytest.mark.parametrize("end", [Tx.commit, Tx.rollback])
def test_a_verb_can_neither_commit_nor_roll_back(database: Database, end: Callable[[Tx], None]) -> None:
    def fn(tx: Tx) -> None:
        put("early")(tx)
        end(tx)

    with pytest.raises(RuntimeError, match=r"only database\.write"):
        database.write(fn)
    assert names(database) == set()


def test_the_moment_set_by_the_caller_holds_inside_the_write(database: Database) -> None:
    with clock.at(AT):
        assert database.write(lambda tx: clock.now()) == AT
    assert database.write(lambda tx: clock.now()) != AT


def test_what_is_left_for_the_end_happens_once_before_the_commit(database: Database) -> None:
    def fn(tx: Tx) -> None:
        tx.at_end(lambda: tx.add(Lease(name="at the end", holder="test", until=AT)))

    database.write(fn)
    assert names(database) == {"at the end"}


def _refuse(tx: Tx) -> None:
    put("refused")(tx)
    raise NotNow("not now")


def test_what_is_written_soon_is_durable_when_its_future_says_so(database: Database) -> None:
    futures = [database.write_soon(put(f"soon {n}")) for n in range(40)]
    assert [future.result(PATIENCE) for future in futures] == [f"soon {n}" for n in range(40)]
    assert names(database) == {f"soon {n}" for n in range(40)}


def test_what_is_refused_soon_says_why_and_harms_no_neighbour(database: Database) -> None:
    def refuse(tx: Tx) -> None:
        put("half")(tx)
        raise NotNow("not now")

    good, bad = database.write_soon(put("whole")), database.write_soon(refuse)
    assert good.result(PATIENCE) == "whole"
    with pytest.raises(NotNow):
        bad.result(PATIENCE)
    assert names(database) == {"whole"}


def test_a_write_inside_a_write_is_refused_soon_too(database: Database) -> None:
    with pytest.raises(RuntimeError, match="inside a write"):
        database.write(lambda tx: database.write_soon(put("inner")).done())
    assert names(database) == set()


def test_what_is_read_soon_is_there_for_more_at_once_than_there_are_connections(database: Database) -> None:
    database.write(put("there"))
    futures = [database.read_soon(lambda tx: tx.get(Lease, "there") is not None) for _ in range(60)]
    assert all(future.result(PATIENCE) for future in futures)
