"""`hub verify`: walk the record and say whether it is whole."""

import typer

from hub import checkpoints
from web.cli import opening


def verify() -> None:
    """Walk every hash chain and checkpoint; print the first broken link and exit 1 if there is one."""
    with opening.existing() as (_, database):
        verdict = database.read(checkpoints.verify)
    typer.echo(f"{verdict.events} events in {verdict.streams} streams, {verdict.checkpoints} checkpoints")
    if verdict.broken:
        opening.fail(f"BROKEN at {verdict.broken.where}: {verdict.broken.what}")
    typer.echo("The record is whole.")
