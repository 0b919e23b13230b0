"""`hub import`: rooms, residents, staff and categories from CSV or XLSX."""

import csv
from pathlib import Path
from typing import Annotated, Literal

import typer

from web.cli import opening
from web.importing.run import run

MOST_SHOWN = 200


def import_(
    kind: Annotated[
        Literal["rooms", "residents", "staff", "categories"], typer.Argument(help="What the file holds")
    ],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with a header row")],
    office: Annotated[str, typer.Option(help="Code of the office; the first one when left out")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only check: name every bad cell, write nothing")] = False,
    passwords: Annotated[
        Path | None, typer.Option(help="Where to write the first passwords of new staff")
    ] = None,
) -> None:
    """Import a spreadsheet. A file with one bad cell changes nothing."""
    if kind == "staff" and passwords is None and not dry_run:
        opening.fail("Say where the first passwords go: --passwords FILE.csv")
    with opening.existing() as (_, database):
        code = office or database.read(opening.first_office)
        done = run(database, kind, file, code, dry_run)
    for cell in done.bad[:MOST_SHOWN]:
        typer.echo(str(cell), err=True)
    if done.bad:
        opening.fail(f"{len(done.bad)} bad cells in {done.rows} rows; nothing was written.")
    if not done.is_written:
        typer.echo(f"{done.rows} rows are good; nothing was written (dry run).")
        return
    if passwords is not None and done.passwords:
        with passwords.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([("login", "password"), *done.passwords.items()])
    typer.echo(f"{done.rows} {kind} imported into {code}.")
