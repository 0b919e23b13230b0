"""An office's own wording and its own ways: what is really sent follows them at once."""

from typing import Any

import pytest

from dispatch import work
from hub.access import Actor
from hub.errors import BadInput
from hub.orders import Order
from hub.setup import change
from hub.setup.hearing import HEARING
from notifications.rewording import LOCALE_OF, WORDING, wordings
from tests.house import House
from tests.notifications.conftest import ROSA, WES, Post, Received
from web.standin.carrier import Carrier


def reword(hub: House, name: str, **said: str) -> None:
    told = {"text": name, **dict.fromkeys(LOCALE_OF, ""), **said}
    hub.do(change.change, hub.actor("dora"), "LG", WORDING, name, told)


def test_the_next_text_says_it_in_the_offices_words(
    post: Post, carrier: Carrier, hub: House, received: Received
) -> None:
    reword(hub, "received", text_en="Hello from %(office)s: your matter %(number)s")
    ticket = received()
    post.tick()
    (text,) = carrier.texts_to(ROSA)
    assert text.body == f"Hello from Lotus Garden: your matter {ticket.number}"


def test_another_language_keeps_the_delivered_words(
    post: Post, carrier: Carrier, hub: House, received: Received
) -> None:
    reword(hub, "received", text_zh_hant="%(number)s 已收到")
    received()
    post.tick()
    assert "We are on it" in carrier.texts_to(ROSA)[0].body


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("%(number)s of %(caller)s", "only these places"),
        ("%(number)s at 100 %", "only these places"),
        ("%(number)d", "only these places"),
        ("%(number", "only these places"),
        ("We are on it", "say the number"),
        ("%(number)s " + "x" * 300, "longer than"),
    ],
)
def test_a_wording_that_could_not_be_filled_is_refused(hub: House, text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        reword(hub, "received", text_en=text)
    assert set(refused.value.fields) == {"text_en"}


def test_every_delivered_message_could_be_kept_as_ones_own(hub: House) -> None:
    for name, text in wordings().items():
        reword(hub, name, text_en=text.says)
        assert hub.look(WORDING.read, hub.office(), name) == {
            "text": name,
            "text_en": text.says,
            "text_zh_hans": "",
            "text_zh_hant": "",
        }


def test_a_line_goes_the_offices_way_or_not_at_all(
    post: Post, carrier: Carrier, hub: House, sue: Actor, order: Order
) -> None:
    key = "assigned.calm.worker"
    post.tick()
    set_way(hub, key, "screen+push+sms>voice")
    hub.do(work.assign, sue, order, hub.staff("wes"))
    post.tick()
    assert [row.channel for row in of(post, "wes", hub)] == ["screen", "sms"]
    assert order.number.partition("-")[0] in carrier.texts_to(WES)[0].body
    set_way(hub, key, "")
    hub.do(work.assign, sue, order, hub.staff("wen"))
    post.tick()
    assert of(post, "wen", hub) == []


def set_way(hub: House, key: str, way: str) -> None:
    hub.do(change.change, hub.actor("dora"), "LG", HEARING, key, {"line": key, "way": way})


def of(post: Post, login: str, hub: House) -> list[Any]:
    return [row for row in post.rows() if row.staff_id == hub.staff(login).id]
