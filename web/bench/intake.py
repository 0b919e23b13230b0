"""Taking matters in over HTTP: how many a second, how long each waits, and how far the floor is."""

from collections.abc import Iterator

from web.bench import asking, floor
from web.bench.measures import Measure
from web.bench.places import Place, Served, serving

CLIENTS = (1, 8, 32)
ASKED = {"SQLite": 300, "PostgreSQL": 150}
LONGEST = 0.100  # seconds, at 8 clients
WARM = 0.5  # of the time of a bench is spent on warming up first


def measure(place: Place, seconds: float) -> Iterator[Measure]:
    """One hub with 1, 8 and 32 clients; on PostgreSQL two hubs besides."""
    with serving(place) as served:
        yield from _with(place, served, CLIENTS, seconds, "one hub")
    if not place.is_sqlite:
        with serving(place, 2) as served:
            yield from _with(place, served, CLIENTS[1:], seconds, "two hubs")


def _with(
    place: Place, served: Served, clients: tuple[int, ...], seconds: float, what: str
) -> Iterator[Measure]:
    # every office's settings are read once per process: that is not what a day is made of
    asking.intake(place, served, 8, seconds * WARM)
    raw = floor.intakes_per_second(place, seconds * WARM)
    for count in clients:
        idle = asking.no_op(served, count, seconds * WARM)
        taken = asking.intake(place, served, count, seconds)
        is_judged = count == 8 and len(served.ports) == 1
        yield Measure(
            "intake",
            place.engine,
            f"{what}, {count} at a time",
            asking.rate(taken),
            "tickets/s",
            raw,
            "raw INSERTs, 8 a commit",
            taken.times,
            f"{ASKED[place.engine]}/s, p99 100 ms" if is_judged else "",
            _is_met(place, asking.rate(taken), taken.times) if is_judged else None,
            f"{asking.rate(taken) / asking.rate(idle):.3f} of the {asking.rate(idle):,.0f} no-op answers/s",
        )


def _is_met(place: Place, rate: float, times: list[float]) -> bool:
    slowest = sorted(times)[int(len(times) * 0.99) - 1] if times else LONGEST
    return rate >= ASKED[place.engine] and (slowest <= LONGEST or not place.is_sqlite)
