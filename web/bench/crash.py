"""Killed without a word under load, again and again: no 201 is lost, none is doubled, the record is whole.

What was sent and not answered is sent again under the same key to the next hub, as a careful client does. At
every other kill nobody has a key, and matters take the short way (`web.quick`).
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlmodel import col, select

from hub import checkpoints
from hub.database import Database, Tx
from hub.tickets import Ticket
from web.bench import asking
from web.bench.load import Errand, Outcome
from web.bench.measures import Measure
from web.bench.places import Place, Served, serving

CLIENTS = 16
# seconds under load until the kill; the first answers of a hub take half of one
SHORTEST, LONGEST = 0.05, 2.5


def measure(place: Place, kills: int, tell: Callable[[int, int], None]) -> Iterator[Measure]:
    """Kill so many hubs; the figure is how many of the matters answered with 201 are missing or double."""
    chance, kept, unknown = random.Random(17), dict[int, str](), list[int]()
    for done in range(kills):
        is_keyed = done % 2 == 0
        outcome = _killed(place, chance.uniform(SHORTEST, LONGEST), is_keyed, unknown)
        kept.update(outcome.kept)
        if is_keyed:
            unknown = sorted((set(unknown) | set(outcome.unknown)) - kept.keys())
        tell(done + 1, kills)
    with serving(place) as served:
        last = asking.ask(_errand(place, served, 1.0, unknown))
        kept.update(last.kept)
    database = Database(place.url)
    try:
        began = time.perf_counter()
        wrong = database.read(lambda tx: _wrong(tx, kept))
        broken = database.read(checkpoints.verify).broken
    finally:
        database.close()
    yield Measure(
        "crash",
        place.engine,
        f"{kills} SIGKILLs under load of {CLIENTS} clients, {len(kept):,} matters answered with 201",
        len(wrong),
        "lost or doubled",
        limit="0, and the record whole",
        is_met=not wrong and broken is None,
        note=(f"broken: {broken}" if broken else f"hub verify passes in {time.perf_counter() - began:.1f} s")
        + (f"; {wrong[:3]}" if wrong else ""),
    )


def _killed(place: Place, seconds: float, is_keyed: bool, unknown: list[int]) -> Outcome:
    """A hub that is killed after so long under load, and what its clients were told by then."""
    with serving(place) as served:
        process = served.processes[0]
        errand = _errand(place, served, asking.GRACE, unknown if is_keyed else [], is_keyed)
        errand = replace(errand, victim=(process.pid, seconds))
        outcome = asking.ask(errand)
        process.wait()
    return outcome


def _errand(place: Place, served: Served, seconds: float, again: list[int], is_keyed: bool = True) -> Errand:
    first = place.turn
    place.turn += 100_000
    return Errand(
        served.ports, CLIENTS, seconds, tokens=place.ground.tokens, first=first, keyed=is_keyed, again=again
    )


def _wrong(tx: Tx, kept: dict[int, str]) -> list[str]:
    """What was answered and is not there, or is there twice; each description ends with its turn."""
    there: Counter[int] = Counter()
    numbers: dict[int, str] = {}
    for number, description in tx.execute(select(Ticket.number, Ticket.description).order_by(col(Ticket.id))):
        turn = int(description.rpartition("(")[2].rstrip(")"))
        there[turn] += 1
        numbers[turn] = number
    lost = [f"{number} is lost" for turn, number in kept.items() if numbers.get(turn) != number]
    return lost + [f"matter {turn} is there {count} times" for turn, count in there.items() if count > 1]
