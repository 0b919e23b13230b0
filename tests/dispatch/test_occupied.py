"""In which rooms people were before: asked of those who work there, and of nobody else."""

from collections.abc import Sequence
from datetime import timedelta

from dispatch import occupied, work
from dispatch.occupied import Visit
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import MORNING
from tests.house import House
from tests.overhearing import overheard


def visits(hub: House, ticket: Ticket, people: Sequence[int]) -> tuple[dict[int, Visit], int]:
    """The visits, and how many statements it took to know."""
    since = MORNING - timedelta(days=1)
    with overheard(hub.database._read_engine) as sent:
        found = hub.look(occupied.visits, ticket.room_id, ticket.category_id, people, since)
    return found, sum(said.startswith("SELECT") for said, _ in sent)


def test_who_was_there_is_known_and_of_nobody_nothing_is_asked(
    hub: House, tap_leaks: Ticket, order: Order, sue: Actor, wes: Actor
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    hub.do(work.accept, wes, order)
    hub.do(work.complete, wes, order, "New washer")
    worker = hub.staff("wes").id
    assert visits(hub, tap_leaks, [worker]) == ({worker: Visit(tap_leaks.number, False)}, 1)
    assert visits(hub, tap_leaks, [hub.staff("wen").id]) == ({}, 1)
    assert visits(hub, tap_leaks, []) == ({}, 0)
