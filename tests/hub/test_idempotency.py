"""A request told twice is done once, whoever tells it, wherever it arrives."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from hub import idempotency
from hub.database import Database, Tx
from hub.errors import KeyReused, NotNow, StillRunning
from hub.idempotency import LONGEST, IdempotencyKey, Key

PATIENCE = 20
KEY = Key.of("staff:1", "POST /tickets", "abc", b"{}")


@dataclass
class Work:
    """Something to do, that counts how often it was done."""

    answer: Any = "done"
    times: int = 0
    began: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)

    def __call__(self, tx: Tx) -> Any:
        self.times += 1
        return self.answer

    def slowly(self, tx: Tx) -> Any:
        self.began.set()
        assert self.may_end.wait(PATIENCE)
        return self(tx)


def test_the_second_telling_gets_the_first_answer_and_does_nothing(database: Database) -> None:
    work = Work({"number": "10000001", "at": datetime(2026, 3, 3, 2, tzinfo=UTC), "why": ["水管", None]})
    first, second = (database.write(work, KEY) for _ in range(2))
    assert work.times == 1
    assert first == work.answer
    assert second == {"number": "10000001", "at": "2026-03-03T02:00:00Z", "why": ["水管", None]}


def test_an_answer_of_nothing_is_an_answer(database: Database) -> None:
    work = Work(None)
    assert [database.write(work, KEY) for _ in range(2)] == [None, None]
    assert work.times == 1


def test_another_body_under_the_same_key_is_refused(database: Database) -> None:
    work = Work()
    database.write(work, KEY)
    with pytest.raises(KeyReused):
        database.write(work, Key.of("staff:1", "POST /tickets", "abc", b'{"other": 1}'))
    assert work.times == 1


@pytest.mark.parametrize(
    "other",
    [
        Key.of("staff:2", "POST /tickets", "abc", b"{}"),
        Key.of("staff:1", "POST /orders", "abc", b"{}"),
        Key.of("staff:1", "POST /tickets", "abd", b"{}"),
    ],
)
def test_another_sender_path_or_key_is_another_request(database: Database, other: Key) -> None:
    work = Work()
    database.write(work, KEY)
    database.write(work, other)
    assert work.times == 2


def test_two_long_keys_that_begin_alike_stay_two() -> None:
    long = "k" * 500
    one, two = (Key.of("staff:1", "POST /tickets", long + end, b"{}") for end in ("1", "2"))
    assert one != two
    assert len(one.value) <= LONGEST
    assert one == Key.of("staff:1", "POST /tickets", long + "1", b"{}")


def test_a_request_still_running_is_not_done_again(database: Database) -> None:
    work = Work()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(database.write, work.slowly, KEY)
        assert work.began.wait(PATIENCE)
        with pytest.raises(StillRunning):
            database.write(work, KEY)
        work.may_end.set()
        assert first.result(PATIENCE) == "done"
    assert database.write(work, KEY) == "done"
    assert work.times == 1


@pytest.mark.postgres
def test_a_request_still_running_on_another_node_is_not_done_again(
    postgres_database: Database, another_node: Database
) -> None:
    work = Work()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(postgres_database.write, work.slowly, KEY)
        assert work.began.wait(PATIENCE)
        with pytest.raises(StillRunning):
            another_node.write(work, KEY)
        work.may_end.set()
        assert first.result(PATIENCE) == "done"
    assert another_node.write(work, KEY) == "done"
    assert work.times == 1


def test_a_refused_request_leaves_no_key_behind(database: Database) -> None:
    def refuse(tx: Tx) -> None:
        raise NotNow("not now")

    with pytest.raises(NotNow):
        database.write(refuse, KEY)
    assert database.read(lambda tx: list(tx.scalars(select(IdempotencyKey)))) == []
    assert database.write(Work(), KEY) == "done"


@pytest.mark.postgres
def test_a_request_that_another_node_ends_while_we_look_is_not_done_again(
    postgres_database: Database, another_node: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, key, take = Work(), Key.of("staff:1", "POST /tickets", "late", b"{}"), idempotency._take

    def late(tx: Tx, key: Key) -> bool:
        if tx.database is another_node:  # it has just looked and found no answer
            assert postgres_database.write(work, key) == "done"
        return take(tx, key)

    monkeypatch.setattr(idempotency, "_take", late)
    assert another_node.write(work, key) == "done"
    assert work.times == 1
