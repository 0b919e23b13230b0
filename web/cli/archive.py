"""`hub backup` and `hub restore`."""

from pathlib import Path
from typing import Annotated

import typer

from hub import archive, checkpoints
from hub.attachments import Store
from hub.database import Database
from web.cli import opening


def backup(file: Annotated[Path, typer.Argument(help="The archive to write (.zip)")]) -> None:
    """Write everything into one archive, consistent while the hub runs."""
    if file.exists():
        opening.fail(f"{file} is there already; name a new file.")
    with opening.existing() as (config, database):
        database.write(lambda tx: checkpoints.seal(tx) is not None)
        manifest = archive.backup(database, Store(config.data_dir / "files"), file)
    typer.echo(f"{file}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables.")


def restore(
    file: Annotated[Path, typer.Argument(help="An archive written by hub backup")],
    force: Annotated[bool, typer.Option(help="Replace what the database holds")] = False,
) -> None:
    """Fill the configured database from an archive, then verify the record."""
    with opening.fresh() as (config, database):
        manifest = archive.restore(database, Store(config.data_dir / "files"), file, force)
        typer.echo(f"{sum(manifest.rows.values())} rows of {len(manifest.rows)} tables are back.")
        _verify(database)


def _verify(database: Database) -> None:
    broken = database.read(checkpoints.verify).broken
    if broken:
        opening.fail(f"BROKEN at {broken.where}: {broken.what}")
    typer.echo("The record is whole.")
