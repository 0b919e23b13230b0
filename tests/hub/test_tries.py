"""Wrong passwords cost time: for who tries, for an address that tries many names, not for the others."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import tries
from hub.database import Database
from hub.errors import HubError, TooMany
from tests.conftest import Clock
from tests.house import House

HERE, THERE = "192.0.2.7", "198.51.100.9"


def is_let(hub: House, login: str = "clara", address: str = HERE) -> bool:
    try:
        hub.do(tries.count, login, address)
    except TooMany:
        return False
    return True


def wrong(hub: House, times: int, login: str = "clara", address: str = HERE) -> None:
    for _ in range(times):
        hub.do(tries.count, login, address)


def test_a_few_slips_cost_nothing_and_then_each_costs_twice_the_time(hub: House, time: Clock) -> None:
    wrong(hub, tries.OF_BOTH)
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        time.forward(seconds=seconds - 1)
        with pytest.raises(TooMany) as refused:
            hub.do(tries.count, "clara", HERE)
        assert refused.value.wait == timedelta(seconds=1) and "1 min" in str(refused.value)
        time.forward(seconds=1)
        wrong(hub, 1)


def test_who_waits_is_not_kept_longer_for_asking(hub: House, time: Clock) -> None:
    wrong(hub, tries.OF_BOTH)
    assert not any(is_let(hub) for _ in range(20))
    time.forward(seconds=30)
    assert is_let(hub)


def test_the_colleague_at_the_next_desk_signs_in(hub: House) -> None:
    wrong(hub, tries.OF_BOTH)
    assert not is_let(hub) and not is_let(hub, " CLARA ")
    assert is_let(hub, "cody"), "the same address, another name"
    assert is_let(hub, "clara", THERE), "the same name, another address"


def test_an_address_that_tries_name_after_name_waits(hub: House) -> None:
    for n in range(tries.OF_ADDRESS):
        wrong(hub, 1, f"name{n}")
    assert not is_let(hub, "cody") and is_let(hub, "cody", THERE)


def test_a_name_tried_from_everywhere_waits_too(hub: House, time: Clock) -> None:
    for n in range(tries.OF_NAME):
        wrong(hub, 1, "clara", f"203.0.113.{n}")
    assert not is_let(hub, "clara", THERE) and is_let(hub, "cody", THERE)
    time.forward(minutes=15)
    assert is_let(hub, "clara", THERE)


def test_of_ipv6_a_whole_household_is_one(hub: House) -> None:
    for n in range(tries.OF_BOTH):
        wrong(hub, 1, "clara", f"2001:db8:1:1::{n + 1}")
    assert not is_let(hub, "clara", "2001:db8:1:1::ffff") and is_let(hub, "clara", "2001:db8:1:2::1")


def test_the_right_one_gives_the_try_back(hub: House) -> None:
    for _ in range(3):
        wrong(hub, tries.OF_BOTH - 1)
        wrong(hub, 1)
        hub.do(tries.was_right, "clara", HERE)
    assert is_let(hub)
    hub.do(tries.was_right, "clara", "nowhere it came from")


def test_an_hour_later_all_is_forgotten(hub: House, time: Clock) -> None:
    wrong(hub, tries.OF_BOTH)
    time.forward(minutes=60)
    wrong(hub, tries.OF_BOTH)


def test_of_a_hundred_at_once_only_the_free_ones_are_looked_at(shared: House) -> None:
    """Counted before the slow look at the password, so nobody wins by hurrying."""

    def one(_: int) -> bool:
        return is_let(shared, "crowd", "192.0.2.99")

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(one, range(40))) == tries.OF_BOTH


@given(st.text(max_size=50), st.text(max_size=50))
def test_any_name_and_any_address_can_be_counted(login: str, address: str) -> None:
    assert len(tries._free(login, address)) == 3


def test_the_refusal_is_one_of_ours(sqlite: Database) -> None:
    for _ in range(tries.OF_BOTH):
        sqlite.write(lambda tx: tries.count(tx, "x", ""))
    with pytest.raises(HubError, match="try again in 1 min"):
        sqlite.write(lambda tx: tries.count(tx, "x", ""))
