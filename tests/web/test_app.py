"""Several hubs put together in one process: they share the map of ways, and nothing behind it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from hub.database import Database
from tests.engines import SqliteTemplate
from tests.web.api.caller import Api, hub_app, leak, token_of


@contextmanager
def _hub(template: SqliteTemplate, folder: Path) -> Iterator[Api]:
    folder.mkdir()
    for url in template.fresh(folder):
        database = Database(url)
        with TestClient(hub_app(database, folder)) as client:
            yield Api(client, token_of(database, "clara"))
        database.close()


def test_two_hubs_in_one_process_answer_each_from_its_own_database(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(_hub(sqlite_template, tmp_path / name)) for name in ("one", "other")
        )
        known = one.post("/tickets", leak())["number"]
        assert one.get(f"/tickets/{known}")["number"] == known
        assert other.refused(f"/tickets/{known}", method="GET")["status"] == 404
        assert one.get(f"/tickets/{known}")["number"] == known
