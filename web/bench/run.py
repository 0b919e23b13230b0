"""Play the benches on both engines, say what was not measured, and write the table."""

import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from hub import clock
from web.bench import (
    crash,
    disk,
    filling,
    hooks,
    intake,
    live,
    measures,
    month,
    pages,
    places,
    report,
    standing,
)
from web.bench.measures import Left, Measure
from web.bench.places import POSTGRES, SQLITE, Place

Bench = Callable[[Place, float], Iterator[Measure | Left]]
# those that only read come first, on what was just filled; those that write grow it
BENCHES: dict[str, Bench] = {
    "queue": pages.queue,
    "wall": pages.wall,
    "search": pages.search,
    "month": month.measure,
    "report": report.measure,
    "memory": standing.measure,
    "intake": intake.measure,
    "disk": disk.measure,
    "hooks": hooks.measure,
}
CRASH, LIVE = "crash", "live"
NAMES = (*BENCHES, CRASH, LIVE)
PACKAGES = ("fastapi", "starlette", "sqlalchemy", "sqlmodel", "pydantic", "uvicorn", "uvloop", "psycopg")
NO_POSTGRES = "no PostgreSQL: `make bench` installs one, or name a server in HUB_TEST_POSTGRES_URL"


@dataclass(frozen=True)
class Wanted:
    """What to run and how much of it. `kills` are on SQLite; PostgreSQL, slower to start, has a fifth."""

    names: tuple[str, ...] = NAMES
    engines: tuple[str, ...] = (SQLITE, POSTGRES)
    tickets: int = 1_000_000
    open: int = 20_000
    offices: int = 50
    seconds: float = 8.0
    kills: int = 100
    crowded: live.Crowded = field(default_factory=live.Crowded)


@dataclass
class Found:
    """What came of a run."""

    wanted: Wanted
    measures: list[Measure] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def run(wanted: Wanted, say: Callable[[str], None]) -> Found:
    """Run what is wanted, saying each figure as it is known."""
    found, began = Found(wanted), time.monotonic()
    with places.postgres_server() if POSTGRES in wanted.engines else _nothing() as server:
        for engine in wanted.engines:
            if engine == POSTGRES and server is None:
                found.left += [Left(name, engine, NO_POSTGRES) for name in wanted.names]
                say(f"{engine}: not measured: {NO_POSTGRES}")
                continue
            _on(engine, server, found, say)
    found.seconds = time.monotonic() - began
    return found


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


@contextmanager
def _place(engine: str, server: str | None) -> Iterator[Place]:
    with ExitStack() as stack:
        yield stack.enter_context(
            places.sqlite_place() if engine == SQLITE else places.postgres_place(str(server))
        )


def _on(engine: str, server: str | None, found: Found, say: Callable[[str], None]) -> None:
    wanted = found.wanted
    if any(name in BENCHES for name in wanted.names):
        with _place(engine, server) as place:
            found.versions[engine] = place.version
            _fill(place, wanted.tickets, wanted.open, wanted.offices, say)
            for name, bench in BENCHES.items():
                if name in wanted.names:
                    say(f"{engine}: {name} ...")
                    _keep(bench(place, wanted.seconds), found, say)
    if CRASH in wanted.names:
        with _place(engine, server) as place:
            found.versions[engine] = place.version
            _fill(place, 0, 0, min(4, wanted.offices), say)
            kills = wanted.kills if engine == SQLITE else max(1, wanted.kills // 5)
            _keep(crash.measure(place, kills, _told(f"{engine}: kills", say)), found, say)
    if LIVE in wanted.names and engine == SQLITE:  # it is the sending that is measured, the same on both
        say(f"{engine}: {LIVE} ...")
        _keep(live.measure(wanted.crowded), found, say)


def _fill(place: Place, tickets: int, open_ones: int, offices: int, say: Callable[[str], None]) -> None:
    say(f"{place.engine}: {tickets:,} matters in {offices} offices ...")
    filling.fill(place, tickets, open_ones, offices, _told(f"{place.engine}: filled", say))


def _told(what: str, say: Callable[[str], None]) -> Callable[[int, int], None]:
    """Says how far a long step is, every tenth of it."""

    def tell(done: int, whole: int) -> None:
        if done == whole or done * 10 // whole != (done - max(1, whole // 100)) * 10 // whole:
            say(f"{what} {done:,} of {whole:,}")

    return tell


def _keep(answers: Iterable[Measure | Left], found: Found, say: Callable[[str], None]) -> None:
    for answer in answers:
        if isinstance(answer, Left):
            found.left.append(answer)
            say(f"{answer.engine}: {answer.bench} not measured: {answer.why}")
        else:
            found.measures.append(answer)
            say(measures.brief(answer))


def document(found: Found, command: str) -> str:
    """docs/benchmarks.md: the machine, the versions, the date, the command and the table."""
    wanted = found.wanted
    lines = [
        "# Benchmarks",
        "",
        f"Written by `{command}` on {clock.now().astimezone(UTC):%Y-%m-%d %H:%M} UTC "
        f"in {found.seconds / 60:.0f} minutes. Do not edit: run it again.",
        "",
        "Rates of one machine say little about another; **the ratio to the raw floor of the same run** does.",
        "",
        f"- Machine: {machine()}",
        f"- Python {platform.python_version()}; "
        + ", ".join(f"{engine} {said}" for engine, said in found.versions.items()),
        "- " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        f"- Data: {wanted.tickets:,} matters in {wanted.offices} offices, {wanted.open:,} of them open, "
        "85,000 a month; record chains for the last two months. Clients run on the same machine.",
        "",
        *measures.table(found.measures),
        "",
    ]
    if found.left:
        lines += ["Not measured:", ""]
        lines += [f"- {left.bench} on {left.engine}: {left.why}" for left in found.left]
        lines.append("")
    return "\n".join(lines)


def machine() -> str:
    """Processor, cores, memory and system, as far as the system says."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _read("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.processor() or platform.machine(),
    )
    memory = next((line.split()[1] for line in _read("/proc/meminfo").splitlines()), "0")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return (
        f"{cpu}, {os.cpu_count()} cores, {int(memory) / 2**20:.0f} GB, {platform.system()} "
        f"{platform.release()}; load at the end {load:.1f}"
    )


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8") if sys.platform == "linux" else ""
