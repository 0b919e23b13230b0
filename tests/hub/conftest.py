"""One engine alone, two nodes on one database, and threads: for tests of what the engines do differently."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from hub import clock
from hub.database import Database, Tx, _writing
from tests.conftest import MORNING, Clock
from tests.engines import PostgresTemplate, SqliteTemplate
from tests.house import House

PATIENCE = 20
TOGETHER, IN_THE_COMMIT = "together", "in the commit"
Said = Any | BaseException
# A new PostgreSQL database takes longer than most tests, so those that leave no trace share one per module.


@pytest.fixture
def sqlite(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Database]:
    for url in sqlite_template.fresh(tmp_path):
        made = Database(url)
        yield made
        made.close()


@pytest.fixture(scope="module")
def postgres_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    yield from _database("postgres", request, tmp_path_factory)


@pytest.fixture(scope="module")
def another_node(postgres_database: Database) -> Iterator[Database]:
    """A second hub on the same PostgreSQL database: nothing is shared but the tables."""
    made = Database(postgres_database.url.render_as_string(hide_password=False))
    yield made
    made.close()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on each engine that the tests of a module share."""
    for database in _database(request.param, request, tmp_path_factory):
        with clock.at(MORNING):
            yield House(database)


def _database(
    engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    template: PostgresTemplate | SqliteTemplate = request.getfixturevalue(f"{engine}_template")
    for url in template.fresh(tmp_path_factory.mktemp(engine)):
        made = Database(url)
        yield made
        made.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(100) as threads:
        yield threads


@pytest.fixture
def here(postgres_database: Database, time: Clock) -> House:
    return House(postgres_database)


@pytest.fixture
def there(another_node: Database) -> House:
    return House(another_node)


@pytest.fixture(params=[TOGETHER, IN_THE_COMMIT])
def race(request: pytest.FixtureRequest, here: House, there: House, time: Clock) -> Callable[..., list[Said]]:
    """Run one write here and one there at once; answers what each returned or raised.

    Each race is run twice: both transactions begin together; and the second begins when the first stands in
    its commit, all its work done and nothing of it to be seen.
    """

    def run(first: Callable[[Tx], Any], second: Callable[[Tx], Any]) -> list[Said]:
        with ThreadPoolExecutor(2) as threads:
            start = _together if request.param == TOGETHER else _in_the_commit
            said = start(threads, here.database, there.database, first, second)
            return [one.exception(PATIENCE) or one.result() for one in said]

    return run


class Gate:
    """Holds the commits of one node's writes until it is opened."""

    def __init__(self, database: Database) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        event.listen(database.engine(), "commit", self._hold)

    def _hold(self, _: Connection) -> None:
        if _writing.get() is not None:
            return  # a block of numbers, fetched on the way
        self.reached.set()
        assert self.opened.wait(PATIENCE)


def _together(
    threads: ThreadPoolExecutor,
    here: Database,
    there: Database,
    first: Callable[[Tx], Any],
    second: Callable[[Tx], Any],
) -> list[Future[Any]]:
    together = threading.Barrier(2)

    def begin(database: Database, fn: Callable[[Tx], Any]) -> Any:
        tried: list[None] = []

        def at_once(tx: Tx) -> Any:
            if not tried:
                tried.append(None)
                together.wait(PATIENCE)
            return fn(tx)

        return database.write(at_once)

    return [threads.submit(begin, here, first), threads.submit(begin, there, second)]


def _in_the_commit(
    threads: ThreadPoolExecutor,
    here: Database,
    there: Database,
    first: Callable[[Tx], Any],
    second: Callable[[Tx], Any],
) -> list[Future[Any]]:
    gate = Gate(here)
    said = [threads.submit(here.write, first)]
    assert gate.reached.wait(PATIENCE)
    said.append(threads.submit(there.write, second))
    threading.Event().wait(0.2)
    waits = not said[1].done()
    gate.opened.set()
    assert waits, "the second did not wait for the first"
    return said
