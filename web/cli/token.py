"""`hub token`: access tokens for programs."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlmodel import col, select

from hub import credentials, events
from hub.database import Tx
from hub.errors import NotFound
from hub.organisation import Staff
from web.cli import opening

app = typer.Typer(help="Access tokens for programs.", no_args_is_help=True)


@app.callback()
def _tokens() -> None:
    """Access tokens for programs."""


@app.command("create")
def create(
    staff: Annotated[str, typer.Option(help="Log-in of the person the token acts for")],
    expires: Annotated[
        datetime | None, typer.Option(help="Last day, YYYY-MM-DD (UTC); never when left out")
    ] = None,
) -> None:
    """Make a token and print it, alone, on standard output. It cannot be shown again."""
    until = expires.replace(tzinfo=UTC) if expires else None
    with opening.existing() as (_, database):
        secret = database.write(lambda tx: _make(tx, staff, until))
    typer.echo(secret)


def _make(tx: Tx, login: str, until: datetime | None) -> str:
    person = tx.exec_one(select(Staff).where(Staff.login == login, col(Staff.ended_at).is_(None)))
    if person is None:
        raise NotFound("there is no such person")
    secret = credentials.make_token(tx, person, until)
    stream = f"company:{person.company_id}"
    events.record(tx, "token_made", stream=stream, facts={"staff": person.id, "expires_at": until})
    return secret
