"""The thread that writes: batches played straight, and with care where one of them was refused."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import select

from hub import writer
from hub.database import Database, Tx
from hub.errors import NotNow
from hub.leases import Lease
from hub.writer import CAREFUL
from tests.house import House

AT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
PATIENCE = 20


def put(name: str, runs: list[str] | None = None) -> Callable[[Tx], str]:
    def fn(tx: Tx) -> str:
        tx.add(Lease(name=name, holder="test", until=AT))
        tx.flush()
        if runs is not None:
            runs.append(name)
        return name

    return fn


def refused(name: str, runs: list[str] | None = None) -> Callable[[Tx], str]:
    def fn(tx: Tx) -> str:
        put(name, runs)(tx)
        raise NotNow(f"not {name}")

    return fn


def names(database: Database) -> set[str]:
    return database.read(lambda tx: set(tx.scalars(select(Lease.name))))


def together(database: Database, *fns: Callable[[Tx], Any]) -> list[Future[Any]]:
    """These writes in one batch, which waits behind a commit until all of them are there."""
    opened, reached = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        reached.set()
        assert opened.wait(PATIENCE)

    event.listen(database.engine(), "commit", hold)
    first = database.write_soon(lambda _: None)
    assert reached.wait(PATIENCE)
    waiting = [database.write_soon(fn) for fn in fns]
    opened.set()
    first.result(PATIENCE)
    for one in waiting:
        one.exception(PATIENCE)
    event.remove(database.engine(), "commit", hold)
    return waiting


def savepoints(database: Database) -> list[str]:
    made: list[str] = []

    @event.listens_for(database.engine(), "savepoint")
    def one_more(_: object, name: str) -> None:
        made.append(name)

    return made


def test_a_batch_nobody_is_refused_in_needs_no_savepoint_and_runs_once(house: House) -> None:
    made, runs = savepoints(house.database), list[str]()
    together(house.database, *(put(f"w{n}", runs) for n in range(5)))
    assert (made, runs) == ([], [f"w{n}" for n in range(5)])


def test_who_is_refused_before_anything_is_written_costs_nobody_anything(house: House) -> None:
    made, runs = savepoints(house.database), list[str]()

    def bad(tx: Tx) -> str:
        runs.append("bad")
        raise NotNow("not now")

    good, refusal, last = together(house.database, put("good", runs), bad, put("last", runs))
    assert (good.result(), last.result()) == ("good", "last")
    assert isinstance(refusal.exception(), NotNow)
    assert names(house.database) == {"good", "last"}
    assert (made, runs) == ([], ["good", "bad", "last"])


def test_what_is_no_refusal_takes_the_batch_back_though_nothing_was_written(house: House) -> None:
    """What failed may have ended the transaction."""
    runs = list[str]()

    def broken(tx: Tx) -> None:
        raise RuntimeError("broken")

    good, failure = together(house.database, put("good", runs), broken)
    assert good.result() == "good" and isinstance(failure.exception(), RuntimeError)
    assert names(house.database) == {"good"} and runs == ["good", "good"]


def test_those_who_were_answered_together_are_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "SOON", PATIENCE)
    together(house.database, *(put(f"first {n}") for n in range(3)))
    commits = list[object]()
    event.listen(house.database.engine(), "commit", commits.append)
    again = []
    for n in range(3):
        again.append(house.database.write_soon(put(f"again {n}")))
        time.sleep(0.05)
    assert [one.result(PATIENCE) for one in again] == [f"again {n}" for n in range(3)]
    assert len(commits) == 1


def test_who_does_not_come_again_is_not_waited_for_long(house: House) -> None:
    together(house.database, *(put(f"first {n}") for n in range(3)))
    assert house.database.write_soon(put("alone")).result(PATIENCE) == "alone"
    assert names(house.database) >= {"alone"}


def test_one_refusal_takes_the_batch_back_and_harms_no_neighbour(house: House) -> None:
    made, runs = savepoints(house.database), list[str]()
    good, bad, last = together(house.database, put("good", runs), refused("bad", runs), put("last", runs))
    assert (good.result(), last.result()) == ("good", "last")
    assert isinstance(bad.exception(), NotNow)
    assert names(house.database) == {"good", "last"}
    assert runs == ["good", "bad", "good", "bad", "last"] and len(made) == 3


def test_after_a_refusal_care_is_taken_for_a_while(house: House) -> None:
    together(house.database, put("good"), refused("bad"))
    made, runs = savepoints(house.database), list[str]()
    together(house.database, refused("bad", runs), put("fine", runs))
    assert runs == ["bad", "fine"] and len(made) == 3, "nothing is played twice"
    for n in range(CAREFUL):
        house.database.write(put(f"one {n}"))
    made.clear()
    together(house.database, put("a"), put("b"))
    assert made == []


def test_one_that_is_refused_alone_is_not_tried_again(house: House) -> None:
    runs: list[str] = []
    (bad,) = together(house.database, refused("bad", runs))
    assert isinstance(bad.exception(), NotNow) and runs == ["bad"] and names(house.database) == set()


def test_what_a_refused_one_would_have_rung_is_not_rung(house: House) -> None:
    heard: list[frozenset[str]] = []
    house.database.bell.hear(heard.append)

    def tell(topic: str, fn: Callable[[Tx], str]) -> Callable[[Tx], str]:
        def told(tx: Tx) -> str:
            tx.tell(topic)
            return fn(tx)

        return told

    together(house.database, tell("good", put("good")), tell("bad", refused("bad")))
    assert heard == [frozenset({"good"})]


def test_whoever_is_refused_exactly_the_others_are_written(house: House) -> None:
    batches = count()

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.booleans(), max_size=12))
    def law(plan: list[bool]) -> None:
        batch = next(batches)
        fns = [put(f"{batch} {n}") if good else refused(f"{batch} {n}") for n, good in enumerate(plan)]
        said = together(house.database, *fns)
        assert [one.exception() is None for one in said] == plan
        written = {name for name in names(house.database) if name.startswith(f"{batch} ")}
        assert written == {f"{batch} {n}" for n, good in enumerate(plan) if good}

    law()
