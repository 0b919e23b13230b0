"""Many reports of one cause: proposed by the hub, settled by a person."""

import pytest
from sqlmodel import select

from dispatch import closing, outbreak
from dispatch.deciding import Choice
from hub import clock, incidents
from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotNow
from hub.incidents import Incident
from hub.organisation import Office
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak

ROOMS = ("A-1203", "A-0501", "A-0301", "A-0302", "A-0402")


def lift(hub: House, clerk: Actor, *rooms: str, category: str = "03-02") -> list[Ticket]:
    """One call a room about the lift."""
    said = {"item": "Lift stuck", "category": category}
    return [hub.receive(clerk, leak(**said, room=room, phone=f"2345 67{room[-2:]}")) for room in rooms]


def proposed(hub: House) -> list[Incident]:
    return hub.look(incidents.proposed, hub.office().id)


@pytest.fixture
def calls(hub: House, clara: Actor) -> list[Ticket]:
    """Three households of Block A, one after the other."""
    return lift(hub, clara, *ROOMS[:3])


def test_the_third_household_makes_it_likely(hub: House, clara: Actor, calls: list[Ticket]) -> None:
    (incident,) = proposed(hub)
    assert incident.since == calls[0].received_at
    assert ["incident_proposed" in hub.kinds(call) for call in calls] == [False, False, True]
    said = next(one for one in hub.events(calls[2]) if one.kind == "incident_proposed").said
    assert (said["households"], said["tickets"]) == (3, [call.number for call in calls])
    assert {call.lead_id for call in map(hub.again, calls)} == {None}
    lift(hub, clara, ROOMS[3])
    assert len(proposed(hub)) == 1


def test_one_household_thrice_other_causes_and_other_buildings_are_no_incident(
    hub: House, clara: Actor
) -> None:
    lift(hub, clara, "A-1203", "A-1203", "A-1203", "B-0302")
    lift(hub, clara, "A-0501", category="03-03")
    assert proposed(hub) == []


def test_what_was_said_long_before_does_not_count(hub: House, clara: Actor, time: Clock) -> None:
    lift(hub, clara, *ROOMS[:2])
    time.forward(hours=7)
    lift(hub, clara, ROOMS[2])
    assert proposed(hub) == []


def test_what_nobody_settled_lapses_and_makes_room_for_the_next(
    hub: House, clara: Actor, time: Clock, calls: list[Ticket]
) -> None:
    (old,) = proposed(hub)
    time.forward(days=2)
    lift(hub, clara, *ROOMS[2:])
    (new,) = proposed(hub)
    assert new.id != old.id and hub.again(old).settled_at is not None


def test_how_many_and_within_what_time_are_settings(hub: House, clara: Actor, time: Clock) -> None:
    hub.do(_policy, incident_households=2, incident_hours=12)
    lift(hub, clara, ROOMS[0])
    time.forward(hours=11)
    lift(hub, clara, ROOMS[1])
    assert len(proposed(hub)) == 1


def test_a_person_says_that_it_is_one(hub: House, clara: Actor, calls: list[Ticket]) -> None:
    (incident,) = proposed(hub)
    settled = hub.do(outbreak.confirm, clara, incident, calls[1], calls)
    assert (settled.lead_id, settled.settled_by, settled.settled_at) == (
        calls[1].id,
        clara.staff_id,
        clock.now(),
    )
    assert proposed(hub) == []
    assert [hub.again(call).lead_id for call in calls] == [calls[1].id, None, calls[1].id]
    assert [order.status for call in calls for order in hub.orders(call)] == [
        "withdrawn",
        "issued",
        "withdrawn",
    ]
    (known,) = hub.look(incidents.known_in, calls[0].building_id)
    assert (known.lead.id, known.households) == (calls[1].id, 3)


def test_what_is_known_is_not_proposed_again(hub: House, clara: Actor, calls: list[Ticket]) -> None:
    hub.do(outbreak.confirm, clara, proposed(hub)[0], calls[0], calls)
    lift(hub, clara, "A-0601", "A-0602", "A-0603")
    assert proposed(hub) == []


def test_a_person_says_that_it_is_none_and_is_asked_again_only_later(
    hub: House, clara: Actor, calls: list[Ticket], time: Clock
) -> None:
    hub.do(outbreak.dismiss, clara, proposed(hub)[0])
    lift(hub, clara, ROOMS[3])
    assert proposed(hub) == []
    time.forward(hours=7)
    lift(hub, clara, "A-0601", "A-0602", "A-0603")
    assert len(proposed(hub)) == 1


def test_it_is_settled_once_by_the_desk_and_for_somebody(
    hub: House, clara: Actor, wes: Actor, calls: list[Ticket]
) -> None:
    (incident,) = proposed(hub)
    with pytest.raises(Forbidden):
        hub.do(outbreak.dismiss, wes, incident)
    with pytest.raises(Forbidden):
        hub.do(outbreak.confirm, wes, incident, calls[0], calls)
    with pytest.raises(BadInput, match="choose at least one ticket besides the one that leads"):
        hub.do(outbreak.confirm, clara, incident, calls[0], calls[:1])
    hub.do(outbreak.dismiss, clara, incident)
    for verb in (
        lambda: hub.do(outbreak.dismiss, clara, incident),
        lambda: hub.do(outbreak.confirm, clara, incident, calls[0], calls),
    ):
        with pytest.raises(NotNow, match="a colleague has settled this already"):
            verb()


def test_what_cannot_stand_behind_the_lead_leaves_all_as_it_was(
    hub: House, clara: Actor, calls: list[Ticket]
) -> None:
    gone = hub.receive(clara, leak(room=ROOMS[3]), Choice("desk"))
    hub.do(closing.close, clara, gone, "withdrawn")
    with pytest.raises(NotNow, match="this ticket is closed"):
        hub.do(outbreak.confirm, clara, proposed(hub)[0], calls[0], [*calls, gone])
    assert {hub.again(call).lead_id for call in calls} == {None}
    assert {order.status for call in calls for order in hub.orders(call)} == {"issued"}
    assert len(proposed(hub)) == 1


def _policy(tx: Tx, **more: int) -> None:
    office = tx.scalars(select(Office).where(Office.code == "LG")).one()
    office.policy = office.policy | more
