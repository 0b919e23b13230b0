"""What must hold of a matter after every step, whoever took it."""

from collections import Counter

from hub import orders, tickets
from hub.orders import Hold, Order
from hub.promises import Promise
from hub.tickets import Ticket


def must_hold(ticket: Ticket, issued: list[Order], made: list[Promise], holds: list[Hold]) -> None:
    """Every law at once: for one ticket with all its orders and promises, and the holds of all."""
    an_open_matter_has_an_owner_and_a_running_promise(ticket, made)
    nothing_is_closed_with_a_callback_owed(ticket, made)
    the_state_is_the_one_its_orders_and_answer_give(ticket, issued)
    an_order_is_open_or_ended_and_so_are_its_promises(ticket, issued, made)
    an_order_on_hold_and_only_that_has_a_running_hold(issued, made, holds)
    a_promise_is_due_when_it_was_promised_and_later_by_what_was_held(made)


def an_open_matter_has_an_owner_and_a_running_promise(ticket: Ticket, made: list[Promise]) -> None:
    running = [promise for promise in made if promise.is_running]
    if ticket.is_open:
        assert ticket.owner_id is not None
        assert any(promise.order_id is None for promise in running), f"{ticket.status}: nothing is promised"
    else:
        assert not running


def nothing_is_closed_with_a_callback_owed(ticket: Ticket, made: list[Promise]) -> None:
    assert (ticket.status == "awaiting_callback") == (ticket.callback == tickets.OWED)
    waits = [promise for promise in made if promise.kind == "callback" and promise.is_running]
    assert len(waits) == (ticket.status == "awaiting_callback")
    assert (ticket.callback_at is not None) == (ticket.status == "awaiting_callback")


def the_state_is_the_one_its_orders_and_answer_give(ticket: Ticket, issued: list[Order]) -> None:
    states = [order.status for order in issued if order.round == ticket.round]
    if any(state not in orders.ENDED for state in states):
        assert ticket.status == "in_hand"
    if ticket.status == "awaiting_callback":
        assert "done" in states or ticket.answered_at is not None
    if ticket.status == "new":
        assert not states
    if ticket.is_open and ticket.status != "awaiting_callback":
        assert ticket.answered_at is None or any(state not in orders.ENDED for state in states)
    assert (ticket.closed_at is not None) == (not ticket.is_open)


def an_order_is_open_or_ended_and_so_are_its_promises(
    ticket: Ticket, issued: list[Order], made: list[Promise]
) -> None:
    for order in issued:
        assert (order.ended_at is not None) == (order.status in orders.ENDED)
        assert (order.status == "done") == (order.done_at is not None)
        assert not order.is_open or order.round == ticket.round
        if order.status in ("assigned", "accepted", "en_route", "on_site", "done"):
            assert order.worker_id is not None
        own = [promise for promise in made if promise.order_id == order.id]
        assert any(promise.is_running for promise in own) == order.is_open
        assert len(Counter(promise.kind for promise in own)) == len(own)


def an_order_on_hold_and_only_that_has_a_running_hold(
    issued: list[Order], made: list[Promise], holds: list[Hold]
) -> None:
    running = [hold for hold in holds if hold.ends_at is None]
    for order in issued:
        assert sum(hold.order_id == order.id for hold in running) == (order.status == "on_hold")
        assert (order.held_from is not None) == (order.status == "on_hold")
    stopped = {hold.order_id for hold in running if hold.pauses}
    in_hand = [order for order in issued if order.is_open]
    stands = bool(in_hand) and all(order.id in stopped for order in in_hand)
    for promise in made:
        if promise.kind == "resolve" and promise.is_running:
            assert (promise.paused_at is not None) == stands
        if promise.order_id is not None and promise.is_running:
            assert (promise.paused_at is not None) == (promise.order_id in stopped)


def a_promise_is_due_when_it_was_promised_and_later_by_what_was_held(made: list[Promise]) -> None:
    for promise in made:
        assert promise.held_seconds >= 0
        assert promise.due_at >= promise.base_due_at
        assert promise.kept_at is None or promise.ended_at is None
        assert promise.kept_at is None or promise.kept_at >= promise.started_at
        if not promise.is_running or promise.paused_at:
            assert promise.next_at is None


def reach(state: str) -> set[str]:
    """Where a ticket can stand after one verb: it may pass through a state (done, then called back)."""
    first = set(tickets.MOVES[state])
    return first | {further for near in first for further in tickets.MOVES[near]}
