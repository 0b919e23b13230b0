"""Where a ticket stands, by one function; and what the table itself refuses."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from hub import clock, orders, tickets
from hub.access import Actor
from hub.database import Tx
from hub.errors import CallbackOwed, NotNow
from hub.tickets import ENDED_ORDERS, MOVES, NOT_OWED, OWED, STATES, Ticket
from tests.conftest import MORNING
from tests.house import House, leak

ORDER_STATES = st.lists(st.sampled_from(sorted(orders.MOVES)), max_size=5)
CALLBACKS = st.sampled_from([tickets.UNDECIDED, OWED, NOT_OWED, tickets.MADE, tickets.UNREACHED])


@pytest.fixture
def clara(shared: House) -> Actor:
    return shared.actor("clara")


@pytest.fixture
def drip(shared: House, clara: Actor) -> Ticket:
    return shared.receive(clara, leak())


def ticket(status: str, callback: str = NOT_OWED) -> Ticket:
    return Ticket(
        number="100000017",
        office_id=1,
        status=status,
        callback=callback,
        item="x",
        channel="phone",
        received_at=MORNING,
        passed_on_at=MORNING,
        registered_at=MORNING,
    )


@given(ORDER_STATES, st.booleans(), st.booleans(), CALLBACKS)
def test_an_open_order_keeps_a_ticket_in_hand_whatever_else_is_said(
    states: list[str], answered: bool, taken: bool, callback: str
) -> None:
    stands = tickets.state_of(states, answered, taken, callback)
    assert stands in STATES
    assert (stands == "in_hand") or all(state in ENDED_ORDERS for state in states)


@given(ORDER_STATES, st.booleans(), st.booleans())
def test_no_ticket_is_closed_while_a_callback_is_owed(states: list[str], answered: bool, taken: bool) -> None:
    assert tickets.state_of(states, answered, taken, OWED) != "closed"


@pytest.mark.parametrize(
    ("states", "answered", "taken", "callback", "stands"),
    [
        ([], False, False, NOT_OWED, "new"),
        ([], False, True, NOT_OWED, "in_hand"),
        ([], True, False, NOT_OWED, "closed"),
        ([], True, False, OWED, "awaiting_callback"),
        (["withdrawn"], False, False, NOT_OWED, "in_hand"),
        (["done"], False, False, OWED, "awaiting_callback"),
        (["done", "withdrawn"], False, False, NOT_OWED, "closed"),
        (["done", "issued"], True, False, NOT_OWED, "in_hand"),
        (["done", "returned"], False, False, NOT_OWED, "in_hand"),
        (["on_hold"], True, False, OWED, "in_hand"),
    ],
)
def test_where_a_ticket_stands(
    states: list[str], answered: bool, taken: bool, callback: str, stands: str
) -> None:
    assert tickets.state_of(states, answered, taken, callback) == stands


@pytest.mark.parametrize(("was", "to"), list(itertools.product(STATES, STATES)))
def test_a_ticket_goes_only_where_the_table_lets_it(was: str, to: str) -> None:
    row = ticket(was)
    if to == was or to in MOVES[was]:
        tickets.move(row, to, MORNING, "solved")
        assert row.status == to
    else:
        with pytest.raises(NotNow) as refused:
            tickets.move(row, to, MORNING)
        assert refused.value.legal == MOVES[was]
        assert row.status == was


def test_a_ticket_that_owes_a_callback_is_not_closed() -> None:
    row = ticket("awaiting_callback", OWED)
    with pytest.raises(CallbackOwed) as refused:
        tickets.move(row, "closed", MORNING, "solved")
    assert refused.value.legal == ("callback",)
    assert (row.status, row.closed_at, row.outcome) == ("awaiting_callback", None, None)


@pytest.mark.seed("K2.2")
@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"status": "closed", "outcome": "solved", "callback": OWED}, "no_close_with_a_callback_owed"),
        ({"owner_id": None}, "an_open_ticket_has_an_owner"),
        ({"status": "closed", "callback": NOT_OWED}, "closed_with_an_outcome"),
    ],
)
def test_the_table_itself_refuses_a_ticket_that_cannot_be(
    shared: House, drip: Ticket, values: dict[str, object], rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule):
        shared.database.write(
            lambda tx: tx.execute(update(Ticket).where(col(Ticket.id) == drip.id).values(**values))
        )


def test_two_tickets_never_have_one_number(shared: House, drip: Ticket) -> None:
    double = ticket("new")
    double.number, double.owner_id = drip.number, drip.owner_id
    with pytest.raises(IntegrityError):
        shared.database.write(lambda tx: tx.add(double))


def test_a_ticket_is_found_by_the_reference_of_the_system_it_came_from(shared: House, clara: Actor) -> None:
    made = shared.receive(clara, leak(external=("311", f"ref-{clock.now()}")))
    assert made.external_source and made.external_ref
    found = shared.look(tickets.by_external, made.office_id, made.external_source, made.external_ref)
    assert found is not None and found.id == made.id
    assert shared.look(tickets.by_external, made.office_id, "312", made.external_ref) is None


def test_the_lock_reads_the_ticket_as_it_stands_now(shared: House, drip: Ticket) -> None:
    def fn(tx: Tx) -> str:
        stale = tx.get_one(Ticket, drip.id)
        table = Ticket.__table__  # type: ignore[attr-defined]
        tx.connection().execute(table.update().where(table.c.id == drip.id).values(item="Kitchen tap gushes"))
        assert stale.item == "Kitchen tap leaks"
        return tickets.lock(tx, drip.id).item

    assert shared.database.write(fn) == "Kitchen tap gushes"
