"""How a command opens the configured database, and says so in one line when it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from hub import founding, schema, settings, wires
from hub.database import Database, Tx
from hub.errors import HubError, NotFound
from hub.organisation import Office
from hub.settings import BrokenSettings, Settings


def fail(message: str) -> NoReturn:
    """Say what is wrong on standard error and end with 1."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


def load() -> Settings:
    """The settings, or the end of the command naming every wrong one."""
    try:
        return settings.load()
    except BrokenSettings as wrong:
        fail(f"A setting is wrong. {wrong}")


@contextmanager
def existing() -> Iterator[tuple[Settings, Database]]:
    """The database that must be there already, with its tables at the newest revision."""
    config = load()
    database = _connect(config, must_exist=True)
    try:
        with refusals():
            schema.upgrade(database)
            if database.read(founding.the_company) is None:
                fail(f"{where(config)} is empty: run `hub init` or `hub demo` first.")
            yield config, database
    finally:
        database.close()


@contextmanager
def fresh() -> Iterator[tuple[Settings, Database]]:
    """The database, made when it is not there: for init, demo, restore and `serve --demo`."""
    config = load()
    config.data_dir.mkdir(parents=True, exist_ok=True)
    database = _connect(config, must_exist=False)
    try:
        with refusals():
            schema.upgrade(database)
            yield config, database
    finally:
        database.close()


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal of the hub is one sentence on standard error, never a traceback."""
    try:
        yield
    except HubError as refused:
        fail(f"{str(refused)[:1].upper()}{str(refused)[1:]}.")


def first_office(tx: Tx) -> str:
    """The code of the office a command means when none is named."""
    code = tx.scalars(select(Office.code).where(~col(Office.is_replay)).order_by(col(Office.id))).first()
    if code is None:
        raise NotFound("there is no such office")
    return code


def where(config: Settings) -> str:
    """The database as people may see it: the path of a file, an address without its password."""
    database = Database.place(config.url)
    return f"The database {database}"


def _connect(config: Settings, must_exist: bool) -> Database:
    if must_exist and Database.missing(config.url):
        fail(f"{where(config)} does not exist: run `hub init` or `hub demo` first.")
    try:
        database = Database(config.url)
        with database.connection():
            wires.connect(config, database)  # what a command writes beside a running server rings its bell
            return database
    except OperationalError as failed:
        fail(f"{where(config)} cannot be opened: {str(failed.orig).splitlines()[0]}")
