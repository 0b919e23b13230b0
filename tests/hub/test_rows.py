"""New rows made and written many at a time are rows like any other."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from hub import rows
from hub.database import Tx
from hub.events import Event, Pending
from hub.orders import TO_SUPERVISOR, Hold, Order
from hub.organisation import Department
from hub.promises import Promise
from hub.tickets import Ticket
from tests.house import House

AT = datetime(2026, 3, 3, tzinfo=UTC)


def promise(ticket: Ticket, kind: str) -> Promise:
    return rows.new(
        Promise,
        ticket_id=ticket.id,
        office_id=ticket.office_id,
        kind=kind,
        priority="P3",
        started_at=AT,
        base_due_at=AT,
        due_at=AT,
    )


def test_defaults_are_the_models_and_never_shared() -> None:
    one, other = rows.new(Order, number="1"), rows.new(Order, number="2")
    assert (one.status, one.round, one.worker_id) == ("issued", 1, None)
    assert one.materials == [] and one.materials is not other.materials
    plain = Order(number="1")
    assert {name: getattr(one, name) for name in ("fields", "inferred", "done", "times_returned")} == {
        name: getattr(plain, name) for name in ("fields", "inferred", "done", "times_returned")
    }


def test_a_column_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="no colour"):
        rows.new(Promise, colour="red")


def test_rows_keep_their_order_and_can_be_changed_in_the_same_transaction(
    hub: House, tap_leaks: Ticket
) -> None:
    kinds = [f"kind {n}" for n in range(5)]

    def write(tx: Tx) -> list[int]:
        made = [promise(tap_leaks, kind) for kind in kinds]
        for row in made:
            rows.later(tx, row)
        tx.flush()
        made[2].kept_at = AT
        return [row.id for row in made]

    ids = hub.do(write)
    assert ids == sorted(ids)
    query = select(Promise).where(col(Promise.id).in_(ids)).order_by(col(Promise.id))
    found = hub.look(lambda tx: tx.scalars(query).all())
    assert [row.kind for row in found] == kinds
    assert [row.kept_at for row in found] == [None, None, AT, None, None]


def test_what_changes_before_it_is_written_is_written_as_it_is_then(hub: House, tap_leaks: Ticket) -> None:
    def write(tx: Tx) -> int:
        made = promise(tap_leaks, "late")
        rows.later(tx, made)
        made.kept_at = AT
        return made.id

    row_id = hub.do(write)
    assert hub.look(lambda tx: tx.get_one(Promise, row_id).kept_at) == AT


def test_what_others_refer_to_is_written_first(hub: House, tap_leaks: Ticket) -> None:
    """The order is told after the promise that belongs to it, and a row of the session refers to it too."""

    def write(tx: Tx) -> tuple[int, int]:
        department = tx.scalars(select(Department.id)).first()
        made = promise(tap_leaks, "of the order")
        rows.later(tx, made)
        order = rows.new(
            Order,
            ticket_id=tap_leaks.id,
            office_id=tap_leaks.office_id,
            seq=7,
            number="7-7",
            department_id=department,
            dispatched_to=TO_SUPERVISOR,
            chosen_by="agent",
            issued_at=AT,
        )
        rows.later(tx, order)
        made.order_id = order.id
        tx.add(Hold(order_id=order.id, reason="parts", starts_at=AT))
        return made.id, order.id

    promise_id, order_id = hub.do(write)
    assert hub.look(lambda tx: tx.get_one(Promise, promise_id).order_id) == order_id


def test_what_waits_is_written_before_a_look_up(hub: House, tap_leaks: Ticket) -> None:
    def write(tx: Tx) -> list[str]:
        rows.later(tx, promise(tap_leaks, "later"))
        return list(tx.scalars(select(Promise.kind).where(Promise.kind == "later")))

    assert hub.do(write) == ["later"]


def test_numbered_rows_have_their_ids_in_their_order(hub: House, tap_leaks: Ticket) -> None:
    def row(consumer: str) -> dict[str, Any]:
        return {"consumer": consumer, "event_id": event_id, "priority": "P3"}

    event_id = hub.look(lambda tx: tx.scalars(select(Event.id)).first())
    asked = [row(f"consumer {n}") for n in range(5)]
    first = hub.database.write(lambda tx: list(rows.insert_numbered(tx, rows.table_of(Pending), asked)))
    more = hub.database.write(lambda tx: list(rows.insert_numbered(tx, rows.table_of(Pending), asked[:1])))
    assert first == sorted(first) and more[0] > first[-1]
    named = hub.look(lambda tx: [tx.get_one(Pending, one).consumer for one in first])
    assert named == [one["consumer"] for one in asked]
