"""What nobody can tell: a message that may have arrived is never said twice, and never waits for ever."""

import socket
import threading
from datetime import timedelta

from dispatch import reaching
from hub import endpoints
from hub.access import Actor
from hub.deliveries import Delivery
from notifications import outbox
from tests.house import House
from tests.notifications.conftest import ROSA, SUE, Post, Received
from web import reactions
from web.standin.carrier import Carrier
from web.standin.records import Call, Message
from web.standin.weather import Fault

BURST = {"item": "Burst pipe, water everywhere", "category": "01-01"}


def _to(post: Post, number: str) -> list[Delivery]:
    contact = post.contact(number)
    return [row for row in post.rows("sms", "voice") if row.contact_id == contact.id]


def test_of_what_is_urgent_each_is_heard_once_or_owed_by_a_person(
    post: Post, carrier: Carrier, received: Received
) -> None:
    """The carrier answers 503 for five minutes: what it may have taken goes to a person, the rest on."""
    carrier.weather.is_down = True
    received(**BURST)
    for _ in range(10):
        post.later(seconds=30)
    carrier.weather.is_down = False
    post.later(minutes=40)
    post.later(minutes=40)
    to_sue = [*carrier.texts_to(SUE)] + [c for c in carrier.calls.values() if c.to == SUE]
    owed = [row for row in _to(post, SUE) if row.is_owed]
    assert len(to_sue) + len(owed) == 1


def test_a_text_in_doubt_that_cannot_be_asked_for_goes_to_a_person(
    post: Post, carrier: Carrier, hub: House, received: Received
) -> None:
    """The answer was lost and then the list is: after its patience it is owed, and never sent again."""
    carrier.weather.faults = [Fault(kept=True)]
    ticket = received()
    post.tick()
    carrier.weather.is_down = True
    for _ in range(8):
        post.later(minutes=5)
    row = post.row("sms")
    assert (row.state, row.is_owed, row.is_in_doubt) == ("failed", True, True)
    carrier.weather.is_down = False
    post.later(hours=1)
    assert len(carrier.texts_to(ROSA)) == 1, "the one whose answer was lost"
    reactions.drain(hub.database)
    assert hub.kinds(ticket)[-2:] == ["undelivered", "to_tell"]


def test_a_doubt_the_list_dispels_is_sent_again(post: Post, carrier: Carrier, received: Received) -> None:
    """The line broke before the carrier took it: its list does not hold it, so nothing is said twice."""
    carrier.weather.faults = [Fault()]
    received()
    post.tick()
    assert post.row("sms").is_in_doubt and not carrier.messages
    post.later(minutes=1)
    row = post.row("sms")
    assert (row.state, row.is_in_doubt, len(carrier.texts_to(ROSA))) == ("sent", False, 1)


def test_the_list_is_read_back_to_the_first_try_however_long_it_is(
    post: Post, carrier: Carrier, received: Received
) -> None:
    """A number that was sent 250 other texts since the doubt began: the one in doubt is still found."""
    carrier.weather.faults = [Fault(kept=True)]
    received()
    post.tick()
    [kept] = carrier.texts_to(ROSA)
    for n in range(250):
        other = Message(kept.from_, ROSA, f"another {n}", "outbound-api", "sent")
        carrier.messages[other.sid] = other
    post.later(minutes=1)
    row = post.row("sms")
    assert (row.state, row.ref) == ("sent", kept.sid) and len(carrier.texts_to(ROSA)) == 251


def test_a_call_in_doubt_is_found_however_many_came_after_it(
    post: Post, carrier: Carrier, hub: House, clara: Actor, received: Received
) -> None:
    ticket = received()
    post.tick()
    hub.do(reaching.tell, clara, ticket, "Please ring us", "voice")
    carrier.weather.faults = [Fault(kept=True)]
    post.tick()
    [kept] = carrier.calls.values()
    for _ in range(120):
        later = kept.created_at + timedelta(seconds=30)
        other = Call(kept.from_, ROSA, "outbound-api", created_at=later)
        carrier.calls[other.sid] = other
    post.later(minutes=1)
    row = post.row("voice")
    assert (row.state, row.ref) == ("sent", kept.sid) and len(carrier.calls) == 121


def test_an_outage_puts_few_in_doubt(post: Post, carrier: Carrier, received: Received) -> None:
    """After the first failure one message is tried, ever more rarely, until the carrier is back."""
    for _ in range(30):
        received()
    carrier.weather.is_down = True
    for _ in range(20):
        post.later(seconds=30)
    assert sum(row.tries > 0 for row in post.rows("sms")) < 20
    carrier.weather.is_down = False
    post.later(minutes=2)
    post.later(minutes=10)
    assert len(carrier.texts_to(ROSA)) == 30


def test_a_listener_that_never_answers_is_given_up_after_a_day_and_pruned_after_a_month(
    post: Post, hub: House, adam: Actor, received: Received
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the line and hangs up
        threading.Thread(target=_hang_up, args=(silent,), daemon=True).start()
        hub.do(endpoints.listen, adam, f"http://127.0.0.1:{silent.getsockname()[1]}/hook", ["received"])
        received()
        post.tick()
        assert post.row("webhook").state == "waiting" and post.row("webhook").is_in_doubt
        post.later(hours=25)
    row = post.row("webhook")
    assert (row.state, row.is_owed) == ("failed", False)
    assert outbox.prune(hub.database) == 0
    post.time.forward(days=31)
    assert outbox.prune(hub.database) == 1 and not post.rows("webhook")
    assert post.rows("sms"), "what people were told stays"


def _hang_up(listener: socket.socket) -> None:
    while True:
        try:
            listener.accept()[0].close()
        except OSError:
            return
