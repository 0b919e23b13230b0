"""Who answers for a matter, and who hears of it."""

import pytest

from dispatch import ownership
from hub import ties
from hub.access import Actor
from hub.errors import BadInput, Forbidden
from hub.tickets import Ticket
from tests.house import House


def test_a_matter_is_handed_to_a_colleague_at_the_centre(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    hub.do(ownership.hand_over, clara, tap_leaks, hub.staff("cody"))
    assert hub.again(tap_leaks).owner_id == hub.staff("cody").id
    assert hub.kinds(tap_leaks)[-1] == "owned"


def test_a_matter_cannot_be_handed_to_a_worker(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    with pytest.raises(BadInput, match="Wes Worker"):
        hub.do(ownership.hand_over, clara, tap_leaks, hub.staff("wes"))
    assert hub.again(tap_leaks).owner_id == clara.staff_id


def test_a_worker_hands_nothing_over(hub: House, wes: Actor, tap_leaks: Ticket) -> None:
    with pytest.raises(Forbidden):
        hub.do(ownership.hand_over, wes, tap_leaks, hub.staff("cody"))


def test_a_follower_is_written_down_once(hub: House, clara: Actor, tap_leaks: Ticket) -> None:
    for _ in range(2):
        hub.do(ownership.follow, clara, tap_leaks, hub.staff("gus"))
    assert hub.kinds(tap_leaks).count("followed") == 1
    assert hub.staff("gus").id in hub.look(ties.followers, tap_leaks.id)


def test_another_office_follows_nothing(hub: House, mia: Actor, tap_leaks: Ticket) -> None:
    with pytest.raises(Forbidden):
        hub.do(ownership.follow, mia, tap_leaks, hub.staff("mia"))
