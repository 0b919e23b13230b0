"""Who is here: a lease that lapses by itself, seen by the others."""

from hub import presence
from hub.access import Actor
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House


def others(hub: House, ticket: Ticket, me: Actor) -> list[str]:
    return [person.name for person in hub.look(presence.others, ticket.id, me.staff_id)]


def test_a_colleague_is_seen_until_the_page_is_left(
    hub: House, tap_leaks: Ticket, clara: Actor, cody: Actor
) -> None:
    hub.do(presence.enter, tap_leaks.id, clara.staff_id, "page one")
    assert others(hub, tap_leaks, cody) == ["Clara Clerk"]
    assert others(hub, tap_leaks, clara) == [], "nobody is told of themselves"
    hub.do(presence.leave, tap_leaks.id, "page one")
    assert others(hub, tap_leaks, cody) == []


def test_who_has_two_pages_open_is_named_once_and_gone_with_the_last(
    hub: House, tap_leaks: Ticket, clara: Actor, cody: Actor
) -> None:
    for page in ("one", "two", "two"):
        hub.do(presence.enter, tap_leaks.id, clara.staff_id, page)
    assert others(hub, tap_leaks, cody) == ["Clara Clerk"]
    hub.do(presence.leave, tap_leaks.id, "one")
    assert others(hub, tap_leaks, cody) == ["Clara Clerk"]
    hub.do(presence.leave, tap_leaks.id, "two")
    assert others(hub, tap_leaks, cody) == []


def test_a_page_whose_process_died_is_gone_with_its_lease(
    hub: House, tap_leaks: Ticket, clara: Actor, cody: Actor, time: Clock
) -> None:
    hub.do(presence.enter, tap_leaks.id, clara.staff_id, "dead")
    hub.do(presence.enter, tap_leaks.id, hub.actor("dora").staff_id, "alive")
    for _ in range(4):
        time.forward(seconds=presence.LEASE_SECONDS / 2)
        hub.do(presence.renew, ["alive"])
    assert others(hub, tap_leaks, cody) == ["Dora Director"]
    rows = hub.look(lambda tx: tx.query(presence.Presence).all())
    assert [row.page for row in rows] == ["alive"], "what has lapsed is swept away"
