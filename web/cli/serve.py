"""`hub serve`: the whole hub in one process, or one half of it where several share a PostgreSQL."""

import ipaddress
import signal
import socket
import threading
from typing import Annotated, Literal

import typer
import uvicorn
from starlette.types import ASGIApp

from hub import checkpoints, founding
from hub.database import Database
from hub.settings import Settings
from web import app as composition
from web import interpreter, timetable
from web.cli import demo, opening
from web.live.wire import SERVING
from web.standin.demo import standing_in

FIRST_PORT = 8000
PORTS_TRIED = 20


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port; from 8000 the next free one when left out")] = None,
    with_demo: Annotated[
        bool, typer.Option("--demo", help="Build the demo office first if there is none")
    ] = False,
    role: Annotated[
        Literal["all", "web", "worker"],
        typer.Option(help="Split screens and clockwork over machines (PostgreSQL)"),
    ] = "all",
) -> None:
    """Serve the hub."""
    with opening.fresh() if with_demo else opening.existing() as (config, database):
        if role != "all" and database.is_sqlite:
            opening.fail("SQLite is one file for one process: --role web or worker needs PostgreSQL.")
        is_demo = demo.ready(config, database) if with_demo else database.read(demo.is_demo)
        if is_demo and not _is_loopback(host):
            opening.fail("The demo office is for this machine only: it listens on 127.0.0.1.")
        enough = threading.Event()
        history = demo.fill_behind(database, enough) if is_demo and role != "web" else None
        try:
            if role == "worker":
                _work(config, database)
            else:
                _listen(config, database, host, port, clockwork=role == "all")
        finally:
            enough.set()
            if history:
                history.join()
            database.write(lambda tx: checkpoints.seal(tx) is not None)


def _listen(config: Settings, database: Database, host: str, port: int | None, clockwork: bool) -> None:
    listener = _socket(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}"
    logins = demo.logins(config, database)
    with standing_in(_at_home(config, address), address, logins is not None) as (settings, carrier):
        with interpreter.loading():
            site = composition.create(settings, database, clockwork=clockwork, demo=logins, carrier=carrier)
        typer.echo(f"The hub is at {address}")
        demo.say_logins(config, database)
        if carrier:
            typer.echo("Texts and calls go to a stand-in carrier on this machine; see /outbox.")
        interpreter.steady()
        uvicorn.Server(serving(site, config)).run(sockets=[listener])


def serving(site: ASGIApp, config: Settings) -> uvicorn.Config:
    """How the site is served. Who asks is whom a trusted proxy names, else who connects."""
    return uvicorn.Config(
        site,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        forwarded_allow_ips=config.proxies,
        **SERVING,
    )


def _at_home(config: Settings, address: str) -> Settings:
    """Without a public address of its own the hub is known by the one it listens on."""
    if "public_url" in config.model_fields_set:
        return config
    return config.model_copy(update={"public_url": address})


def _socket(host: str, port: int | None) -> socket.socket:
    """A socket on the port asked for, else on the first free one from 8000."""
    tried = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else range(port, port + 1)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in tried:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, number))
            made.listen(2048)
            return made
        except OSError:
            made.close()
    opening.fail(f"Port {tried[0]} on {host} is taken." if port else "No port from 8000 to 8019 is free.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _work(config: Settings, database: Database) -> None:
    """Only the clockwork, until told to stop."""
    if database.read(founding.the_company) is None:
        opening.fail("The database is empty: run `hub init` first.")
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    scheduler = timetable.start(database, config)
    typer.echo("The timetable runs; stop it with Ctrl-C.")
    stop.wait()
    scheduler.shutdown(wait=True)
