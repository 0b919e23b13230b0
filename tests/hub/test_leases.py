"""Work that one process at a time may do."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub import clock, leases
from hub.database import Database
from tests.conftest import MORNING, Clock
from tests.house import House


def test_a_lease_is_the_first_ones_until_it_lapses(shared: House, time: Clock) -> None:
    def ask(holder: str) -> bool:
        return shared.do(leases.take, "timetable", holder, 30)

    assert (ask("here"), ask("there")) == (True, False)
    time.forward(seconds=20)
    assert ask("here")  # renewed, from now
    time.forward(seconds=29)
    assert not ask("there")
    time.forward(seconds=1)
    assert (ask("there"), ask("here")) == (True, False)


def test_what_is_given_back_is_free_at_once_and_no_one_elses(shared: House, time: Clock) -> None:
    for name, holder in (("a", "here"), ("b", "here"), ("c", "there")):
        assert shared.do(leases.take, name, holder, 30)
    shared.do(leases.give_back, "here")
    assert shared.do(leases.take, "a", "another", 30) and shared.do(leases.take, "b", "another", 30)
    assert not shared.do(leases.take, "c", "another", 30)


def test_one_lease_does_not_bind_another(shared: House, time: Clock) -> None:
    assert shared.do(leases.take, "one", "here", 30)
    assert shared.do(leases.take, "other", "there", 30)


@pytest.mark.postgres
def test_of_many_nodes_that_ask_at_once_one_gets_it(
    postgres_database: Database, another_node: Database
) -> None:
    together = threading.Barrier(8)

    def ask(n: int) -> bool:
        node = (postgres_database, another_node)[n % 2]
        with clock.at(MORNING):
            together.wait(20)
            return node.write(lambda tx: leases.take(tx, "crowd", f"node {n}", 30))

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == [False] * 7 + [True]
