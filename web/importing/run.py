"""One import from file to table: read, check, and write all of it or nothing."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import select

from hub import credentials, founding, organisation
from hub.database import Database, Tx
from hub.errors import NotFound
from hub.organisation import Staff
from web.importing.kinds import KINDS_OF_IMPORT, Place
from web.importing.sheet import BadCell, read


@dataclass(frozen=True)
class Imported:
    """How many rows there were, every bad cell, and the first passwords of new staff by log-in."""

    rows: int
    bad: list[BadCell]
    passwords: dict[str, str]
    is_written: bool


def run(database: Database, kind_name: str, path: Path, office_code: str, dry_run: bool) -> Imported:
    """Import the file into the office. Nothing is written when a cell is bad or `dry_run` is said.

    Raises TableError and BadInput for a file that cannot be read, NotFound for the office.
    """
    kind = KINDS_OF_IMPORT[kind_name]
    sheet = read(path, kind.columns)
    place = database.read(lambda tx: _place(tx, office_code))
    database.read(lambda tx: kind.check(tx, place, sheet))
    bad = sorted(sheet.bad, key=lambda cell: cell.row)
    if bad or dry_run:
        return Imported(len(sheet.rows), bad, {}, False)
    passwords = _first_passwords(database, sheet.rows) if kind_name == "staff" else {}

    def write(tx: Tx) -> None:
        for _, row in sheet.rows:
            kind.write(tx, place, row)
        founding.record(tx, "imported", place.office, None, what=kind_name, rows=len(sheet.rows))

    database.write(write)
    return Imported(len(sheet.rows), [], passwords, True)


def _place(tx: Tx, office_code: str) -> Place:
    company = founding.the_company(tx)
    if company is None:
        raise NotFound("there is no such office")
    return Place(company, organisation.office_by_code(tx, office_code))


def _first_passwords(database: Database, rows: list[tuple[int, dict[str, Any]]]) -> dict[str, str]:
    """A first password for everybody in the file who is new, its hash put beside the row; told once."""
    known = database.read(lambda tx: set(tx.scalars(select(Staff.login))))
    made = {}
    for _, row in rows:
        if row["login"] in known:
            continue
        made[row["login"]] = secrets.token_urlsafe(9)
        row["password_hash"] = credentials.hash_password(made[row["login"]])
    return made
