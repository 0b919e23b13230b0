"""Killed in the middle of its work, again and again, the hub has kept everything it said it kept.

`Killing` is the seam: a way to load a database, kill what loads it, and answer what it had said by then.
"""

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import exists
from sqlmodel import col, select

from hub import checkpoints
from hub.database import Database, Tx
from hub.promises import Promise
from hub.tickets import Ticket
from tests.crash.load import ANSWERED, RECEIVED
from tests.crash.serving import PATIENCE, kill_a_hub_that_serves
from tests.engines import PostgresTemplate, SqliteTemplate

ROOT = Path(__file__).resolve().parents[2]
THREADS = 12

# (address of the database, seconds to live once it works) -> the lines it said before it was killed
Killing = Callable[[str, float], list[str]]


def kill_a_process_that_writes(url: str, seconds: float) -> list[str]:
    """The hub's own write path in a process of its own, killed without a word."""
    command = [sys.executable, "-m", "tests.crash.load", url, str(THREADS)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    late = threading.Timer(PATIENCE, child.kill)
    late.start()
    try:
        first = child.stdout.readline()
        killer = threading.Timer(seconds, child.send_signal, [signal.SIGKILL])
        killer.start()
        rest = child.stdout.readlines()
    finally:
        late.cancel()
    assert child.wait(PATIENCE) == -signal.SIGKILL
    return [line.strip() for line in (first, *rest) if line.endswith("\n")]


WRITING = pytest.param(kill_a_process_that_writes, 10, id="writing")
SERVING = pytest.param(kill_a_hub_that_serves, 4, id="serving")


@pytest.mark.slow
@pytest.mark.parametrize(("kill", "times"), [WRITING, SERVING])
def test_killed_again_and_again_on_sqlite_it_loses_nothing(
    kill: Killing, times: int, sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    for url in sqlite_template.fresh(tmp_path):
        _survives(kill, url, times)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("kill", [kill_a_process_that_writes, kill_a_hub_that_serves])
def test_killed_on_postgresql_it_loses_nothing(
    kill: Killing, postgres_template: PostgresTemplate, tmp_path: Path
) -> None:
    for url in postgres_template.fresh(tmp_path):
        _survives(kill, url, times=2)


def _survives(kill: Killing, url: str, times: int) -> None:
    """The same database through every kill: what the last one left is what the next one begins with."""
    chance, told = random.Random(17), set[str]()
    for time in range(times):
        fresh = kill(url, chance.uniform(0.02, 0.6))
        assert fresh, f"nothing was kept before kill {time}"
        told.update(fresh)
        database = Database(url)
        try:
            assert database.read(lambda tx: _what_is_wrong(tx, told)) == []
            if time % 3 == 0:
                database.write(checkpoints.seal)
        finally:
            database.close()


def _what_is_wrong(tx: Tx, told: set[str]) -> list[str]:
    tickets = {row.number: row for row in tx.scalars(select(Ticket))}
    running = exists().where(
        col(Promise.ticket_id) == col(Ticket.id),
        col(Promise.kept_at).is_(None),
        col(Promise.ended_at).is_(None),
    )
    watched = set(tx.scalars(select(Ticket.id).where(running)))
    wrong = [line for line in sorted(told) if not _is_kept(line, tickets)]
    for row in tickets.values():
        if row.is_open and row.owner_id is None:
            wrong.append(f"{row.number} has no owner")
        if row.is_open and row.id not in watched:
            wrong.append(f"{row.number} has no running promise")
    broken = checkpoints.verify(tx).broken
    return [*wrong, *([str(broken)] if broken else [])]


def _is_kept(line: str, tickets: dict[str, Ticket]) -> bool:
    what, _, number = line.partition(" ")
    assert what in (RECEIVED, ANSWERED), line
    row = tickets.get(number)
    return row is not None and (what == RECEIVED or row.answered_at is not None)
