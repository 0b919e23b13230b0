"""One engine alone, two nodes on one database, and threads: for tests of what the engines do differently."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.database import Database
from tests.engines import PostgresTemplate, SqliteTemplate


@pytest.fixture
def sqlite(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Database]:
    for url in sqlite_template.fresh(tmp_path):
        made = Database(url)
        yield made
        made.close()


@pytest.fixture
def postgres_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    template: PostgresTemplate = request.getfixturevalue("postgres_template")
    for url in template.fresh(tmp_path):
        made = Database(url)
        yield made
        made.close()


@pytest.fixture
def another_node(postgres_database: Database) -> Iterator[Database]:
    """A second hub on the same PostgreSQL database: nothing is shared but the tables."""
    made = Database(postgres_database.url.render_as_string(hide_password=False))
    yield made
    made.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(100) as threads:
        yield threads
