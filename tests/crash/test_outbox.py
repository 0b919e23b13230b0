"""Stopped while messages fall due, killed again and again while they go out: each arrives once.

The carrier counts; its answers take their time, so that many a kill falls between the call and its answer.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import organisation
from hub.database import Database, Tx
from notifications import outbox
from notifications.channels import registry
from tests.crash.outbox import DONE, WORKS, settings
from tests.crash.test_kill import PATIENCE, ROOT
from tests.engines import PostgresTemplate, SqliteTemplate
from tests.house import House, leak
from web.standin import server
from web.standin.carrier import NUMBER, Carrier
from web.standin.webhooks import Reply

ROSA = "6123 4567"
E164 = "+85261234567"
URGENT_EVERY = 50
# (messages, kills): the whole of it takes many minutes and is for those who ask for it
ON_SQLITE, ON_POSTGRESQL = (
    ((1000, 50), (1000, 50)) if os.environ.get("HUB_TEST_LONG") else ((150, 8), (60, 3))
)
UNSPOKEN = 30  # the last ones are still events when the hub comes up


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    made = Carrier("http://127.0.0.1:9", post=lambda *_: Reply(200))
    with server.serving(made):
        yield made
    made.close()


@pytest.mark.slow
def test_killed_again_and_again_on_sqlite_it_doubles_and_loses_nothing(
    sqlite_template: SqliteTemplate, carrier: Carrier, tmp_path: Path
) -> None:
    for url in sqlite_template.fresh(tmp_path):
        _survives(url, carrier, *ON_SQLITE)


@pytest.mark.slow
@pytest.mark.postgres
def test_killed_on_postgresql_it_doubles_and_loses_nothing(
    postgres_template: PostgresTemplate, carrier: Carrier, tmp_path: Path
) -> None:
    for url in postgres_template.fresh(tmp_path):
        _survives(url, carrier, *ON_POSTGRESQL)


@pytest.mark.slow
@pytest.mark.postgres
def test_two_processes_on_postgresql_share_one_outbox(
    postgres_template: PostgresTemplate, carrier: Carrier, tmp_path: Path
) -> None:
    for url in postgres_template.fresh(tmp_path):
        numbers = _fall_due(url, carrier, 40)
        both = [_start(url, carrier, doubt=60) for _ in range(2)]
        for one in both:
            assert one.stdout is not None and [line.strip() for line in one.stdout] == [WORKS, DONE]
            assert one.wait(PATIENCE) == 0
        _each_once(carrier, numbers)


def _fall_due(url: str, carrier: Carrier, messages: int) -> list[str]:
    """The hub is stopped while messages fall due: matters come in, most are spoken of, nothing goes out.

    Answers the numbers of the matters.
    """
    database = Database(url)
    database.write(_without_quiet_hours)
    hub = House(database)
    clara = hub.actor("clara")
    ways = registry.ways(settings(carrier.address, carrier.account_sid, carrier.auth_token, NUMBER))
    numbers = []
    for n in range(messages):
        if n == messages - UNSPOKEN:
            outbox.drain(database, ways)
        urgent = {"item": "Burst pipe", "category": "01-01"} if n % URGENT_EVERY == 0 else {}
        said = leak(name="Rosa Diaz", room="B-0302", phone=ROSA, **urgent)
        numbers.append(hub.receive(clara, said).number)
    database.close()
    assert not carrier.messages
    return numbers


def _without_quiet_hours(tx: Tx) -> None:
    """So that the test means the same at any hour of the day."""
    office = organisation.office_by_code(tx, "LG")
    office.policy = office.policy | {"quiet": ["00:00", "00:00"]}


def _survives(url: str, carrier: Carrier, messages: int, kills: int) -> None:
    numbers, began = _fall_due(url, carrier, messages), time.monotonic()
    chance = random.Random(4)
    carrier.weather.answer_seconds = 0.05
    for _ in range(kills):
        child = _start(url, carrier)
        assert child.stdout is not None
        assert child.stdout.readline().strip() == WORKS
        _wait_for(carrier, child, len(carrier.messages) + chance.randint(1, 2 * messages // kills))
        child.kill()
        child.wait(PATIENCE)
    last = _start(url, carrier)
    assert last.stdout is not None and DONE in [line.strip() for line in last.stdout]
    _each_once(carrier, numbers)
    places = [
        n for n, m in enumerate(carrier.texts_to(E164)) if any(u in m.body for u in numbers[::URGENT_EVERY])
    ]
    print(
        f"\n{messages} fell due, {kills} kills in {time.monotonic() - began:.0f} s: none twice, none lost; "
        f"the {len(places)} urgent ones among the first {max(places) + 1} at the carrier"
    )


def _wait_for(carrier: Carrier, child: subprocess.Popen[str], count: int) -> None:
    """Until the carrier has so many messages: the answers to the last of them are still on their way."""
    while len(carrier.messages) < count and child.poll() is None:
        time.sleep(0.005)


def _each_once(carrier: Carrier, numbers: list[str]) -> None:
    counted = Counter(next(n for n in numbers if n in m.body) for m in carrier.texts_to(E164))
    assert set(counted) == set(numbers) and set(counted.values()) == {1}


def _start(url: str, carrier: Carrier, doubt: int = 3) -> subprocess.Popen[str]:
    """`doubt`: the seconds after which a claim is taken for left behind."""
    command = [sys.executable, "-m", "tests.crash.outbox", url, str(doubt), carrier.address]
    command += [carrier.account_sid, carrier.auth_token, NUMBER]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
