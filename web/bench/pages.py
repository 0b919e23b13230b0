"""The desk's page with its counts, and searching, each over HTTP as a clerk's browser asks."""

from collections.abc import Iterator
from urllib.parse import quote

from web.bench import asking, matters
from web.bench.measures import Measure, percentile
from web.bench.places import Place, Served, serving

LONGEST, LONGEST_OF_WALLS = 0.050, 0.200  # seconds, p99
QUEUES = ("new", "in_hand", "returned", "callbacks", "at_risk", "overdue", "reopened", "mine", "all")
SEARCHES = (
    (matters.RARE, "a word in 0.1 % of the matters"),
    (matters.SOME, "a word in 4 %"),
    (matters.COMMON, "a word in 13 %"),
    (matters.CHINESE, "two Chinese characters, in 5 %"),
    (f"{matters.COMMON} {matters.SOME}", "two words no matter has both of"),
)
TYPED = (
    (matters.COMMON[:3], "typed so far: the beginning of a word in 13 %"),
    ("9876", "typed so far: four digits of a phone"),
    ("wxm", "typed so far: initials"),
)


def queue(place: Place, seconds: float) -> Iterator[Measure]:
    """The desk's page: each of its queues in turn, with the counts of all."""
    with serving(place) as served:
        paths = [f"/desk?queue={name}" for name in QUEUES]
        yield _measure(place, served, "queue", "the desk's page with its counts", paths, seconds)
        yield _measure(place, served, "queue", "the same, 8 clerks at once", paths, seconds, 8)


def wall(place: Place, seconds: float) -> Iterator[Measure]:
    """The office's figures as they stand and its month, asked one after another as people look at them."""
    with serving(place) as served:
        for path, what in (("/office", "an office's figures with its month"), ("/office/wall", "its wall")):
            yield _measure(place, served, "wall", what, [path], seconds, longest=LONGEST_OF_WALLS)


def search(place: Place, seconds: float) -> Iterator[Measure]:
    """One search after another in the office of the clerk, newest first, forty at a time."""
    with serving(place) as served:
        for words, what in SEARCHES:
            path = f"/api/v1/tickets?limit=40&q={quote(words)}"
            yield _measure(place, served, "search", what, [path], seconds)
        for words, what in TYPED:
            yield _measure(place, served, "search", what, [f"/desk/found?q={quote(words)}"], seconds)


def _measure(
    place: Place,
    served: Served,
    bench: str,
    what: str,
    paths: list[str],
    seconds: float,
    clients: int = 1,
    longest: float = LONGEST,
) -> Measure:
    asking.pages(place, served, paths, seconds / 4, clients)
    idle = asking.no_op(served, clients, seconds / 4)
    answered = asking.pages(place, served, paths, seconds, clients)
    p50 = percentile(answered.times, 0.5) * 1_000
    return Measure(
        bench,
        place.engine,
        what,
        p50,
        "ms",
        percentile(idle.times, 0.5) * 1_000,
        "a no-op answer",
        answered.times,
        f"p99 {longest * 1_000:.0f} ms" if clients == 1 else "",
        percentile(answered.times, 0.99) <= longest if clients == 1 else None,
    )
