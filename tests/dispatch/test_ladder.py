"""The ladder as it is meant: by priority and minute, after a day's sleep, past leave, and not at night."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from dispatch import escalation, followup, retriage, work
from hub import deliveries
from hub.access import Actor
from hub.database import Tx
from hub.duty import Absence, Duty
from hub.errors import BadInput, Forbidden, NotNow
from hub.events import Event
from hub.orders import Order
from hub.tickets import Ticket
from notifications import outbox
from tests.conftest import MORNING, Clock
from tests.dispatch.steps import ahead
from tests.dispatch.test_followup import SAID, climbed, expected
from tests.house import House, leak

FLOOD = leak(item="Flooding", category="01-01")
NIGHT = MORNING.replace(hour=15)  # eleven at night in Hong Kong
Told = list[tuple[int, str, str, str]]


def told(hub: House, time: Clock, ticket: Ticket, minutes: int) -> Told:
    """Every step in the first so many minutes: (minute, promise, event, whom)."""
    found: Told = []
    for minute in range(1, minutes + 1):
        time.set(MORNING + timedelta(minutes=minute))
        before = len(hub.events(ticket))
        followup.tick(hub.database)
        found += [
            (minute, event.said["promise"], event.kind, event.said["whom"])
            for event in hub.events(ticket)[before:]
        ]
    return found


def away(hub: House, login: str, stand_in: str | None = None) -> None:
    def write(tx: Tx) -> None:
        tx.add(
            Absence(
                staff_id=hub.staff(login).id,
                starts_at=MORNING - timedelta(days=1),
                ends_at=MORNING + timedelta(days=9),
                stand_in_id=hub.staff(stand_in).id if stand_in else None,
            )
        )

    hub.do(write)


def off_at_night(hub: House, *logins: str) -> None:
    """These work from eight to eight."""

    def write(tx: Tx) -> None:
        ids = [hub.staff(login).id for login in logins]
        for shift in tx.scalars(select(Duty).where(Duty.staff_id.in_(ids))):  # type: ignore[attr-defined]
            shift.starts, shift.ends = 480, 1200

    hub.do(write)


# --- by priority -------------------------------------------------------------


@pytest.mark.seed("K2.5")
def test_an_emergency_tells_worker_supervisor_and_customer_director_at_once(hub: House, clara: Actor) -> None:
    hub.receive(clara, FLOOD)
    outbox.drain(hub.database)
    for login in ("wes", "sue", "cody"):
        assert hub.look(deliveries.unread, hub.staff(login).id), login


def test_what_turns_out_to_be_an_emergency_tells_them_at_once_too(
    hub: House, clara: Actor, cody: Actor, sue: Actor, tap_leaks: Ticket
) -> None:
    hub.do(retriage.judge_by_hand, clara, tap_leaks, category="01-01")
    pressed = next(event for event in hub.events(tap_leaks) if event.kind == "pressed")
    assert pressed.said["staff"] == [sue.staff_id, cody.staff_id]
    hub.do(retriage.judge_by_hand, clara, tap_leaks, category="01-02")
    assert hub.kinds(tap_leaks).count("pressed") == 1, "it was one already"


def test_a_message_reaches_whoever_stands_in(hub: House, clara: Actor) -> None:
    away(hub, "sue", "wen")
    hub.receive(clara, leak())
    outbox.drain(hub.database)
    assert hub.look(deliveries.unread, hub.staff("wen").id)
    assert not hub.look(deliveries.unread, hub.staff("sue").id)


@pytest.mark.seed("K2.5")
def test_an_emergency_nobody_takes_climbs_in_minutes(hub: House, time: Clock, clara: Actor) -> None:
    ticket = hub.receive(clara, FLOOD)
    steps = told(hub, time, ticket, 30)
    assert [step for step in steps if step[1] == "accept"] == [
        (5, "accept", "pressed", "supervisor"),
        (5, "accept", "escalated", "customer_director"),
        (30, "accept", "escalated", "director"),
    ]
    assert [step for step in steps if step[1] == "arrive"] == [
        (15, "arrive", "pressed", "supervisor"),
        (15, "arrive", "escalated", "customer_director"),
        (30, "arrive", "escalated", "director"),
    ]


def test_a_minute_to_answer_a_fire_still_gives_the_customer_director_five(
    hub: House, time: Clock, clara: Actor
) -> None:
    ticket = hub.receive(clara, leak(item="Smoke", category="06-01"))
    steps = [step for step in told(hub, time, ticket, 6) if step[1] == "accept"]
    assert steps == [
        (1, "accept", "pressed", "supervisor"),
        (5, "accept", "escalated", "customer_director"),
    ]


def test_priority_two_climbs_at_fifty_eighty_and_a_hundred(hub: House, time: Clock, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(item="Drain blocked", category="01-04"))
    steps = [step for step in told(hub, time, ticket, 15) if step[1] == "accept"]
    assert steps == [
        (8, "accept", "urged", "holder"),
        (12, "accept", "pressed", "supervisor"),
        (15, "accept", "escalated", "customer_director"),
    ]


def test_priority_three_at_eighty_a_hundred_and_a_hundred_and_fifty(
    hub: House, time: Clock, clara: Actor
) -> None:
    ticket = hub.receive(clara, leak())
    steps = [step for step in told(hub, time, ticket, 45) if step[1] == "accept"]
    assert steps == [
        (24, "accept", "urged", "holder"),
        (30, "accept", "pressed", "supervisor"),
        (45, "accept", "escalated", "director"),
    ]


# --- after a sleep -----------------------------------------------------------


@pytest.mark.seed("K2.2")
def test_a_day_without_the_hub_is_made_up_in_one_tick_the_most_urgent_first(
    hub: House, time: Clock, clara: Actor
) -> None:
    tickets = {priority: hub.receive(clara, SAID[priority]) for priority in ("P4", "P3", "P2", "P1")}
    time.forward(days=1)
    followup.tick(hub.database)
    for ticket in tickets.values():
        steps = climbed(hub, ticket)
        assert steps and len(steps) == len(set(steps))
    assert set(climbed(hub, tickets["P1"])) == {
        step for step in expected("P1", ("answer", "accept", "arrive", "done", "resolve"))
        if step[:2] != ("resolve", 2)
    }  # fmt: skip
    assert followup.tick(hub.database) == 0
    order = hub.look(
        lambda tx: list(tx.scalars(select(Event.ticket_id).where(Event.kind == "escalated").order_by("id")))
    )
    urgent_first = [tickets[priority].id for priority in ("P1", "P2", "P3", "P4")]
    assert list(dict.fromkeys(order)) == [one for one in urgent_first if one in order]


# --- leave -------------------------------------------------------------------


@pytest.mark.seed("K1.5")
def test_whoever_stands_in_hears_in_place_of_who_is_on_leave(
    hub: House, time: Clock, clara: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    away(hub, "wes", "wen")
    hub.do(escalation.urge, clara, tap_leaks)
    assert hub.events(tap_leaks)[-1].said["staff"] == [hub.staff("wen").id]
    away(hub, "wen", "wes")
    hub.do(escalation.urge, clara, tap_leaks)
    assert hub.events(tap_leaks)[-1].said["staff"] == [hub.staff("sue").id], "both are away: the next rank up"


def test_leave_without_a_stand_in_goes_up_and_never_to_nobody(
    hub: House, time: Clock, clara: Actor, order: Order, tap_leaks: Ticket
) -> None:
    for login, next_up in (("sue", "cody"), ("cody", "dora"), ("dora", "sue")):
        away(hub, login)
        hub.do(escalation.urge, clara, tap_leaks)
        assert hub.events(tap_leaks)[-1].said["staff"] == [hub.staff(next_up).id]


# --- at night ----------------------------------------------------------------


def test_at_night_what_can_wait_waits_for_the_morning_and_comes_once(
    hub: House, time: Clock, clara: Actor
) -> None:
    off_at_night(hub, "clara", "wes", "wen", "sue", "cody", "dora")
    time.set(NIGHT)
    ticket = hub.receive(clara, leak(item="Drain blocked", category="01-04"))
    time.forward(hours=1)
    assert followup.tick(hub.database) == 0
    assert climbed(hub, ticket) == []
    time.set(MORNING.replace(day=3, hour=22, minute=59))
    assert followup.tick(hub.database) == 0
    time.forward(minutes=1)  # seven in the morning
    followup.tick(hub.database)
    steps = climbed(hub, ticket)
    assert ("accept", 3, "escalated", "customer_director") in steps
    assert len(steps) == len(set(steps))
    assert followup.tick(hub.database) == 0


def test_whoever_is_on_duty_at_night_hears_at_once(hub: House, time: Clock, clara: Actor) -> None:
    off_at_night(hub, "sue", "cody", "dora")
    time.set(NIGHT)
    ticket = hub.receive(clara, leak(item="Drain blocked", category="01-04"))
    time.forward(minutes=8)
    followup.tick(hub.database)
    assert ("accept", 1, "urged", "holder") in climbed(hub, ticket), "the night worker has it"


def test_an_emergency_knows_no_night(hub: House, time: Clock, clara: Actor) -> None:
    off_at_night(hub, "wes", "wen", "sue", "cody", "dora")
    time.set(NIGHT)
    ticket = hub.receive(clara, FLOOD)
    time.forward(minutes=5)
    followup.tick(hub.database)
    assert ("accept", 2, "escalated", "customer_director") in climbed(hub, ticket)


# --- supervision (督辦) -------------------------------------------------------


@pytest.mark.seed("K2.5")
def test_a_reply_that_is_asked_for_is_followed_until_it_comes(
    hub: House, time: Clock, quinn: Actor, sue: Actor, tap_leaks: Ticket
) -> None:
    hub.do(escalation.supervise, quinn, tap_leaks, "Report by tomorrow", ahead(days=1))
    (awaited,) = hub.running(tap_leaks, "reply")
    assert awaited.due_at == MORNING + timedelta(days=1)
    time.set(_eighty(awaited.started_at, awaited.due_at))
    followup.tick(hub.database)
    urged = [event.said for event in hub.events(tap_leaks) if event.said.get("promise") == "reply"]
    assert [(one["whom"], one["staff"]) for one in urged] == [("supervisor", [sue.staff_id])]
    hub.do(escalation.reply, sue, tap_leaks, "The part came in today")
    replied = hub.events(tap_leaks)[-1]
    assert (replied.kind, replied.said["staff"]) == ("replied", [quinn.staff_id])
    time.forward(days=10)
    followup.tick(hub.database)
    assert len([e for e in hub.events(tap_leaks) if e.said.get("promise") == "reply"]) == 1


@pytest.mark.seed("K2.5")
def test_no_reply_goes_up_to_the_customer_director_and_the_director(
    hub: House, time: Clock, cody: Actor, tap_leaks: Ticket
) -> None:
    hub.do(escalation.supervise, cody, tap_leaks, "Report by tomorrow", ahead(days=1))
    time.forward(days=5)
    followup.tick(hub.database)
    steps = [step for step in climbed(hub, tap_leaks) if step[0] == "reply"]
    assert [step[3] for step in steps] == ["supervisor", "customer_director", "director"]


def test_asked_again_the_later_date_counts(hub: House, cody: Actor, tap_leaks: Ticket) -> None:
    hub.do(escalation.supervise, cody, tap_leaks, "Report", ahead(days=1))
    hub.do(escalation.supervise, cody, tap_leaks, "Report again", ahead(days=2))
    (awaited,) = hub.running(tap_leaks, "reply")
    assert awaited.due_at == MORNING + timedelta(days=2)


def test_a_reply_nobody_asked_for_or_without_words_is_refused(
    hub: House, cody: Actor, sue: Actor, cash: Actor, tap_leaks: Ticket
) -> None:
    with pytest.raises(NotNow, match="no reply is awaited on this matter"):
        hub.do(escalation.reply, sue, tap_leaks, "All is well")
    hub.do(escalation.supervise, cody, tap_leaks, "Report", ahead(days=1))
    with pytest.raises(BadInput, match="text: write something"):
        hub.do(escalation.reply, sue, tap_leaks, " ")
    with pytest.raises(Forbidden):
        hub.do(escalation.reply, cash, tap_leaks, "All is well")


def _eighty(start: datetime, due: datetime) -> datetime:
    return start + (due - start) * 0.81
