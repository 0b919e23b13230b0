"""What a hub costs while nothing happens: its memory, and how long it takes to come up."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack

from web.bench import asking, memory
from web.bench.measures import Measure
from web.bench.places import Place, serving

MOST_MB = 200
LONGEST = 3.0
BARE = "import fastapi, sqlmodel, uvicorn, jinja2"


def measure(place: Place, seconds: float) -> Iterator[Measure]:
    """First start (nothing compiled yet), second start, and memory after a while of rest."""
    bare_cold, _ = _bare(fresh=True)
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder, ExitStack() as stack:
        served = stack.enter_context(serving(place, PYTHONPYCACHEPREFIX=folder))
        yield _start(place, "first start, nothing compiled yet", served.seconds, bare_cold, "")
    bare_warm, bare_mb = _bare(fresh=False)
    with serving(place) as served:
        yield _start(place, "second start", served.seconds, bare_warm, "3 s")
        asking.pages(place, served, ["/desk", "/api/v1/tickets?limit=40"], min(2.0, seconds))
        time.sleep(min(5.0, seconds))
        idle = memory.resident_mb(served.processes[0].pid)
        yield Measure(
            "memory",
            place.engine,
            "an idle hub, after its first pages",
            idle,
            "MB",
            bare_mb,
            "its bare libraries",
            limit="200 MB",
            is_met=idle <= MOST_MB,
        )


def _start(place: Place, what: str, seconds: float, bare: float, limit: str) -> Measure:
    return Measure(
        "start",
        place.engine,
        what,
        seconds,
        "s",
        bare,
        "importing its bare libraries",
        limit=limit,
        is_met=seconds <= LONGEST if limit else None,
    )


def _bare(fresh: bool) -> tuple[float, float]:
    """Seconds and megabytes of a Python that only imports the big libraries."""
    say = f"{BARE}; from web.bench.memory import most_mb; print(most_mb('self'))"
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        cache = ["-X", f"pycache_prefix={folder}"] if fresh else []
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *cache, "-c", say], stdout=subprocess.PIPE, text=True, check=True
        )
        return time.perf_counter() - began, float(done.stdout)
