"""A hub served on loopback and a real Chromium before it. Without a Chromium: a skip, or a failure in CI."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from hub.database import Database
from hub.settings import Settings
from tests.engines import IN_CI, SqliteTemplate
from tests.house import House
from web import app
from web.live.wire import SERVING

NAMES = ("chromium", "chromium-browser", "google-chrome")
STARTS_WITHIN = 20.0
expect.set_options(timeout=15_000)  # ms; beside the other workers of a whole run a page takes its time


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The Chromium installed here, or the one HUB_TEST_CHROMIUM names."""
    path = os.environ.get("HUB_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        say = pytest.fail if IN_CI else pytest.skip
        say("no Chromium on this machine: install the package chromium")
    return {"executable_path": path, "args": ["--no-sandbox", "--disable-background-networking"]}


@pytest.fixture
def more() -> dict[str, Any]:
    """Further settings of the served hub; a module that wants some has a fixture of this name."""
    return {}


@pytest.fixture
def served(
    sqlite_template: SqliteTemplate, tmp_path: Path, more: dict[str, Any]
) -> Iterator[tuple[House, str]]:
    """The cast's hub behind a real server: its house, and its address."""
    for url in sqlite_template.fresh(tmp_path):
        database = Database(url)
        with closing(socket.socket()) as door:
            door.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{door.getsockname()[1]}"
            settings = Settings(data_dir=tmp_path / "data", public_url=address, **more)
            served = app.create(settings, database, clockwork=False)
            server = uvicorn.Server(uvicorn.Config(served, log_level="error", lifespan="on", **SERVING))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
            thread.start()
            _until_started(server)
            yield House(database), address
            server.should_exit = True
            thread.join()
        database.close()


@pytest.fixture
def window(browser: Browser, served: tuple[House, str]) -> Iterator[Page]:
    """A new window; a script error or a refused resource on any page fails the journey."""
    context = browser.new_context(base_url=served[1], viewport={"width": 1440, "height": 900})
    opened, wrong = context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if _is_fault(said) else None)
    opened.set_default_timeout(15_000)
    yield opened
    context.close()
    assert not wrong, wrong


def _is_fault(said: ConsoleMessage) -> bool:
    """Whether the browser complains of us; a refused step is an answer, which it reports as well."""
    return said.type == "error" and "the server responded with a status of 4" not in said.text


def _until_started(server: uvicorn.Server) -> None:
    until = monotonic() + STARTS_WITHIN
    while not server.started:
        assert monotonic() < until, "the server did not start"
        sleep(0.02)
