"""Messages leave: once each, most urgent first, through crashes, doubts and refusals; over a real socket."""

from datetime import timedelta
from functools import partial

import pytest

from dispatch import conversation, reaching, work
from dispatch.conversation import Heard
from hub import checkpoints, clock, contacts, deliveries
from hub.access import Actor
from hub.database import Tx
from notifications import outbox, settling
from notifications.channels.contract import Letter, Receipt
from notifications.speaking import Open
from tests.house import House
from tests.notifications.conftest import CODY, ROSA, SUE, WES, Post, Received
from web import reactions
from web.standin.carrier import Carrier
from web.standin.weather import Fault


@pytest.mark.seed("K1.4")
def test_the_customer_is_texted_once_and_the_carriers_number_is_kept(
    post: Post, carrier: Carrier, received: Received
) -> None:
    ticket = received()
    post.tick()
    post.tick()
    (text,) = carrier.texts_to(ROSA)
    assert ticket.number in text.body and "tap" not in text.body and "Rosa" not in text.body
    row = post.row("sms")
    assert (row.state, row.ref, row.parts) == ("sent", text.sid, 1)


@pytest.mark.seed("K1.7")
def test_an_emergency_reaches_worker_supervisor_and_customer_director_at_once(
    post: Post, carrier: Carrier, hub: House, received: Received, sue: Actor
) -> None:
    ticket = received(item="Burst pipe, water everywhere", category="01-01")
    post.tick()
    assert ticket.priority == "P1"
    assert carrier.texts_to(SUE) and carrier.texts_to(CODY)
    (order,) = hub.orders(ticket)
    if order.worker_id is None:
        hub.do(work.assign, sue, order, hub.staff("wes"))
        post.tick()
    assert "B-0302" in carrier.texts_to(WES)[0].body


def test_in_quiet_hours_only_an_emergency_wakes(post: Post, carrier: Carrier, received: Received) -> None:
    post.time.forward(hours=13)  # 23:00 in Hong Kong
    received()
    post.tick()
    assert not carrier.texts_to(ROSA)
    received(item="Burst pipe, water everywhere", category="01-01")
    post.tick()
    assert len(carrier.texts_to(ROSA)) == 1
    post.later(hours=9)
    assert len(carrier.texts_to(ROSA)) == 2


def test_who_wished_for_no_more_in_the_evening_is_not_texted_in_the_morning(
    post: Post, carrier: Carrier, hub: House, received: Received
) -> None:
    post.time.forward(hours=13)  # 23:00 in Hong Kong
    ticket = received()
    post.tick()
    row = post.row("sms")
    hub.do(contacts.mark, post.contact(ROSA), "sms", "opted out")
    post.later(hours=9)
    assert not carrier.texts_to(ROSA)
    told = hub.again(row)
    assert (told.state, told.why, told.is_owed, told.tries) == ("failed", "opted out", True, 0)
    assert "undelivered" in hub.kinds(ticket)


def test_the_word_that_no_more_will_come_still_comes(
    post: Post, carrier: Carrier, hub: House, received: Received
) -> None:
    received()
    post.tick()
    heard = Heard("SM1", ROSA, "退订")
    hub.do(conversation.hear, heard, hub.look(conversation.think, heard))
    post.tick()
    assert [("no more" in text.body) for text in carrier.texts_to(ROSA)] == [False, True]


def test_after_an_outage_the_most_urgent_goes_first(post: Post, carrier: Carrier, received: Received) -> None:
    carrier.weather.is_down = True
    for _ in range(12):
        received()
    post.tick()
    received(item="Burst pipe, water everywhere", category="01-01")
    carrier.weather.is_down = False
    post.later(minutes=1)
    urgent = [n for n, m in enumerate(carrier.messages.values()) if m.to in (SUE, CODY)]
    assert len(carrier.texts_to(ROSA)) == 13 and max(urgent) < 8, "in the first handful"


def test_a_carrier_that_is_down_loses_and_doubles_nothing(
    post: Post, carrier: Carrier, received: Received
) -> None:
    carrier.weather.is_down = True
    tickets = [received(description=str(n)) for n in range(20)]
    for _ in range(20):
        post.later(seconds=30)
    assert not carrier.messages
    carrier.weather.is_down = False
    for _ in range(40):
        post.later(minutes=1)
    bodies = [m.body for m in carrier.texts_to(ROSA)]
    assert len(bodies) == 20 and all(sum(t.number in body for body in bodies) == 1 for t in tickets)


def test_when_only_the_answer_was_lost_the_list_is_asked(
    post: Post, carrier: Carrier, received: Received
) -> None:
    carrier.weather.faults = [Fault(kept=True)]
    received()
    post.tick()
    assert post.row("sms").is_in_doubt and len(carrier.messages) == 1
    post.later(minutes=1)
    assert post.row("sms").state == "sent" and len(carrier.messages) == 1


def test_two_alike_in_doubt_are_found_one_by_one(
    post: Post, carrier: Carrier, hub: House, clara: Actor, received: Received
) -> None:
    """The same words to the same number twice: what the list holds once stands for one of them only."""
    ticket = received()
    post.tick()
    for _ in range(2):
        hub.do(reaching.tell, clara, ticket, "Please ring us")
    carrier.weather.faults = [Fault(kept=True), Fault()]
    post.tick()
    assert len(carrier.texts_to(ROSA)) == 2, "the acknowledgement, and one of the two"
    post.later(minutes=1)
    post.later(minutes=1)
    assert [m.body for m in carrier.texts_to(ROSA)].count("Please ring us") == 2
    refs = [row.ref for row in post.rows("sms") if row.state == "sent"]
    assert len(refs) == len(set(refs)) == 3


def test_a_claim_nobody_settled_is_taken_up_and_looked_for(
    post: Post, carrier: Carrier, received: Received
) -> None:
    """A process dies after the call and before it wrote the answer down."""
    received()
    post.tick()
    row = post.row("sms")

    def forget(tx: Tx) -> None:
        kept = tx.get_one(type(row), row.id)
        kept.state, kept.ref = "sending", ""

    post.hub.database.write(forget)
    post.later(seconds=10)
    assert post.row("sms").state == "sending", "it may still be under way"
    post.later(minutes=2)
    assert post.row("sms").state == "sent" and len(carrier.texts_to(ROSA)) == 1


def test_a_claim_before_the_call_is_sent_after_all(post: Post, carrier: Carrier, received: Received) -> None:
    """A process dies after the claim and before the call."""
    received()
    outbox.drain(post.hub.database, post.ways)
    dead = post.crew("dead")
    assert next(one for one in dead if one._channel.name == "sms")._claim() and not carrier.messages
    post.later(minutes=2)
    assert len(carrier.texts_to(ROSA)) == 1 and post.row("sms").state == "sent"
    for one in dead:
        one.close()


def test_of_two_that_looked_at_once_one_calls(post: Post, carrier: Carrier, received: Received) -> None:
    """Another claims it between the look and the claim, and is calling: it is not in doubt, it is theirs."""
    received()
    outbox.drain(post.hub.database, post.ways)
    crews = [post.crew("slow"), post.crew("quick")]
    slow, quick = (next(one for one in crew if one._channel.name == "sms") for crew in crews)
    looked = post.hub.database.read(partial(slow._due, most=8))
    assert len(looked) == 1 and len(quick._claim()) == 1
    assert post.hub.database.write(partial(slow._take, ids=looked)) == []
    assert post.row("sms").claimed_by == "quick" and not carrier.messages
    for one in crews[0] + crews[1]:
        one.close()


def test_who_read_the_list_so_long_that_another_took_it_over_sends_nothing(
    post: Post, carrier: Carrier, received: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier.weather.faults = [Fault()]
    received()
    post.tick()
    assert post.row("sms").is_in_doubt and not carrier.messages
    crews = [post.crew("slow"), post.crew("quick")]
    slow, quick = (next(one for one in crew if one.channel == "sms") for crew in crews)

    def find(letter: Letter) -> list[Receipt]:
        with clock.at(clock.now() + timedelta(minutes=2)):  # longer than a claim is believed
            assert quick.work() == 1
        return []

    monkeypatch.setattr(slow._channel, "find", find)
    post.time.forward(minutes=1)
    assert slow.work() == 1
    assert len(carrier.texts_to(ROSA)) == 1 and post.row("sms").state == "sent"
    for one in crews[0] + crews[1]:
        one.close()


@pytest.mark.parametrize(
    ("code", "channels"),
    [(21610, {"sms"}), (21614, {"sms"}), (21635, {"sms"}), (21211, {"sms", "voice"}), (21408, set())],
)
def test_a_refusal_for_good_marks_the_number_and_a_person_is_named(
    post: Post, carrier: Carrier, hub: House, received: Received, code: int, channels: set[str]
) -> None:
    carrier.manner(ROSA).sms = code
    ticket = received()
    post.tick()
    row = post.row("sms")
    assert row.state == "failed" and str(code) in row.why and row.is_owed
    assert set(post.contact(ROSA).marks) == channels
    assert "undelivered" in hub.kinds(ticket)
    again = received()
    post.tick()
    if "sms" in channels:
        assert not [one for one in post.rows("sms") if one.ticket_id == again.id], "never again by text"


@pytest.mark.parametrize(("code", "channels"), [(30006, {"sms"}), (30007, set()), (30005, {"sms"})])
def test_what_the_network_gives_back_goes_on_by_voice(
    post: Post, carrier: Carrier, hub: House, received: Received, code: int, channels: set[str]
) -> None:
    received(item="Burst pipe, water everywhere", category="01-01")
    post.tick()
    row = next(one for one in post.rows("sms") if one.contact_id == post.contact(SUE).id)
    assert hub.do(_told, row.ref, "failed", str(code), post.ways)
    assert set(post.contact(SUE).marks) == channels
    post.tick()
    (call,) = [one for one in carrier.calls.values() if one.to == SUE]
    carrier.line.settle()
    assert "B-0 3 0 2: Burst pipe" in call.heard[0].what


def test_a_telephone_that_is_off_is_tried_once_more(
    post: Post, carrier: Carrier, hub: House, received: Received
) -> None:
    received()
    post.tick()
    for n in range(2):
        row = post.rows("sms")[-1]
        hub.do(_told, row.ref, "failed", "30003", post.ways)
        post.later(minutes=2)
        assert len(carrier.texts_to(ROSA)) == 2, n
    first, second = post.rows("sms")
    assert (first.state, second.state, first.is_owed, second.is_owed) == ("failed", "failed", False, True)


def test_late_and_repeated_words_change_nothing(
    post: Post, carrier: Carrier, hub: House, received: Received
) -> None:
    received()
    post.tick()
    ref = post.row("sms").ref
    assert hub.do(_told, ref, "delivered", "", post.ways)
    for state in ("sent", "delivered", "failed"):
        assert not hub.do(_told, ref, state, "30008" if state == "failed" else "", post.ways)
    assert post.row("sms").state == "delivered"


def test_too_many_requests_leave_the_carrier_alone_for_a_while(
    post: Post, carrier: Carrier, received: Received
) -> None:
    received()
    carrier.weather.faults = [Fault(status=429, code=20429)]
    post.tick()
    received()
    post.tick()
    assert not carrier.messages, "the second waits too"
    post.later(seconds=30)
    assert len(carrier.messages) == 2


def test_our_own_fault_with_the_carrier_spoils_no_number(
    post: Post, carrier: Carrier, received: Received
) -> None:
    carrier.auth_token = "another"
    received()
    post.tick()
    row = post.row("sms")
    assert row.state == "waiting" and row.why.startswith("20003") and not post.contact(ROSA).marks


def test_without_settings_the_message_stays_and_says_why(
    post: Post, carrier: Carrier, received: Received
) -> None:
    post.settings = post.settings.model_copy(update={"twilio_from": ""})
    received()
    post.tick()
    row = post.row("sms")
    assert row.state == "kept" and "HUB_TWILIO_FROM" in row.why and not carrier.messages


def test_a_landline_is_not_texted(post: Post, carrier: Carrier, received: Received) -> None:
    received(name="Chan Siu Ming", room="A-1203", phone="2345 6789")
    post.tick()
    assert not post.rows("sms") and not carrier.messages


def test_a_person_is_named_and_says_that_it_is_done(
    post: Post, carrier: Carrier, hub: House, clara: Actor, received: Received
) -> None:
    carrier.manner(ROSA).sms = 21610
    ticket = received()
    post.tick()
    reactions.drain(hub.database)
    post.tick()
    assert hub.kinds(ticket)[-2:] == ["undelivered", "to_tell"]
    told = [row for row in post.rows("screen") if row.staff_id == clara.staff_id]
    assert told, "Clara is on duty and owns it"
    row = post.row("sms")
    hub.do(reaching.told_by_hand, clara, row.id, "Rang her at noon")
    assert not hub.again(row).is_owed and hub.kinds(ticket)[-1] == "told_by_hand"
    assert hub.database.read(checkpoints.verify).broken is None


def _told(tx: Tx, ref: str, state: str, code: str, ways: Open) -> bool:
    row = deliveries.by_ref(tx, ref)
    assert row is not None
    return settling.told(tx, row, state, code, ways)
