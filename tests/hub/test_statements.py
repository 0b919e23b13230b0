"""What goes straight to the driver answers as SQLAlchemy would, in the same transaction."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, bindparam, cast, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col

from hub.contacts import ContactPoint
from hub.database import Tx
from hub.estate import Room
from hub.leases import Lease
from hub.rows import table_of
from hub.statements import Statement, named, one_of, room_for
from tests.house import House

AT = datetime(2026, 3, 3, 2, 0, 0, 123456, tzinfo=UTC)
LEASE = table_of(Lease)
TAKE = Statement(insert(LEASE))
BY_NAME = Statement(select(LEASE).where(LEASE.c.name == bindparam("name")))


def lease(name: str, until: datetime = AT) -> dict[str, Any]:
    return {"name": name, "holder": "here", "until": until}


def test_values_go_in_and_come_out_as_their_columns_say(hub: House) -> None:
    point = ContactPoint(
        company_id=hub.office().company_id,
        value="x",
        raw="x",
        parsed=False,
        marks={"sms": "stop"},
        created_at=AT,
    )
    hub.database.write(lambda tx: tx.add(point))
    table = table_of(ContactPoint)
    of_value = Statement(select(table).where(table.c.value == bindparam("value")))
    row = hub.look(of_value.first, {"value": "x"})
    assert (row.marks, row.parsed, row.created_at) == ({"sms": "stop"}, False, AT)
    assert row.created_at.tzinfo is UTC or row.created_at.utcoffset().total_seconds() == 0


def test_a_float_and_what_is_unknown_come_out_too(hub: House) -> None:
    table = table_of(Room)
    rooms = hub.look(Statement(select(table)).rows, {})
    assert rooms and {type(row.area_m2) for row in rooms} <= {float, type(None)}
    assert rooms[0]._asdict().keys() == set(table.columns.keys())


def test_many_rows_are_written_at_once_and_counted(hub: House) -> None:
    move = Statement(update(LEASE).where(LEASE.c.name == bindparam("of")).values(holder=bindparam("to")))

    def write(tx: Tx) -> tuple[int, int]:
        TAKE.run(tx, [lease("one"), lease("two"), lease("three")])
        return (
            move.run(tx, [{"of": "one", "to": "a"}, {"of": "nobody", "to": "a"}, {"of": "two", "to": "b"}]),
            move.run(tx, [{"of": "nobody", "to": "a"}]),
        )

    assert hub.database.write(write) == (2, 0)
    holders = [hub.look(BY_NAME.first, {"name": name}).holder for name in ("one", "two", "three")]
    assert holders == ["a", "b", "here"]


def test_what_is_refused_takes_it_back(hub: House) -> None:
    def write(tx: Tx) -> None:
        TAKE.run(tx, [lease("gone")])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        hub.database.write(write)
    assert hub.look(BY_NAME.first, {"name": "gone"}) is None


def test_it_sees_what_the_session_wrote_and_the_session_what_it_wrote(hub: House) -> None:
    def both(tx: Tx) -> tuple[str, str]:
        tx.add(Lease(**lease("of the session")))
        tx.flush()
        TAKE.run(tx, [lease("straight")])
        return BY_NAME.first(tx, {"name": "of the session"}).name, tx.get_one(Lease, "straight").name

    assert hub.database.write(both) == ("of the session", "straight")


def test_a_failure_is_sqlalchemys_and_tells_no_values(hub: House) -> None:
    hub.database.write(lambda tx: TAKE.run(tx, [lease("taken")]))
    with pytest.raises(IntegrityError) as failed:
        hub.database.write(lambda tx: TAKE.run(tx, [{**lease("taken"), "holder": "a secret"}]))
    assert "secret" not in str(failed.value)


def test_what_fails_while_rows_are_fetched_is_sqlalchemys_too(hub: House) -> None:
    """The first row is found when it is asked, the second only when it is fetched."""
    hub.database.write(lambda tx: TAKE.run(tx, [lease("1"), lease("not json")]))
    broken = func.json(LEASE.c.name) if hub.database.is_sqlite else cast(LEASE.c.name, Integer)
    with pytest.raises(DBAPIError):
        hub.look(Statement(select(broken.label("x")).order_by(LEASE.c.name)).rows, {})


def test_a_missing_value_is_no_null(hub: House) -> None:
    with pytest.raises(KeyError, match="holder"):
        hub.database.write(lambda tx: TAKE.run(tx, [{"name": "x", "until": AT}]))


def test_a_list_of_changing_length_is_refused(hub: House) -> None:
    any_of = Statement(select(LEASE).where(col(Lease.name).in_(bindparam("names", expanding=True))))
    with pytest.raises(ValueError, match="changing length"):
        hub.look(any_of.rows, {"names": ["x"]})


def test_what_is_one_of_few_is_found(hub: House) -> None:
    hub.database.write(lambda tx: TAKE.run(tx, [lease(f"l{n}") for n in range(9)]))

    def found(names: list[str]) -> set[str]:
        asked = Statement(select(LEASE).where(one_of(LEASE.c.name, "name", room_for(names))))
        return {row.name for row in hub.look(asked.rows, named("name", names))}

    for count in range(1, 10):
        names = [f"l{n}" for n in range(count)]
        assert found([*names, "nobody"]) == set(names)


@given(st.lists(st.integers(), min_size=1, max_size=70))
def test_a_list_is_filled_up_with_its_own(values: list[int]) -> None:
    size = room_for(values)
    assert len(values) <= size < 2 * len(values) and size & (size - 1) == 0
    filled = named("x", values)
    assert list(filled) == [f"x{n}" for n in range(size)] and set(filled.values()) == set(values)


def test_there_is_no_room_for_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        room_for([])


def test_what_is_sent_together_is_all_there(hub: House) -> None:
    def write(tx: Tx) -> str:
        with tx.together():
            TAKE.run(tx, [lease("one")])
            TAKE.run(tx, [lease("two"), lease("three")])
            return str(BY_NAME.first(tx, {"name": "two"}).holder)  # asked in the middle of it

    assert hub.database.write(write) == "here"
    assert [hub.look(BY_NAME.rows, {"name": name}) != [] for name in ("one", "two", "three")] == [True] * 3


def test_of_what_is_sent_together_the_first_failure_is_told(hub: House) -> None:
    """Nothing of it stays, and it is the reason that is raised and not what came of it."""
    hub.database.write(lambda tx: TAKE.run(tx, [lease("taken")]))

    def write(tx: Tx) -> None:
        with tx.together():
            TAKE.run(tx, [lease("before")])
            TAKE.run(tx, [{**lease("taken"), "holder": "a secret"}])
            TAKE.run(tx, [lease("after")])

    with pytest.raises(IntegrityError) as failed:
        hub.database.write(write)
    assert "secret" not in str(failed.value)
    assert hub.look(BY_NAME.rows, {"name": "before"}) == hub.look(BY_NAME.rows, {"name": "after"}) == []


def test_what_the_session_has_to_send_is_counted_as_it_goes(hub: House) -> None:
    hub.database.write(lambda tx: TAKE.run(tx, [lease("held")]))

    def change(tx: Tx) -> None:
        tx.get_one(Lease, "held").holder = "there"
        with tx.together():
            TAKE.run(tx, [lease("beside")])
            tx.flush()

    hub.database.write(change)
    assert hub.look(BY_NAME.first, {"name": "held"}).holder == "there"
    assert hub.look(BY_NAME.first, {"name": "beside"}) is not None
