"""The company's analysis report of a month, to PDF: the command as people run it, its time and memory."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, text
from sqlmodel import col, select

from hub import clock
from hub.database import Database, Tx
from hub.organisation import Company
from hub.statistics import periods
from hub.statistics.periods import MONTHLY, Period
from hub.tickets import Ticket
from hub.wall_clock import wall_time
from web.bench import memory
from web.bench.measures import Left, Measure
from web.bench.places import HUB, Place

LONGEST, MOST_MB = 10.0, 500
LOOK = 0.05  # seconds between two looks at its memory
RAW = (
    "SELECT ticket.id, ticket.kind, promise.kind, promise.due_at, promise.kept_at FROM ticket "
    "JOIN promise ON promise.ticket_id = ticket.id WHERE ticket.office_id IN (SELECT id FROM office) "
    "AND ticket.received_at >= :start AND ticket.received_at < :end"
)


def measure(place: Place, seconds: float) -> Iterator[Measure | Left]:
    """The last whole month in which there was anything, else the present one."""
    del seconds  # it is done once
    database = Database(place.url)
    try:
        month, start, end = database.read(_month)
        raw, matters = database.read(lambda tx: _raw(tx, start, end))
    finally:
        database.close()
    took, most_mb = _made(place, month)
    if took is None:
        yield Left("report", place.engine, f"`hub report` refused {month.key}")
        return
    floor, note = "reading the month's promises with their tickets", f"{matters:,} matters"
    what = "a month's report of the company to PDF"
    yield Measure(
        *("report", place.engine, what, took, "s", raw, floor),
        limit="10 s",
        is_met=took <= LONGEST,
        note=note,
    )
    yield Measure(
        *("report", place.engine, f"{what}, at its peak", most_mb, "MB"),
        limit="500 MB",
        is_met=most_mb <= MOST_MB,
    )


def _month(tx: Tx) -> tuple[Period, datetime, datetime]:
    zone = ZoneInfo(tx.scalars(select(Company)).one().zone)
    present = periods.containing(MONTHLY, wall_time(clock.now(), zone).date())
    first = tx.execute(select(func.min(col(Ticket.received_at)))).scalar()
    month = present.before if first and present.before.bounds(zone)[1] > first else present
    return month, *month.bounds(zone)


def _raw(tx: Tx, start: datetime, end: datetime) -> tuple[float, int]:
    """(seconds, tickets) of reading what the report counts most of."""
    bounds: dict[str, Any] = {"start": start, "end": end}
    if tx.database.is_sqlite:
        bounds = {name: f"{at:%Y-%m-%d %H:%M:%S}" for name, at in bounds.items()}
    began = time.perf_counter()
    tickets = {row[0] for row in tx.execute(text(RAW), bounds)}
    return time.perf_counter() - began, len(tickets)


def _made(place: Place, month: Period) -> tuple[float | None, float]:
    """Seconds from the command to the file on the disk (None: refused), and the megabytes it held at most.

    As on any day but the first: what Python compiles when it is first started is there.
    """
    told = {"HUB_DATABASE_URL": place.url, "HUB_DATA_DIR": str(place.folder)}
    environment = {name: said for name, said in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= told
    subprocess.run([str(HUB), "report", "--help"], env=environment, stdout=subprocess.DEVNULL, check=True)
    out = place.folder / "report.pdf"
    command = [str(HUB), "report", "--company", "--month", month.key, "--locale", "en", "--out", str(out)]
    began = time.perf_counter()
    process, most = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL), 0.0
    while process.poll() is None:
        with suppress(OSError):
            most = memory.most_mb(process.pid)
        time.sleep(LOOK)
    took = time.perf_counter() - began
    return (took if process.returncode == 0 and out.exists() else None), most
