"""Several readers of one moment: what is written after it none of them sees, and all saw what was before."""

from concurrent.futures import ThreadPoolExecutor

from sqlmodel import func, select

from hub.access import Actor
from hub.database import Tx
from hub.tickets import Ticket
from tests.house import House, leak


def tickets(tx: Tx) -> int:
    return tx.scalars(select(func.count()).select_from(Ticket)).one()


def test_views_are_of_one_moment_whatever_is_written_meanwhile(hub: House, clara: Actor) -> None:
    hub.receive(clara, leak())
    with hub.database.views(3) as readers:
        hub.receive(clara, leak(room="B-0302"))
        assert [tickets(tx) for tx in readers] == [1, 1, 1]
        hub.receive(clara, leak(room="A-1203"))
        assert [tickets(tx) for tx in readers] == [1, 1, 1]
    assert hub.look(tickets) == 3


def test_each_view_is_read_in_a_thread_of_its_own(hub: House, clara: Actor) -> None:
    hub.receive(clara, leak())
    with hub.database.views(2) as readers, ThreadPoolExecutor(2) as threads:
        assert list(threads.map(tickets, readers)) == [1, 1]
    for _ in range(20):  # they are given back, or the pool would be empty by now
        with hub.database.views(2) as readers:
            assert tickets(readers[1]) == 1
