"""In which rooms people were before: asked of those who work there, and of nobody else."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, event

from dispatch import occupied, work
from dispatch.occupied import Visit
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import MORNING
from tests.house import House


def visits(hub: House, ticket: Ticket, people: Sequence[int]) -> tuple[dict[int, Visit], int]:
    """The visits, and how many statements it took to know."""
    sent: list[str] = []

    def hear(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    engine, since = hub.database._read_engine, MORNING - timedelta(days=1)
    event.listen(engine, "before_cursor_execute", hear)
    found = hub.look(occupied.visits, ticket.room_id, ticket.category_id, people, since)
    event.remove(engine, "before_cursor_execute", hear)
    return found, len(sent)


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
