"""The API on SQLite; the journey alone runs on both engines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from tests.engines import SqliteTemplate
from tests.house import House
from tests.web.api.caller import Api, ApiOf, hub_app, leak, peddlers, token_of


@pytest.fixture
def url(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[str]:
    yield from sqlite_template.fresh(tmp_path)


@pytest.fixture
def asgi(hub: House, tmp_path: Path) -> ASGIApp:
    return hub_app(hub.database, tmp_path / "data")


@pytest.fixture
def api(hub: House, asgi: ASGIApp) -> Iterator[ApiOf]:
    """The API in the hand of a person: `api("wes")`; of nobody: `api("")`."""
    known: dict[str, Api] = {}
    with TestClient(asgi) as client:

        def of(login: str) -> Api:
            if login not in known:
                known[login] = Api(client, token_of(hub.database, login) if login else "")
            return known[login]

        yield of


@pytest.fixture
def client(api: ApiOf) -> Api:
    """The API in the hand of the desk."""
    return api("clara")


@pytest.fixture
def leaking(client: Api) -> dict[str, Any]:
    """A repair, sent by the rules to the engineering supervisor."""
    ticket: dict[str, Any] = client.post("/tickets", leak())
    return ticket


@pytest.fixture
def knocking(client: Api) -> dict[str, Any]:
    """A complaint with security, which owes a callback when it is done."""
    ticket: dict[str, Any] = client.post("/tickets", peddlers())
    return ticket
