"""What a transaction leaves to do at its commit: once, in order, and only for what stands."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from hub.database import Database, Tx
from hub.errors import NotNow
from tests.hub.test_database import PATIENCE, Gate, behind_the_gate, names, put


def leaving(name: str, done: list[str], refused: bool = False) -> Callable[[Tx], str]:
    """A write that leaves its name for the commit."""

    def fn(tx: Tx) -> str:
        tx.at_commit(lambda _: done.append(name))
        put(name)(tx)
        if refused:
            raise NotNow("not now")
        return name

    return fn


def test_what_is_left_for_the_commit_is_seen_by_the_next_transaction(database: Database) -> None:
    def leave(connection: Connection) -> None:
        connection.execute(text("DELETE FROM lease"))

    def fn(tx: Tx) -> set[str]:
        put("gone")(tx)
        tx.at_commit(leave)
        return {row.name for row in tx.execute(text("SELECT name FROM lease"))}

    assert database.write(fn) == {"gone"}
    assert names(database) == set()


def test_gathered_writes_leave_theirs_in_turn_and_a_refused_one_leaves_nothing(
    sqlite: Database, pool: ThreadPoolExecutor
) -> None:
    done: list[str] = []
    fns = [leaving("one", done), leaving("refused", done, refused=True), leaving("two", done)]
    waiting = behind_the_gate(sqlite, Gate(sqlite), pool, fns)
    assert isinstance(waiting[1].exception(PATIENCE), NotNow)
    assert [waiting[n].result(PATIENCE) for n in (0, 2)] == ["one", "two"]
    assert done == ["one", "two"]


def test_what_fails_at_the_commit_leaves_nothing_written(database: Database) -> None:
    def fail(_: Connection) -> None:
        raise NotNow("the disk is full")

    def fn(tx: Tx) -> None:
        put("half done")(tx)
        tx.at_commit(fail)

    with pytest.raises(NotNow, match="disk"):
        database.write(fn)
    assert names(database) == set()
    assert database.write(put("mended")) == "mended"
