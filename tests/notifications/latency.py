"""How long an emergency takes from the intake to the first text at the carrier, while others pour in.

`python -m tests.notifications.latency [SECONDS] [RATE]`: RATE matters a second, one in 25 an emergency, on a
fresh SQLite hub whose clockwork runs in this process; the carrier stands on loopback. Prints the figures.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path

from dispatch import intake
from hub import clock, organisation
from hub.access import Actor
from hub.database import Database, Tx
from hub.organisation import Staff
from tests.crash.outbox import settings
from tests.engines import SqliteTemplate
from tests.house import House, leak
from web import timetable
from web.standin import server
from web.standin.carrier import NUMBER, Carrier
from web.standin.webhooks import Reply

HANDS = 8
EMERGENCY_EVERY = 25


def main(seconds: float = 20, rate: float = 50) -> None:
    """Run the load and print the distribution."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        template.mkdir()
        (url,) = SqliteTemplate(template).fresh(Path(folder))
        database = Database(url)
        database.write(_telephones)
        carrier = Carrier("http://127.0.0.1:9", post=lambda *_: Reply(200))
        with server.serving(carrier) as address:
            config = settings(address, carrier.account_sid, carrier.auth_token, NUMBER)
            clockwork = timetable.start(database, config)
            began, taken = _pour_in(database, seconds, rate)
            _wait(carrier, began)
            clockwork.shutdown()
        _print(carrier, began, taken, seconds)
        database.close()


def _pour_in(database: Database, seconds: float, rate: float) -> tuple[dict[str, float], int]:
    """Take matters in at this rate; answers when each emergency began, and how many matters came in."""
    house = House(database)
    clara, began, count = house.actor("clara"), dict[str, float](), [0]
    start, lock = time.monotonic(), threading.Lock()

    def hand(first: int) -> None:
        n = first
        while (due := n / rate) < seconds:
            time.sleep(max(0.0, start + due - time.monotonic()))
            _take_in(database, clara, n, began)
            with lock:
                count[0] += 1
            n += HANDS

    hands = [threading.Thread(target=hand, args=(n,)) for n in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    return began, count[0]


def _take_in(database: Database, clara: Actor, n: int, began: dict[str, float]) -> None:
    is_urgent = n % EMERGENCY_EVERY == 0
    urgent = {"item": "Burst pipe", "category": "01-01"} if is_urgent else {}
    moment = clock.now().timestamp()

    def think(tx: Tx) -> intake.Prepared:
        office = organisation.office_by_code(tx, "LG")
        return intake.prepare(tx, office, leak(name="Rosa Diaz", room="B-0302", phone="6123 4567", **urgent))

    prepared = database.read(think)
    ticket = database.write(lambda tx: intake.receive(tx, clara, prepared))
    if is_urgent:
        began[ticket.number] = moment


def _wait(carrier: Carrier, began: dict[str, float]) -> None:
    for _ in range(600):
        if set(_firsts(carrier)) >= set(began):
            return
        time.sleep(0.1)


def _firsts(carrier: Carrier) -> dict[str, float]:
    """When the first urgent text of each matter reached the carrier."""
    found: dict[str, float] = {}
    for message in list(carrier.messages.values()):
        words = message.body.split()
        number = next((word for word in words if word.isdigit() and len(word) == 9), "")
        if message.body.startswith(("P1", "URGENT")) and number:
            found.setdefault(number, message.created_at.timestamp())
    return found


def _print(carrier: Carrier, began: dict[str, float], taken: int, seconds: float) -> None:
    firsts = _firsts(carrier)
    waits = sorted(firsts[number] - moment for number, moment in began.items() if number in firsts)
    p50, p90, p99 = (waits[min(len(waits) - 1, int(len(waits) * share))] for share in (0.5, 0.9, 0.99))
    print(f"{taken} matters in {seconds:.0f} s, {len(began)} emergencies, {len(waits)} reached the carrier")
    print(f"intake to first text: p50 {p50:.2f} s, p90 {p90:.2f} s, p99 {p99:.2f} s, worst {waits[-1]:.2f} s")


def _telephones(tx: Tx) -> None:
    """Everybody can be texted, at any hour."""
    office = organisation.office_by_code(tx, "LG")
    office.policy = office.policy | {"quiet": ["00:00", "00:00"]}
    for n, person in enumerate(tx.query(Staff)):
        person.phone = f"+852911100{n:02d}"


if __name__ == "__main__":
    main(*(float(said) for said in sys.argv[1:3]))
