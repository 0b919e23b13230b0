"""A hub served on loopback, and pages that look on over real sockets."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import uvicorn
from websockets.sync.client import ClientConnection, connect

from hub import credentials
from hub.database import Database
from hub.settings import Settings
from tests.house import House
from web import app
from web.live.switchboard import Switchboard
from web.live.wire import SERVING

PATIENCE = 20.0


def board_of(site: Any) -> Switchboard:
    """The switchboard behind everything that stands before it."""
    while not hasattr(site, "state"):
        site = site.app
    board: Switchboard = site.state.live
    return board


class Node:
    """One hub process, as far as a page can tell."""

    def __init__(self, url: str, folder: Path, **said: Any) -> None:
        self.database = Database(url)
        self.house = House(self.database)
        self._door = socket.socket()
        self._door.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._door.getsockname()[1]}"
        settings = Settings(data_dir=folder, database_url=url, public_url=f"http://{self.address}", **said)
        site = app.create(settings, self.database, clockwork=False)
        self._board = board_of(site)
        config = uvicorn.Config(site, log_level="error", **SERVING)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._door]}, daemon=True
        )
        self._thread.start()
        until = monotonic() + PATIENCE
        while not self._server.started:
            assert monotonic() < until, "the server did not start"
            sleep(0.02)

    @property
    def pages(self) -> int:
        """How many sockets are open."""
        return len(self._board._lines)

    def push(self, view: str, html: str) -> None:
        """Hand this to everybody who looks on, as if it had been drawn."""

        def show() -> None:
            for channel in tuple(self._board._channels.values()):
                if channel.name == view:
                    channel.show(dict.fromkeys(channel.locales, html))

        assert self._board.loop is not None
        self._board.loop.call_soon_threadsafe(show)

    def session(self, login: str) -> str:
        """A signed-in browser's secret."""
        person = self.house.staff(login)
        return self.database.write(lambda tx: credentials.begin_session(tx, person, hours=1))

    @contextmanager
    def page(self, login: str, *views: str, locale: str = "en", secret: str = "") -> Iterator["Page"]:
        cookie = f"hub_session={secret or self.session(login)}"
        origin = f"http://{self.address}"
        with connect(
            f"ws://{self.address}/live?locale={locale}",
            additional_headers={"Cookie": cookie},
            origin=origin,  # type: ignore[arg-type]
            compression=None,
            open_timeout=PATIENCE,
        ) as ws:
            page = Page(ws)
            page.look_at(*views)
            yield page

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self.database.close()


class Page:
    """An open page: what it has been told, by view."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self.told: list[dict[str, Any]] = []

    def look_at(self, *views: str) -> None:
        self.ws.send(json.dumps({"see": views}))

    def hear(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """The next message. Raises TimeoutError and ConnectionClosed."""
        said: dict[str, Any] = json.loads(self.ws.recv(seconds))
        self.told.append(said)
        return said

    def until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message from here on that fits."""
        until = monotonic() + PATIENCE
        while monotonic() < until:
            said = self.hear(max(0.1, until - monotonic()))
            if fits(said):
                return said
        raise AssertionError(f"never told, only {self.told[-5:]}")

    def shows(self, view: str, text: str) -> str:
        """Wait until the view was pushed with this text in it; answers its HTML."""
        return str(self.until(lambda said: said.get("view") == view and text in said["html"])["html"])

    def changed(self, view: str) -> None:
        self.until(lambda said: said.get("changed") == view)

    def is_quiet(self, seconds: float = 0.7) -> bool:
        """Whether nothing comes for so long."""
        try:
            self.hear(seconds)
        except TimeoutError:
            return True
        return False


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Callable[..., Node]]:
    """Starts hubs: `nodes(url)`; they are stopped at the end."""
    with ExitStack() as stack:

        def start(url: str, **said: Any) -> Node:
            return stack.enter_context(closing(Node(url, tmp_path / "data", **said)))

        yield start


@pytest.fixture
def node(nodes: Callable[..., Node], sqlite_template: Any, tmp_path: Path) -> Iterator[Node]:
    """One hub on SQLite, by the real clock."""
    for url in sqlite_template.fresh(tmp_path):
        yield nodes(url)
