"""Rooms are found the way people say them."""

import pytest

from hub import estate
from hub.estate import Room
from tests.house import House


@pytest.mark.parametrize("said", ["A-1203", "a-1203", " A - 1203 ", "A1203", "a1203"])
def test_a_room_is_found_however_its_code_is_said(hub: House, said: str) -> None:
    room = hub.look(estate.room_by_code, hub.office().id, said)
    assert room is not None and room.code == "A-1203"


def test_a_code_without_hyphens_that_fits_two_rooms_finds_none(hub: House) -> None:
    office = hub.office()
    hub.do(
        lambda tx: tx.add_all(
            [Room(office_id=office.id, code="1-11"), Room(office_id=office.id, code="11-1")]
        )
    )
    assert hub.look(estate.room_by_code, office.id, "111") is None
    found = hub.look(estate.room_by_code, office.id, "11-1")
    assert found is not None and found.code == "11-1"


def test_a_room_of_another_office_is_not_found(hub: House) -> None:
    assert hub.look(estate.room_by_code, hub.office("MC").id, "A-1203") is None
