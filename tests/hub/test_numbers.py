"""Ticket numbers that survive being read aloud, mistyped and given out by many at once."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub import engines, numbers
from hub.database import Database
from tests.house import House

BODIES = st.text("0123456789", min_size=1, max_size=14)
ROOM = 101_070  # offices


@given(BODIES, st.data())
def test_every_single_wrong_digit_is_caught(body: str, data: st.DataObject) -> None:
    number = body + numbers.check_digit(body)
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != number[place])
    assert numbers.check_digit(number) == "0"
    assert numbers.check_digit(number[:place] + digit + number[place + 1 :]) != "0"


@given(BODIES, st.data())
def test_every_swap_of_two_neighbours_is_caught(body: str, data: st.DataObject) -> None:
    number = body + numbers.check_digit(body)
    place = data.draw(st.integers(0, len(number) - 2))
    one, other = number[place : place + 2]
    assume(one != other)
    assert numbers.check_digit(number[:place] + other + one + number[place + 2 :]) != "0"


def test_the_check_digit_is_damms() -> None:
    assert numbers.check_digit("572") == "4"  # the example of his dissertation


def test_no_office_prefix_begins_another() -> None:
    made = sorted(numbers.prefix(ordinal) for ordinal in range(ROOM))
    assert len(set(made)) == ROOM
    # in sorted order a prefix of another stands right before one that it begins
    assert not [pair for pair in pairwise(made) if pair[1].startswith(pair[0])]


def test_offices_beyond_the_last_prefix_are_refused() -> None:
    with pytest.raises(ValueError, match="no more office prefixes"):
        numbers.prefix(ROOM)


@given(st.integers(0, ROOM - 1), st.integers(1, 2_000_000))
def test_a_composed_number_is_one(ordinal: int, counter: int) -> None:
    number = numbers.compose(numbers.prefix(ordinal), counter)
    assert number.isdigit()
    assert numbers.is_number(number)


@pytest.mark.parametrize(
    "said", ["", "12", "abc", "10-000017", "1000001", "１０００００１７", "١٠٠٠٠٠١٧", " 100000017"]
)
def test_what_cannot_be_a_number_is_none(said: str) -> None:
    assert not numbers.is_number(said)


def test_no_number_is_given_out_twice_however_many_ask(shared: House) -> None:
    lotus, maple = shared.office("LG"), shared.office("MC")
    # more threads than the pool has connections: each must get its number and none may wait for another's
    threads = 3 * engines.PG_POOL
    with ThreadPoolExecutor(threads) as pool:
        asked = [pool.submit(shared.do, numbers.upcoming, (lotus, maple)[n % 2]) for n in range(4 * threads)]
        given_out = [one.result(20) for one in asked]
    assert len(set(given_out)) == len(given_out)
    assert all(numbers.is_number(number) for number in given_out)
    assert {number[:2] for number in given_out} == {lotus.prefix, maple.prefix}


def test_a_refused_intake_gives_no_number_to_two(shared: House) -> None:
    lotus = shared.office("LG")

    def refuse(tx: object) -> None:
        raise LookupError(numbers.upcoming(tx, lotus))  # type: ignore[arg-type]

    with pytest.raises(LookupError):
        shared.database.write(refuse)
    first, second = (shared.do(numbers.upcoming, lotus) for _ in range(2))
    assert first < second


@pytest.mark.postgres
def test_two_nodes_take_their_numbers_from_blocks_of_their_own(
    postgres_database: Database, another_node: Database
) -> None:
    nodes = House(postgres_database), House(another_node)
    lotus = nodes[0].office("LG")
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(nodes[n % 2].do, numbers.upcoming, lotus) for n in range(100)]
        given_out = [one.result(20) for one in asked]
    assert len(set(given_out)) == 100
