"""How many waits for the disk an intake costs: fdatasync counted by strace, or by PostgreSQL itself."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text

from web.bench import asking
from web.bench.measures import Left, Measure
from web.bench.places import Place, serving

CLIENTS = (1, 8, 32)
WAIT = re.compile(r"\b(?:fdatasync|fsync)\(")


def measure(place: Place, seconds: float) -> Iterator[Measure | Left]:
    """Waits per intake with 1, 8 and 32 clients, those of all that follows from it among them.

    One is the floor of a program that commits each alone.
    """
    strace = shutil.which("strace")
    if place.is_sqlite and strace is None:
        yield Left("disk", place.engine, "strace is not installed")
        return
    for count in CLIENTS:
        waits, tickets = (
            _traced(place, str(strace), count, seconds)
            if place.is_sqlite
            else _told_by_postgres(place, count, seconds)
        )
        yield Measure(
            "disk",
            place.engine,
            f"{count} at a time",
            waits / max(1, tickets),
            "waits for the disk per intake",
            1.0,
            "one commit each",
            note="counted by strace" if place.is_sqlite else "WAL fsyncs, as PostgreSQL counts them",
        )


def _traced(place: Place, strace: str, clients: int, seconds: float) -> tuple[int, int]:
    said = Path(place.folder) / f"strace-{clients}"
    before = (strace, "-f", "-e", "trace=fdatasync,fsync", "-o", str(said))
    with serving(place, 1, before) as served:
        asking.intake(place, served, clients, seconds / 4)
        began = len(WAIT.findall(said.read_text()))
        taken = asking.intake(place, served, clients, seconds)
        return len(WAIT.findall(said.read_text())) - began, len(taken.times)


def _told_by_postgres(place: Place, clients: int, seconds: float) -> tuple[int, int]:
    engine = create_engine(place.url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection, serving(place) as served:
            asking.intake(place, served, clients, seconds / 4)
            is_new = int(str(connection.execute(text("SHOW server_version_num")).scalar_one())) >= 180_000
            counted = text(
                "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'"
                if is_new
                else "SELECT wal_sync FROM pg_stat_wal"
            )
            before = int(connection.execute(counted).scalar_one())
            taken = asking.intake(place, served, clients, seconds)
            return int(connection.execute(counted).scalar_one()) - before, len(taken.times)
    finally:
        engine.dispose()
