"""The bell and the messages behind it: one's own, counted, read once."""

import pytest

from dispatch import work
from hub import deliveries
from hub.access import Actor
from hub.orders import Order
from notifications import outbox
from tests.house import House
from tests.web.pages.visiting import Visit


@pytest.fixture
def told(hub: House, sue: Actor, order: Order) -> Order:
    """Sue has given the tap to Wes, and the hub has told him."""
    outbox.drain(hub.database)
    hub.do(work.assign, sue, order, hub.staff("wes"))
    outbox.drain(hub.database)
    return order


@pytest.mark.seed("K1.4")
def test_the_bell_counts_what_is_unread_and_the_list_says_it(visit: Visit, told: Order) -> None:
    wes = visit("wes")
    assert "1 unread message" in wes.get("/messages/bell").text
    page = wes.see("/messages")
    assert "Sue Supervisor assigned the order" in page and "Kitchen tap leaks" in page


def test_opening_a_message_reads_it_and_goes_to_the_matter(visit: Visit, hub: House, told: Order) -> None:
    wes = visit("wes")
    message = hub.look(deliveries.unread, hub.staff("wes").id)[0]
    assert f'value="/mine/{told.number}"' in wes.get("/messages").text
    answer = wes.post(f"/messages/{message.id}/read", next=f"/mine/{told.number}")
    assert answer.headers["location"] == f"/mine/{told.number}"
    assert "unread message" not in wes.get("/messages/bell").text
    assert "Sue Supervisor assigned the order" in wes.see("/messages"), "what was read stays readable"


def test_everything_is_read_at_once(visit: Visit, hub: House, told: Order) -> None:
    sue = visit("sue")
    assert hub.look(deliveries.unread, hub.staff("sue").id)
    sue.does("/messages/read")
    assert not hub.look(deliveries.unread, hub.staff("sue").id)
    assert hub.look(deliveries.unread, hub.staff("wes").id), "another person's are not touched"


def test_another_persons_message_is_not_found(visit: Visit, hub: House, told: Order) -> None:
    message = hub.look(deliveries.unread, hub.staff("wes").id)[0]
    wen = visit("wen")
    assert wen.post(f"/messages/{message.id}/read").status_code == 404
    assert hub.look(deliveries.unread, hub.staff("wes").id)
    assert "Kitchen tap" not in wen.see("/messages")


def test_a_message_leads_nowhere_outside(visit: Visit, hub: House, told: Order) -> None:
    message = hub.look(deliveries.unread, hub.staff("wes").id)[0]
    answer = visit("wes").post(f"/messages/{message.id}/read", next="https://evil.example/")
    assert answer.headers["location"] == "/"


def test_without_messages_the_page_says_what_will_be_there(visit: Visit) -> None:
    assert "No messages yet" in visit("gus").see("/messages")


def test_a_message_is_said_in_the_readers_language(visit: Visit, told: Order) -> None:
    assert "Sue Supervisor assigned" not in visit("wes", locale="zh-CN").see("/messages")


def test_a_stranger_has_no_messages(visit: Visit) -> None:
    assert visit().get("/messages").headers["location"] == "/session?next=/messages"
