"""Nobody overwrites unknowingly: a decision is refused when a colleague decided since the page was drawn."""

import pytest

from dispatch import escalation, ownership
from hub import meanwhile, tickets
from hub.access import Actor
from hub.errors import ChangedMeanwhile
from hub.tickets import Ticket
from tests.house import House


def seen(hub: House, ticket: Ticket) -> str:
    return str(hub.look(meanwhile.mark, ticket.id))


def test_the_mark_is_the_number_of_the_last_event(hub: House, tap_leaks: Ticket) -> None:
    assert seen(hub, tap_leaks) == str(hub.events(tap_leaks)[-1].seq)


def test_a_colleagues_decision_is_named(hub: House, tap_leaks: Ticket, clara: Actor, cody: Actor) -> None:
    mark = seen(hub, tap_leaks)
    hub.do(ownership.hand_over, cody, tap_leaks, hub.staff("dora"))
    with pytest.raises(ChangedMeanwhile, match="Cody Customer-Director changed this meanwhile"):
        hub.do(meanwhile.refuse_unseen, clara, tap_leaks, mark)
    hub.do(meanwhile.refuse_unseen, clara, tap_leaks, seen(hub, tap_leaks))


def test_ones_own_decision_is_known(hub: House, tap_leaks: Ticket, clara: Actor) -> None:
    mark = seen(hub, tap_leaks)
    hub.do(ownership.hand_over, clara, tap_leaks, hub.staff("dora"))
    hub.do(meanwhile.refuse_unseen, clara, tap_leaks, mark)


def test_what_is_added_beside_the_matter_stands_in_nobodys_way(
    hub: House, tap_leaks: Ticket, clara: Actor, cody: Actor
) -> None:
    mark = seen(hub, tap_leaks)
    hub.do(escalation.urge, cody, tap_leaks, "They called again")
    hub.do(meanwhile.refuse_unseen, clara, tap_leaks, mark)


def test_what_the_hub_itself_did_is_said_without_a_name(hub: House, tap_leaks: Ticket, clara: Actor) -> None:
    mark = seen(hub, tap_leaks)
    hub.do(tickets.record, "reopened", tap_leaks, None)
    with pytest.raises(ChangedMeanwhile, match=r"^this changed meanwhile"):
        hub.do(meanwhile.refuse_unseen, clara, tap_leaks, mark)


@pytest.mark.parametrize("mark", ["", "-1", "x", "1e9"])
def test_without_a_mark_nothing_is_asked(
    hub: House, tap_leaks: Ticket, clara: Actor, cody: Actor, mark: str
) -> None:
    hub.do(ownership.hand_over, cody, tap_leaks, hub.staff("dora"))
    hub.do(meanwhile.refuse_unseen, clara, tap_leaks, mark)


def test_a_mark_of_any_length_harms_nothing(hub: House, tap_leaks: Ticket, clara: Actor) -> None:
    hub.do(meanwhile.refuse_unseen, clara, tap_leaks, "9" * 400)
