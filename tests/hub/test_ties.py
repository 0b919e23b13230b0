"""Who else a ticket concerns: followers once each, links from both ends."""

import pytest

from hub import ties
from hub.access import Actor
from hub.database import Tx
from hub.tickets import Ticket
from tests.house import House, leak


@pytest.fixture
def clara(shared: House) -> Actor:
    return shared.actor("clara")


@pytest.fixture
def drip(shared: House, clara: Actor) -> Ticket:
    return shared.receive(clara, leak())


def test_following_twice_is_following_once(shared: House, drip: Ticket) -> None:
    gus = shared.staff("gus").id
    assert [shared.do(ties.follow, drip, gus) for _ in range(2)] == [True, False]
    assert shared.look(ties.followers, drip.id) == [gus]


def test_a_link_is_seen_from_both_ends_and_may_change_its_kind(
    shared: House, clara: Actor, drip: Ticket
) -> None:
    other = shared.receive(clara, leak())
    for kind in ("related", "continues"):
        shared.do(ties.link, other, drip, kind, clara.staff_id)
    for here, there in ((drip, other), (other, drip)):
        found = [(row.number, kind) for row, kind in shared.look(ties.links, here.id)]
        assert found == [(there.number, "continues")]


def test_what_the_same_transaction_said_is_known_at_once(shared: House, clara: Actor, drip: Ticket) -> None:
    gus = shared.staff("gus").id

    def follow(tx: Tx) -> tuple[list[int], list[int]]:
        ticket = tx.get_one(Ticket, drip.id)
        before = list(ties.followers(tx, ticket.id))
        ties.follow(tx, ticket, gus)
        return before, ties.followers(tx, ticket.id)

    assert shared.database.write(follow) == ([], [gus])
