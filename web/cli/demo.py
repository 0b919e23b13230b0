"""`hub demo`, and what `hub serve --demo` needs: a believable office, its log-ins, older months behind."""

import os
import secrets
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from hub import credentials, founding
from hub.database import Database, Tx
from hub.organisation import Office, Role, Staff
from hub.settings import Settings
from web.cli import opening
from web.demo import build
from web.session import Demo

PASSWORD_FILE = "demo-password"


def demo(
    months: Annotated[int, typer.Option(min=1, max=24, help="Months of history")] = 6,
    seed: Annotated[int, typer.Option(help="Another seed tells another story")] = 1,
) -> None:
    """Build the demo office with its whole history, all through the real verbs."""
    with opening.fresh() as (config, database):
        _refuse_filled(config, database)
        password = password_of(config)
        with _Bar() as bar:
            build.build(
                database,
                months=months,
                seed=seed,
                password_hash=credentials.hash_password(password),
                locale=config.locale,
                progress=bar,
            )
        typer.echo("The demo office is built.")
        say_logins(config, database)
    typer.echo("Start it with: hub serve")


def ready(config: Settings, database: Database) -> bool:
    """Make the demo office with its last 30 days when the database is empty. Whether it is a demo office."""
    if database.read(founding.the_company) is None:
        typer.echo("Building the demo office …")
        hashed = credentials.hash_password(password_of(config))
        build.found(database, password_hash=hashed, locale=config.locale)
    if not database.read(is_demo):
        return False
    with _Bar() as bar:
        build.fill(database, 0, build.AT_ONCE, progress=bar)
    return True


def fill_behind(database: Database, stop: threading.Event) -> threading.Thread:
    """Fill in the older months while the hub serves, until it is done or told to stop."""
    thread = threading.Thread(
        target=build.fill,
        args=(database, build.AT_ONCE),
        kwargs={"stop": stop},
        name="demo history",
        daemon=True,
    )
    thread.start()
    return thread


def is_demo(tx: Tx) -> bool:
    """Whether this database holds the demo office."""
    return tx.scalars(select(Office.id).where(col(Office.is_demo))).first() is not None


def password_of(config: Settings) -> str:
    """The demo password: the one set, else one made at the first start and kept in the data folder."""
    told = config.demo_password.get_secret_value()
    if told:
        return told
    path = config.data_dir / PASSWORD_FILE
    if not path.exists():
        _keep_private(path, secrets.token_urlsafe(9))
    return path.read_text().strip()


def say_logins(config: Settings, database: Database) -> None:
    """Print whom one can sign in as, when this is the demo office."""
    if not database.read(is_demo):
        return
    typer.echo(f"Sign in as one of: {' '.join(build.LOGINS)}")
    typer.echo(f"The password is:   {password_of(config)}")


def logins(config: Settings, database: Database) -> Demo | None:
    """What the sign-in page of a demo office shows; None elsewhere."""
    if not database.read(is_demo):
        return None
    return Demo(database.read(_roles), password_of(config))


def _roles(tx: Tx) -> tuple[tuple[str, str], ...]:
    rows = tx.execute(
        select(Staff.login, Role.role)
        .join(Role, col(Role.staff_id) == col(Staff.id))
        .where(col(Staff.login).in_(build.LOGINS), col(Role.ended_at).is_(None))
    )
    role_of = dict(row for row in rows)
    return tuple((login, role_of[login]) for login in build.LOGINS if login in role_of)


def _refuse_filled(config: Settings, database: Database) -> None:
    if database.read(founding.the_company) is not None:
        opening.fail(f"{opening.where(config)} has its company already; the demo office needs an empty one.")


def _keep_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")


class _Bar:
    """One line of progress on standard error, rewritten in place on a terminal."""

    def __enter__(self) -> "_Bar":
        self._shown = -1
        return self

    def __call__(self, done: int, days: int) -> None:
        share = done * 100 // max(days, 1)
        if share != self._shown and sys.stderr.isatty():
            print(f"\r{done} of {days} days", end="", file=sys.stderr, flush=True)
            self._shown = share

    def __exit__(self, *_: object) -> None:
        if self._shown >= 0:
            print(file=sys.stderr)
