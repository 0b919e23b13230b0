"""The table of an order's legal moves, and the way along it."""

import itertools

import pytest
from sqlalchemy.exc import IntegrityError

from dispatch import ordering
from dispatch.ordering import Instruction
from hub import orders
from hub.access import Actor
from hub.errors import NotNow
from hub.orders import ENDED, MOVES, OPEN, Order
from hub.tickets import Ticket
from tests.conftest import MORNING
from tests.house import House, leak

VERBS = sorted({verb for moves in MOVES.values() for verb in moves})


@pytest.fixture
def clara(shared: House) -> Actor:
    return shared.actor("clara")


@pytest.fixture
def drip(shared: House, clara: Actor) -> Ticket:
    return shared.receive(clara, leak())


def order(status: str) -> Order:
    return Order(
        ticket_id=1,
        office_id=1,
        seq=1,
        number="100000017-1",
        status=status,
        department_id=1,
        dispatched_to="supervisor",
        chosen_by="rule",
        issued_at=MORNING,
    )


def test_every_move_leads_to_a_state_of_the_table() -> None:
    reached = {state for moves in MOVES.values() for verb, state in moves.items() if verb != "resume"}
    assert reached <= set(MOVES)
    assert reached | {"issued"} == set(MOVES)  # and there is no state that nothing leads to


def test_an_ended_order_goes_nowhere_and_an_open_one_can_always_be_taken_back() -> None:
    assert [MOVES[state] for state in ENDED] == [{}] * len(ENDED)
    assert all("withdraw" in MOVES[state] for state in OPEN)
    assert set(OPEN) | set(ENDED) == set(MOVES)


@pytest.mark.parametrize(("was", "verb"), list(itertools.product(MOVES, VERBS)))
def test_an_order_takes_the_moves_of_the_table_and_no_other(was: str, verb: str) -> None:
    row = order(was)
    if verb in MOVES[was]:
        orders.move(row, verb)
        assert row.status == ("issued" if verb == "resume" else MOVES[was][verb])
    else:
        with pytest.raises(NotNow) as refused:
            orders.move(row, verb)
        assert refused.value.legal == tuple(MOVES[was])
        assert row.status == was


@pytest.mark.parametrize("was", [state for state in MOVES if "hold" in MOVES[state]])
def test_a_held_order_goes_on_from_where_it_stood(was: str) -> None:
    row = order(was)
    orders.move(row, "hold")
    assert (row.status, row.held_from) == ("on_hold", was)
    orders.move(row, "resume")
    assert (row.status, row.held_from) == (was, None)


def test_orders_are_numbered_after_their_ticket(shared: House, clara: Actor, drip: Ticket) -> None:
    shared.do(ordering.order, clara, drip, Instruction(shared.department("SEC")))
    made = shared.orders(drip)
    assert [row.number for row in made] == [f"{drip.number}-1", f"{drip.number}-2"]
    assert shared.look(orders.next_seq, drip.id) == 3


def test_two_orders_of_a_ticket_never_have_one_place(shared: House, drip: Ticket) -> None:
    (first,) = shared.orders(drip)
    double = order("issued")
    double.ticket_id, double.office_id, double.department_id = drip.id, drip.office_id, first.department_id
    with pytest.raises(IntegrityError):
        shared.database.write(lambda tx: tx.add(double))


def test_the_lock_on_an_order_holds_its_ticket(shared: House, drip: Ticket) -> None:
    (row,) = shared.orders(drip)
    locked, fresh = shared.do(orders.lock, row.id)
    assert (locked.id, fresh.id) == (drip.id, row.id)
