"""Have the client of `load.py` ask, in its own process, and hear what came of it."""

import json
import subprocess
import sys
from dataclasses import asdict

from web.bench.load import Errand, Outcome
from web.bench.places import Place, Served

NO_OP = "/healthz"  # the cheapest endpoint of the same application: what any answer costs
GRACE = 120


def ask(errand: Errand) -> Outcome:
    """Run the errand to its end. Raises RuntimeError when anything but a 2xx was answered."""
    done = subprocess.run(
        [sys.executable, "-m", "web.bench.load"],
        input=json.dumps(asdict(errand)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=errand.seconds + GRACE,
    )
    outcome = Outcome(**json.loads(done.stdout))
    if outcome.refused:
        raise RuntimeError(f"{outcome.refused} answers were refused; the first: {outcome.said}")
    return outcome


def no_op(served: Served, clients: int, seconds: float) -> Outcome:
    """The floor of every answer over HTTP."""
    return ask(Errand(served.ports, clients, seconds, paths=[NO_OP]))


def intake(place: Place, served: Served, clients: int, seconds: float) -> Outcome:
    """New matters, each of a clerk in turn over all offices."""
    outcome = ask(Errand(served.ports, clients, seconds, tokens=place.ground.tokens, first=place.turn))
    place.turn += len(outcome.times) + clients
    return outcome


def pages(place: Place, served: Served, paths: list[str], seconds: float, clients: int = 1) -> Outcome:
    """These addresses in turn, as a signed-in clerk of the first office."""
    cookie = f"hub_session={place.ground.session}"
    return ask(Errand(served.ports, clients, seconds, cookie=cookie, paths=paths))


def rate(outcome: Outcome) -> float:
    """Answers per second."""
    return len(outcome.times) / outcome.seconds
