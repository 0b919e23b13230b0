"""What has lapsed is swept away, and nothing else."""

import pytest
from sqlmodel import SQLModel, select

from hub import credentials, tidying, tries
from hub.credentials import Session
from hub.idempotency import IdempotencyKey, Key
from hub.tries import WrongTry
from tests.conftest import Clock
from tests.house import House


def count(hub: House, table: type[SQLModel]) -> int:
    return len(hub.look(lambda tx: tx.scalars(select(table)).all()))


def test_what_has_lapsed_goes_and_what_runs_stays(
    hub: House, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "AT_ONCE", 2)
    clara = hub.staff("clara")

    def live(day: str) -> None:
        for n in range(3):
            hub.do(lambda tx: credentials.begin_session(tx, clara, hours=12))
            hub.do(tries.count, f"{day} {n}", "")
            hub.database.write(lambda _: "done", Key.of("clara", "/path", f"{day} {n}", b""))

    live("the first day")
    time.forward(days=31)
    live("today")
    assert (count(hub, Session), count(hub, IdempotencyKey)) == (6, 6)
    assert tidying.sweep(hub.database) == 3 + 3 + 6, "of the tries two each; the address was tried again"
    assert (count(hub, Session), count(hub, IdempotencyKey)) == (3, 3)
    assert count(hub, WrongTry) == 3 * 2 + 1
    assert tidying.sweep(hub.database) == 0
    assert hub.database.write(lambda _: "again", Key.of("clara", "/path", "today 1", b"")) == "done"
