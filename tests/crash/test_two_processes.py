"""Two real processes reach for the same orders at once: each has one winner, the loser knows whom."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from hub.database import Database
from tests.engines import PostgresTemplate
from tests.house import House, leak

ORDERS = 12
# A process of its own: waits for the gate, then claims every order; says what became of each.
CLAIM = """
import sys, time
from pathlib import Path
from dispatch import work
from dispatch.hands import Seen
from hub.database import Database
from hub.errors import AlreadyTaken
from hub.orders import Order
from sqlmodel import select
from tests.house import House
url, login, way, gate, *numbers = sys.argv[1:]
house = House(Database(url))
actor, staff = house.actor(login if way == "claim" else "sue"), house.staff(login)
print("ready", flush=True)
while not Path(gate).exists():
    time.sleep(0.001)
for number in numbers:
    order = house.look(lambda tx: tx.scalars(select(Order).where(Order.number == number)).one())
    try:
        if way == "claim":
            house.do(work.accept, actor, order)
        else:
            house.do(work.assign, actor, order, staff, seen=Seen(None))
        print(number, "won", flush=True)
    except AlreadyTaken as refusal:
        print(number, refusal, flush=True)
"""


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["claim", "assign"])
def test_every_order_has_one_winner_and_the_other_is_told_who(
    postgres_template: PostgresTemplate, tmp_path: Path, way: str
) -> None:
    for url in postgres_template.fresh(tmp_path):
        database = Database(url)
        house = House(database)
        clara = house.actor("clara")
        numbers = [house.orders(house.receive(clara, leak()))[0].number for _ in range(ORDERS)]
        said = _race(url, way, tmp_path / "open", numbers)
        by_number = {number: [one[number] for one in said.values()] for number in numbers}
        for number, outcomes in by_number.items():
            assert outcomes.count("won") == 1, number
            (lost,) = [one for one in outcomes if one != "won"]
            assert lost in ("Wes Worker has this order", "Wen Worker has this order")
            winner = next(login for login, one in said.items() if one[number] == "won")
            assert lost.startswith(winner.capitalize())
        assert Counter(len(one) for one in said.values()) == {ORDERS: 2}
        assert house.verify().broken is None
        database.close()


def _race(url: str, way: str, gate: Path, numbers: list[str]) -> dict[str, dict[str, str]]:
    """Both processes through the gate at once; what each says of each order."""
    racing = {
        login: subprocess.Popen(
            [sys.executable, "-c", CLAIM, url, login, way, str(gate), *numbers],
            stdout=subprocess.PIPE,
            text=True,
        )
        for login in ("wes", "wen")
    }
    for process in racing.values():
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
    gate.touch()
    said: dict[str, dict[str, str]] = {}
    for login, process in racing.items():
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        lines = (line.partition(" ") for line in out.splitlines())
        said[login] = {number: outcome for number, _, outcome in lines}
    return said
