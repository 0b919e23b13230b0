"""Places as people write them: when two texts mean one spot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import places


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 S Stockton St, Springfield, MD, 21223", "12 s. stockton street"),
        ("INTERSECTION of Centre St & South St", "South St & Centre St"),
        ("Lobby, Block A, 1/F", "lobby of Block A, 1/F"),
        ("三號樓大堂", "三号楼大堂"),
        ("10-12 High St", "10 High Street"),
    ],
)
def test_one_spot_however_it_is_written(one: str, other: str) -> None:
    assert places.alike(one, other) >= 0.5
    assert places.spot(one) == places.spot(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 S Stockton St", "12 N Stockton St"),
        ("12 High St", "14 High St"),
        ("Lobby, Block A", "Lobby, Block B"),
        ("12 High St", "12 Low St"),
        ("Centre St & South St", "Centre St & North Ave"),
        ("", "12 High St"),
    ],
)
def test_a_neighbour_is_another_spot(one: str, other: str) -> None:
    assert places.alike(one, other) == 0


@given(st.text(max_size=80))
def test_any_text_is_its_own_spot_and_fits_its_column(text: str) -> None:
    assert len(places.spot(text)) <= 60
    assert places.alike(text, text) in (0.0, 1.0)
    assert bool(places.spot(text)) == bool(places.alike(text, text))
