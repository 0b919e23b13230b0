"""Trying a way out: a real message to who asks, on record, with what the provider made of it."""

import pytest
from sqlmodel import col, select

from hub.access import Actor
from hub.database import Tx
from hub.errors import BadInput, Forbidden, NotFound, NotNow
from hub.events import Event
from hub.organisation import Staff
from notifications import trying
from notifications.channels import registry
from notifications.channels.contract import Channel
from notifications.trying import Answer
from tests.house import House
from tests.notifications.conftest import Post
from web.standin.carrier import Carrier
from web.timetable import say

DORA = "+85291110009"


@pytest.fixture
def dora_rings(hub: House) -> None:
    def give(tx: Tx) -> None:
        tx.scalars(select(Staff).where(Staff.login == "dora")).one().phone = DORA

    hub.database.write(give)


def channel(post: Post, name: str = "sms") -> Channel:
    return next(one for one in registry.made(post.settings) if one.name == name)


def send(post: Post, actor: Actor, name: str = "sms") -> Answer:
    return trying.send(post.hub.database, actor, "LG", channel(post, name), say)


@pytest.mark.usefixtures("dora_rings")
def test_a_real_message_leaves_and_the_answer_is_the_providers(
    post: Post, carrier: Carrier, hub: House, dora: Actor
) -> None:
    answer = send(post, dora)
    (text,) = carrier.texts_to(DORA)
    assert (answer.state, answer.to, answer.code) == ("sent", DORA, text.sid)
    assert text.body == "This is a test of the service centre's messages. Lotus Garden"
    row = post.row("sms")
    assert (row.state, row.ref, row.staff_id) == ("sent", text.sid, dora.staff_id)
    post.later(minutes=5)
    assert len(carrier.texts_to(DORA)) == 1, "and nothing sends it again"


@pytest.mark.usefixtures("dora_rings")
def test_it_is_on_record_who_tried_what(post: Post, hub: House, dora: Actor) -> None:
    send(post, dora)
    last = hub.look(lambda tx: tx.scalars(select(Event).order_by(col(Event.id).desc())).first())
    assert (last.kind, last.by_id, last.said["channel"]) == ("channel_tried", dora.staff_id, "sms")
    assert hub.verify().broken is None


@pytest.mark.usefixtures("dora_rings")
def test_a_refusal_is_the_answer_and_is_not_tried_again(post: Post, carrier: Carrier, dora: Actor) -> None:
    carrier.weather.is_down = True
    answer = send(post, dora)
    assert answer.state == "failed" and answer.code
    assert post.row("sms").state == "failed"
    carrier.weather.is_down = False
    post.later(minutes=5)
    assert carrier.texts_to(DORA) == []


def test_without_an_address_on_ones_own_record_nothing_is_begun(post: Post, dora: Actor) -> None:
    for name in ("sms", "voice", "webhook"):
        with pytest.raises(BadInput, match="no address"):
            send(post, dora, name)
    assert post.rows() == []


@pytest.mark.usefixtures("dora_rings")
def test_pressed_twice_it_is_sent_once(post: Post, carrier: Carrier, dora: Actor) -> None:
    send(post, dora)
    with pytest.raises(NotNow, match="wait a moment"):
        send(post, dora)
    post.time.forward(seconds=11)
    send(post, dora)
    assert len(carrier.texts_to(DORA)) == 2


def test_who_sets_nothing_up_tries_nothing(post: Post, hub: House) -> None:
    with pytest.raises(Forbidden):
        send(post, hub.actor("clara"))
    with pytest.raises(NotFound):
        send(post, hub.actor("max"))
