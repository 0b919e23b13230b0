"""The front desk: the queues, the list, the search, and closing several at once."""

import re

import pytest

from dispatch import answering, returning, work
from dispatch.deciding import Choice
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak, peddlers
from tests.web.pages.visiting import Visit, Visitor, plain
from web.pages import queues

AT_THE_DESK = Choice("desk")


def listed(page: str) -> list[str]:
    """The numbers of the list, in its order."""
    return re.findall(r'id="row-(\d+)"', page)


def counted(desk: Visitor, queue: str) -> int:
    """The count beside the queue's name."""
    found = re.search(rf'queue={queue}"[^>]*>\s*<span>[^<]*</span><b[^>]*>([\d,]+)<', desk.get("/desk").text)
    assert found, queue
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("login", ["wes", "sue", "gus", "cash", "quinn"])
@pytest.mark.parametrize("address", ["/desk", "/desk/queue", "/desk/new", "/desk/new/caller?phone=23456789"])
def test_who_does_not_work_at_the_desk_is_told_so_kindly(visit: Visit, login: str, address: str) -> None:
    answer = visit(login).get(address)
    assert answer.status_code == 403
    assert "this screen belongs to another role" in answer.text


def test_a_stranger_is_taken_to_the_sign_in_and_back(visit: Visit) -> None:
    answer = visit().get("/desk?queue=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/session?next=/desk%3Fqueue%3Dmine")


def test_a_strangers_form_leads_back_to_the_page_it_stood_on(visit: Visit) -> None:
    page = "/mine/100000011-1?from=list"
    answer = visit().post("/mine/100000011-1/completion", done="Washer replaced", on=page)
    assert answer.headers["location"] == "/session?next=/mine/100000011-1%3Ffrom%3Dlist"


@pytest.mark.parametrize("login", ["clara", "cody", "dora"])
def test_an_empty_desk_says_what_to_do(visit: Visit, login: str) -> None:
    page = visit(login).see("/desk")
    assert "Nothing waits here." in page and "Press n when somebody calls." in page


def test_every_queue_counts_what_it_lists(
    hub: House, visit: Visit, time: Clock, clara: Actor, cody: Actor, sue: Actor, order: Order
) -> None:
    hub.receive(clara, leak(item="The thing is odd"), AT_THE_DESK)
    returned = hub.receive(cody, peddlers())
    hub.do(returning.send_back, hub.actor("sid"), hub.orders(returned)[0], "Not ours")
    back = hub.receive(clara, peddlers(item="Peddlers again"))
    _work(hub, hub.orders(back)[0], "gus")
    time.forward(minutes=40)
    desk = visit("clara")
    for queue in queues.QUEUES:
        page = desk.get(f"/desk?queue={queue.name}").text
        assert len(listed(page)) == counted(desk, queue.name), queue.name
    assert counted(desk, "all") == 4
    assert counted(desk, "returned") == counted(desk, "callbacks") == 1
    assert counted(desk, "mine") == 3, "one was received by the customer director"
    assert counted(desk, "overdue") >= 1, "nobody has answered for forty minutes"


def test_what_waits_for_an_outside_party_has_its_own_queue_until_it_goes_on(
    hub: House, visit: Visit, tap_leaks: Ticket, order: Order
) -> None:
    desk = visit("clara")
    hub.do(work.assign, hub.actor("sue"), order, hub.staff("wes"))
    hub.do(work.accept, hub.actor("wes"), order)
    hub.do(work.hold, hub.actor("wes"), order, "material")
    assert counted(desk, "outside") == 0
    hub.do(work.resume, hub.actor("wes"), order)
    hub.do(work.hold, hub.actor("wes"), order, "third_party")
    assert counted(desk, "outside") == 1
    assert listed(desk.get("/desk?queue=outside").text) == [tap_leaks.number]
    hub.do(work.resume, hub.actor("wes"), order)
    assert counted(desk, "outside") == 0


def test_a_promise_past_four_fifths_of_its_time_is_at_risk_and_then_overdue(
    hub: House, visit: Visit, time: Clock, tap_leaks: Ticket
) -> None:
    desk = visit("clara")
    assert (counted(desk, "at_risk"), counted(desk, "overdue")) == (0, 0)
    time.forward(minutes=25)
    assert (counted(desk, "at_risk"), counted(desk, "overdue")) == (1, 0), "an answer was due in 30 minutes"
    time.forward(minutes=10)
    assert counted(desk, "overdue") == 1


def test_the_most_pressing_matter_stands_first(hub: House, visit: Visit, clara: Actor) -> None:
    slow = hub.receive(clara, leak(item="How do I book the hall?", kind="enquiry"), AT_THE_DESK)
    fast = hub.receive(clara, leak(item="Burst pipe floods the flat", category="01-01"), AT_THE_DESK)
    assert listed(visit("clara").get("/desk?queue=new").text) == [fast.number, slow.number]


@pytest.mark.parametrize("queue", ["in_hand", "all"])
def test_more_goes_on_where_the_list_ended(
    hub: House, visit: Visit, clara: Actor, monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    monkeypatch.setattr(queues, "PAGE_OF", 2)
    made = [hub.receive(clara, leak()).number for _ in range(5)]
    desk, seen = visit("clara"), []
    page = desk.get(f"/desk?queue={queue}").text
    for _ in range(3):
        seen += listed(page)
        onward = re.search(r'hx-get="(/desk/more[^"]+)"', page)
        page = (
            desk.get(onward[1].replace("&amp;", "&"), headers={"hx-request": "true"}).text if onward else ""
        )
    assert sorted(seen) == sorted(made) and len(set(seen)) == 5


def test_who_has_read_on_is_given_as_much_again_when_the_list_is_drawn_anew(
    hub: House, visit: Visit, clara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "PAGE_OF", 2)
    for _ in range(5):
        hub.receive(clara, leak())
    desk = visit("clara")
    for stretches, rows in ((0, 2), (1, 2), (2, 4), (3, 5), (99, 5)):
        page = desk.get(f"/desk/queue?queue=all{'&stretch=1' * stretches}").text
        assert len(listed(page)) == rows
        assert page.count('name="stretch"') == min(max(stretches, 1), queues.MOST_STRETCHES)


@pytest.mark.parametrize("cursor", ["x", "~x", "2026~1", "yesterday~1", "~99999999999999999999999"])
def test_a_broken_cursor_is_refused_and_harms_nothing(visit: Visit, cursor: str) -> None:
    assert visit("clara").get("/desk/more", params={"queue": "new", "cursor": cursor}).status_code in (
        200,
        422,
    )


@pytest.mark.parametrize(
    "query",
    [
        "2345 6789",
        "+852 2345 6789",
        "(852) 2345-6789",
        "A-1203",
        "a-1203",
        "KITCHEN",
        "tap kitchen",
        "siu ming",
    ],
)
def test_a_search_finds_by_phone_room_and_words(visit: Visit, tap_leaks: Ticket, query: str) -> None:
    assert listed(visit("clara").get("/desk", params={"q": query}).text) == [tap_leaks.number]


def test_a_search_finds_by_number_and_by_its_beginning(visit: Visit, tap_leaks: Ticket) -> None:
    desk = visit("clara")
    for query in (tap_leaks.number, tap_leaks.number[:5]):
        assert tap_leaks.number in listed(desk.get("/desk", params={"q": query}).text)


@pytest.mark.parametrize("query", ["%", "_", "zzz", "'; drop table ticket; --", "\\", "9" * 50, "B-0302"])
def test_a_search_that_means_nothing_here_finds_nothing(visit: Visit, tap_leaks: Ticket, query: str) -> None:
    page = visit("clara").get("/desk", params={"q": query})
    assert page.status_code == 200 and listed(page.text) == []
    assert "Nothing was found." in page.text


def test_chinese_is_found_in_either_script(hub: House, visit: Visit, clara: Actor) -> None:
    ticket = hub.receive(clara, leak(item="廚房水龍頭漏水"))
    assert listed(visit("clara").get("/desk", params={"q": "水龙头"}).text) == [ticket.number]


def test_another_offices_matters_are_in_no_queue_and_no_search(visit: Visit, tap_leaks: Ticket) -> None:
    desk = visit("mia")
    assert listed(desk.get("/desk?queue=all").text) == []
    assert listed(desk.get("/desk", params={"q": tap_leaks.number}).text) == []
    assert counted(desk, "all") == 0


def test_several_are_closed_at_once_and_each_refusal_is_shown(
    hub: House, visit: Visit, clara: Actor, tap_leaks: Ticket
) -> None:
    idle = hub.receive(clara, leak(item="No longer wanted"), AT_THE_DESK)
    numbers = [idle.number, tap_leaks.number, "999"]
    page = visit("clara").post("/desk/closing", number=numbers, outcome="withdrawn")
    said = plain(page.text)
    assert "1 matter closed" in said and "2 matters were not closed" in said
    assert f"orders are still open: {tap_leaks.number}-1" in said and "there is no such ticket" in said
    assert (hub.again(idle).status, hub.again(tap_leaks).status) == ("closed", "in_hand")


@pytest.mark.seed("K2.2")
def test_bulk_closing_does_not_slip_past_a_callback(
    hub: House, visit: Visit, clara: Actor, peddlers_knock: Ticket
) -> None:
    _work(hub, hub.orders(peddlers_knock)[0], "gus")
    page = visit("clara").post("/desk/closing", number=[peddlers_knock.number], outcome="solved")
    assert "the customer is still to be called back" in plain(page.text)
    assert hub.again(peddlers_knock).status == "awaiting_callback"


def test_closing_nothing_asks_for_a_choice(visit: Visit) -> None:
    answer = visit("clara").post("/desk/closing", outcome="withdrawn")
    assert answer.status_code == 422 and "choose at least one matter" in answer.text


def test_what_a_customer_writes_never_becomes_markup(hub: House, visit: Visit, clara: Actor) -> None:
    nasty = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    said = {"item": nasty, "description": nasty, "name": nasty[:90], "place": nasty}
    ticket = hub.receive(clara, leak(**said), AT_THE_DESK)
    hub.do(answering.note, clara, ticket, nasty)
    desk = visit("clara")
    pages = ["/desk", f"/t/{ticket.number}", "/desk/new/caller?room=A-1203", f"/desk?q={nasty}"]
    for address in pages:
        page = desk.get(address).text
        assert "<script>alert" not in page and "<img src=x" not in page, address
    assert "&lt;script&gt;alert(1)" in desk.get(f"/t/{ticket.number}").text


def test_the_list_is_drawn_in_chinese(visit: Visit, tap_leaks: Ticket) -> None:
    page = visit("clara", locale="zh-Hans").see("/desk?queue=in_hand")
    assert "处理中" in page and "新登记" in page and "In hand" not in page


def _work(hub: House, order: Order, login: str) -> None:
    hands = hub.actor(login)
    if order.worker_id is None:
        hub.do(work.assign, hub.actor("clara"), order, hub.staff(login))
    hub.do(work.accept, hands, order)
    hub.do(work.complete, hands, order, "Seen to")
