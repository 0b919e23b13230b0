"""One engine alone, two nodes on one database, and threads: for tests of what the engines do differently."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub import clock
from hub.database import Database
from tests.conftest import MORNING
from tests.engines import PostgresTemplate, SqliteTemplate
from tests.house import House

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
