"""Killed between keeping a message and working it, again and again: exactly one ticket of each."""

import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from hub import checkpoints, inbound
from hub.attachments import Store
from hub.database import Database, Tx
from hub.events import Event
from hub.inbound import Inbound
from hub.tickets import Ticket
from tests.crash.test_kill import PATIENCE, ROOT
from tests.engines import PostgresTemplate, SqliteTemplate
from tests.web.doors.twilio.carrier import configured, sms
from web.doors.twilio import work

MESSAGES, KILLS = 40, 5


@pytest.mark.slow
def test_killed_while_hearing_on_sqlite(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    for url in sqlite_template.fresh(tmp_path):
        _hears_each_once(url, tmp_path, KILLS)


@pytest.mark.slow
@pytest.mark.postgres
def test_killed_while_hearing_on_postgresql(postgres_template: PostgresTemplate, tmp_path: Path) -> None:
    for url in postgres_template.fresh(tmp_path):
        _hears_each_once(url, tmp_path, 3)


def _hears_each_once(url: str, folder: Path, kills: int) -> None:
    """Forty strangers write, each five times; the hearer is killed over and over; then it is not."""
    database = Database(url)
    _keep_all(database)
    chance = random.Random(4)
    for _ in range(kills):
        _hear_and_die(url, folder, chance.uniform(0.0, 0.15))
    work.worker(database, configured(folder), Store(folder / "files")).drain()
    try:
        assert database.read(_what_is_wrong) == []
    finally:
        database.close()


def _keep_all(database: Database) -> None:
    for n in range(MESSAGES):
        fields = sms(f"+8525{n:03d}0001", "Kitchen tap leaks", f"SM{n}")
        for _ in range(5):
            database.write(
                lambda tx, fields=fields: inbound.keep(tx, "sms", f"sms:{fields['SmsSid']}", fields)
            )


def _hear_and_die(url: str, folder: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "tests.crash.hearing", url, str(folder)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    late = threading.Timer(PATIENCE, child.kill)
    late.start()
    try:
        assert child.stdout.readline()
        killer = threading.Timer(seconds, child.send_signal, [signal.SIGKILL])
        killer.start()
        child.stdout.read()
    finally:
        late.cancel()
    assert child.wait(PATIENCE) == -signal.SIGKILL


def _what_is_wrong(tx: Tx) -> list[str]:
    per_message = tx.execute(select(Ticket.external_ref, func.count()).group_by(col(Ticket.external_ref)))
    counts = {str(ref): int(count) for ref, count in per_message}
    wrong = [f"{ref}: {count} tickets" for ref, count in counts.items() if count != 1]
    wrong += [f"SM{n} is lost" for n in range(MESSAGES) if f"SM{n}" not in counts]
    waiting = tx.scalars(select(Inbound.name).where(Inbound.state == inbound.WAITING)).all()
    asked = tx.scalars(select(func.count()).select_from(Event).where(Event.kind == "customer_told")).one()
    if asked != MESSAGES:
        wrong.append(f"{asked} questions for {MESSAGES} messages")
    broken = checkpoints.verify(tx).broken
    return [*wrong, *waiting, *([str(broken)] if broken else [])]
