"""Rooms by the codes people say, and who lives in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from hub import clock, estate
from hub.database import Tx
from hub.estate import Occupancy, Party, Room
from tests.conftest import Clock
from tests.house import House


@pytest.mark.parametrize("said", ["A-1203", "a-1203", " A-1203 ", "A - 1203", "a-12 03", "A-1203\t"])
def test_a_room_is_found_however_its_code_is_typed(shared: House, said: str) -> None:
    room = shared.look(estate.room_by_code, shared.office().id, said)
    assert room is not None and room.code == "A-1203"


@given(st.text(max_size=20))
def test_folding_a_code_twice_changes_nothing(said: str) -> None:
    folded = estate.fold_code(said)
    assert estate.fold_code(folded) == folded


def test_another_offices_room_and_an_unknown_one_are_not_there(shared: House) -> None:
    lotus, maple = shared.office("LG").id, shared.office("MC").id
    assert shared.look(estate.room_by_code, lotus, "M-0101") is None
    assert shared.look(estate.room_by_code, maple, "M-0101") is not None
    assert shared.look(estate.room_by_code, lotus, "Z-9999") is None
    assert shared.look(estate.room_by_code, lotus, "") is None


def test_a_room_that_ended_is_found_no_more(shared: House) -> None:
    lotus = shared.office().id

    def end(tx: Tx) -> None:
        room = estate.room_by_code(tx, lotus, "B-0101")
        assert room is not None
        tx.get_one(Room, room.id).ended_at = clock.now()

    shared.database.write(end)
    assert shared.look(estate.room_by_code, lotus, "B-0101") is None


def test_two_rooms_of_one_office_never_have_one_code(shared: House) -> None:
    with pytest.raises(IntegrityError):
        shared.database.write(lambda tx: tx.add(Room(office_id=shared.office().id, code="A-1203")))
    shared.database.write(lambda tx: tx.add(Room(office_id=shared.office("MC").id, code="A-1203")))


def test_who_moved_out_lives_there_no_more(shared: House, time: Clock) -> None:
    room = shared.look(estate.room_by_code, shared.office().id, "A-0303")
    assert room is not None
    shared.do(_move_in, "Old Tenant", room)
    time.forward(days=1)
    shared.do(_move_out, room)
    shared.do(_move_in, "New Tenant", room)
    shared.do(_move_in, "New Tenant's Wife", room)
    names = [party.name for party in shared.look(estate.occupants, room.id)]
    assert names == ["New Tenant", "New Tenant's Wife"]


def _move_in(tx: Tx, name: str, room: Room) -> None:
    party = Party(company_id=1, name=name)
    tx.add(party)
    tx.flush()
    assert estate.move_in(tx, party, room, "tenant").since == clock.now()


def _move_out(tx: Tx, room: Room) -> None:
    for row in tx.scalars(select(Occupancy).where(Occupancy.room_id == room.id)):
        row.ended_at = clock.now()
