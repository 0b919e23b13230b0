"""Fixtures every test knows: a fresh hub on each engine, the cast, and a clock that can be set."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub import clock
from hub.access import Actor
from hub.database import Database
from hub.orders import Order
from hub.tickets import Ticket
from tests import compiled
from tests.engines import PostgresTemplate, SqliteTemplate, postgres_server
from tests.house import House, leak, peddlers

pytest_plugins = ["tests.seed.plugin"]
compiled.share()

MORNING = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10 in the morning in Hong Kong


class Clock:
    """A clock a test can set; it stands still until told otherwise."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.set(MORNING)

    def set(self, moment: datetime) -> datetime:
        self._stack.enter_context(clock.at(moment))
        return moment

    def forward(self, **time: float) -> datetime:
        """Move on by so many minutes, hours, days."""
        return self.set(clock.now() + timedelta(**time))

    def now(self) -> datetime:
        return clock.now()


@pytest.fixture
def time() -> Iterator[Clock]:
    with ExitStack() as stack:
        yield Clock(stack)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    yield from postgres_server()


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> Iterator[PostgresTemplate]:
    template = PostgresTemplate(postgres)
    yield template
    template.drop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the cast in it, once on each engine."""
    template = request.getfixturevalue(f"{request.param}_template")
    yield from template.fresh(tmp_path)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    yield made
    made.close()


@pytest.fixture
def hub(database: Database, time: Clock) -> House:
    return House(database)


@pytest.fixture
def house(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[House]:
    """The cast on SQLite alone and in today's time, for what is asked of that engine."""
    for url in sqlite_template.fresh(tmp_path):
        made = Database(url)
        yield House(made)
        made.close()


def _person(login: str) -> Callable[..., Actor]:
    def fixture(hub: House) -> Actor:
        return hub.actor(login)

    return pytest.fixture(fixture, name=login)


dora, cody, clara, cash, adam = (_person(login) for login in ("dora", "cody", "clara", "cash", "adam"))
sue, wes, wen, gus, sid = (_person(login) for login in ("sue", "wes", "wen", "gus", "sid"))
quinn, mia, max_ = _person("quinn"), _person("mia"), _person("max")


@pytest.fixture
def tap_leaks(hub: House, clara: Actor) -> Ticket:
    """A repair, sent by the rules to the engineering supervisor."""
    return hub.receive(clara, leak())


@pytest.fixture
def order(hub: House, tap_leaks: Ticket) -> Order:
    """The order of the dripping tap."""
    return hub.orders(tap_leaks)[0]


@pytest.fixture
def peddlers_knock(hub: House, clara: Actor) -> Ticket:
    """A complaint for security, which always owes a callback."""
    return hub.receive(clara, peddlers())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on each engine: the two numbers are the same, or something was left out."""
    for engine in ("sqlite", "postgres"):
        passed = sum(_is_on(engine, report.nodeid) for report in terminalreporter.getreports("passed"))
        skipped = sum(_is_on(engine, report.nodeid) for report in terminalreporter.getreports("skipped"))
        terminalreporter.write_line(f"on {engine}: {passed} tests passed, {skipped} skipped")


def _is_on(engine: str, nodeid: str) -> bool:
    """Whether the test runs once on each engine and this is its run on this one."""
    _, bracket, parameters = nodeid.partition("[")
    return bool(bracket) and engine in parameters.rstrip("]").replace("-", " ").split()
