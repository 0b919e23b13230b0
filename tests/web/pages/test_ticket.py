"""One matter on its page: what it shows, every step from it, and every refusal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dispatch import answering, closing, returning, work
from dispatch.deciding import Choice
from hub import attachments, tickets
from hub.access import Actor
from hub.orders import Order
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House, leak
from tests.web.pages.visiting import Visit, plain

PDF = b"%PDF-1.7 a letter"
PART = {"hx-request": "true", "hx-target": "div#open"}


@pytest.fixture
def idle(hub: House, clara: Actor) -> Ticket:
    """A matter that waits at the desk."""
    return hub.receive(clara, leak(item="The tap, again"), Choice("desk"))


@pytest.fixture
def done(hub: House, gus: Actor, peddlers_knock: Ticket) -> Ticket:
    """A complaint whose work is done: the customer is to be called back."""
    (order,) = hub.orders(peddlers_knock)
    hub.do(work.assign, hub.actor("sid"), order, hub.staff("gus"))
    hub.do(work.accept, gus, order)
    hub.do(work.complete, gus, order, "Shown the way out")
    return peddlers_knock


def test_a_matter_shows_who_where_what_and_by_when(visit: Visit, tap_leaks: Ticket) -> None:
    desk = visit("clara")
    page, text = desk.get(f"/t/{tap_leaks.number}").text, desk.see(f"/t/{tap_leaks.number}")
    for part in ("Kitchen tap leaks", "Chan Siu Ming", "A-1203", "Block A", "P3", "Clara Clerk"):
        assert part in text
    assert 'href="tel:+85223456789"' in page and "2345 6789" in text
    assert page.count('class="clock"') >= 4 and "data-warn=" in page
    assert "Order issued" in text and "chosen by the rules" in text
    assert "Category: from the words:" in text


def test_beside_the_list_only_the_matter_is_drawn(visit: Visit, tap_leaks: Ticket) -> None:
    part = visit("clara").get(f"/t/{tap_leaks.number}", headers=PART).text
    assert "<article" in part and "<html" not in part and 'id="queue"' not in part


@pytest.mark.parametrize("login", ["mia", "max"])
def test_another_offices_matter_is_not_found(hub: House, visit: Visit, tap_leaks: Ticket, login: str) -> None:
    stranger = visit(login)
    assert stranger.get(f"/t/{tap_leaks.number}").status_code == 404
    assert stranger.get("/t/000000000").status_code == 404
    for step in ("note", "urging", "closure", "continuation"):
        answer = stranger.post(f"/t/{tap_leaks.number}/{step}", text="x", outcome="withdrawn")
        assert answer.status_code == 404, step
    assert "noted" not in hub.kinds(tap_leaks)


def test_the_worker_sees_the_matter_without_the_desk_and_without_its_steps(
    hub: House, visit: Visit, sue: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(work.assign, sue, order, hub.staff("wes"))
    page = visit("wes").get(f"/t/{tap_leaks.number}").text
    assert 'id="queue"' not in page
    assert "/note" in page
    for step in ("/triage", "/order", "/answer", "/closure", "/owner", "/withdrawal"):
        assert f"/t/{tap_leaks.number}{step}" not in page
    answer = visit("wes").post(f"/t/{tap_leaks.number}/urging")
    assert answer.status_code == 403 and "this step belongs to another role" in answer.text


Check = Callable[[House, Ticket], Any]
WORKING: list[tuple[str, dict[str, str], Check]] = [
    ("triage", {"category": "01-01"}, lambda hub, t: hub.again(t).priority == "P1"),
    ("triage", {"kind": "complaint", "priority": "P2"}, lambda hub, t: hub.again(t).kind == "complaint"),
    ("triage", {"category": "01-03", "send": "yes"}, lambda hub, t: len(hub.orders(t)) == 1),
    ("order", {"to": "ENG"}, lambda hub, t: hub.orders(t)[0].dispatched_to == "supervisor"),
    ("order", {"to": "SEC/gus", "instruction": "Go"}, lambda hub, t: hub.orders(t)[0].instruction == "Go"),
    ("answer", {"text": "It is ours", "outcome": "not_ours"}, lambda hub, t: hub.again(t).answer),
    (
        "later",
        {"promised_for": "2026-03-06T09:00", "owner": "cody"},
        lambda hub, t: hub.again(t).promised_for,
    ),
    ("urging", {"note": "Third call"}, lambda hub, t: hub.again(t).times_urged == 1),
    ("escalation", {"whom": "director"}, lambda hub, t: hub.again(t).owner_id == hub.staff("dora").id),
    ("note", {"text": "Dog in the flat"}, lambda hub, t: hub.kinds(t)[-1] == "noted"),
    ("follower", {"follower": "gus"}, lambda hub, t: hub.kinds(t)[-1] == "followed"),
    ("owner", {"owner": "cody"}, lambda hub, t: hub.again(t).owner_id == hub.staff("cody").id),
    ("closure", {"outcome": "withdrawn", "note": "Called off"}, lambda hub, t: not hub.again(t).is_open),
]
REFUSED: list[tuple[str, dict[str, str], int, str]] = [
    ("triage", {}, 422, "say the kind, the category or the priority"),
    ("triage", {"category": "99-99"}, 422, "there is no such category"),
    ("order", {}, 422, "choose who is to do it"),
    ("order", {"to": "ENG/gus"}, 422, "does not work in this department"),
    ("order", {"to": "ENG", "appointment_at": "tomorrow"}, 422, "this is not a date and time"),
    ("answer", {"text": " "}, 422, "write what the customer was told"),
    ("answer", {"text": "x", "outcome": "?"}, 422, "must be one of"),
    ("later", {}, 422, "say by when the customer will be answered"),
    ("later", {"promised_for": "2026-03-01T09:00"}, 422, "this time has gone by"),
    ("later", {"promised_for": "2026-03-09T09:00", "owner": "mia"}, 422, "there is no such person"),
    ("escalation", {"whom": "nobody"}, 422, "must be customer_director or director"),
    ("supervision", {"text": "Today"}, 403, "this step belongs to another role"),
    ("note", {"text": ""}, 422, "write something"),
    ("follower", {"follower": "mia"}, 422, "there is no such person"),
    ("owner", {"owner": "wes"}, 422, "does not work at the centre"),
    ("link", {"other": "123", "link": "related"}, 422, "there is no such ticket"),
    ("attachment", {}, 422, "choose a file"),
    ("closure", {"outcome": "duplicate"}, 422, "say which other ticket this repeats"),
    ("closure", {"outcome": "?"}, 422, "must be one of"),
    ("callback", {"reached": "no"}, 409, "this ticket does not wait for a callback"),
    ("callback", {}, 422, "say whether the customer was reached"),
    ("reopening", {"reason": "x"}, 409, "this ticket is open"),
]


@pytest.mark.parametrize(("step", "said", "is_so"), WORKING)
def test_a_step_is_taken_and_said(
    hub: House, visit: Visit, idle: Ticket, step: str, said: dict[str, str], is_so: Check
) -> None:
    desk = visit("clara")
    answer = desk.post(f"/t/{idle.number}/{step}", **said)
    assert (answer.status_code, answer.headers.get("location")) == (303, f"/t/{idle.number}?done={step}")
    assert is_so(hub, idle)
    assert 'data-tone="good" role="status"' in desk.get(f"/t/{idle.number}?done={step}").text


@pytest.mark.parametrize(("step", "said", "status", "told"), REFUSED)
def test_a_refused_step_says_why_and_keeps_what_was_typed(
    hub: House, visit: Visit, idle: Ticket, step: str, said: dict[str, str], status: int, told: str
) -> None:
    before = hub.kinds(idle)
    answer = visit("clara").post(f"/t/{idle.number}/{step}", **said)
    assert (answer.status_code, told in plain(answer.text)) == (status, True), plain(answer.text)[:500]
    assert hub.kinds(idle) == before, "nothing half-written"


def test_typed_words_come_back_with_the_refusal(visit: Visit, idle: Ticket) -> None:
    said = {"to": "ENG/gus", "instruction": "Ring <twice>"}
    page = visit("clara").post(f"/t/{idle.number}/order", **said).text
    assert "Ring &lt;twice&gt;</textarea>" in page
    assert '<details class="act" name="act" open>' in page


@pytest.mark.parametrize(("step", "said"), [("teleport", {}), ("note", {"text": "a\x00b"})])
def test_what_no_form_of_ours_sends_is_refused(
    visit: Visit, idle: Ticket, step: str, said: dict[str, str]
) -> None:
    assert visit("clara").post(f"/t/{idle.number}/{step}", **said).status_code in (404, 422)


def test_an_illegal_step_names_the_legal_ones(visit: Visit, done: Ticket) -> None:
    text = plain(visit("clara").post(f"/t/{done.number}/order", to="ENG").text)
    assert "call the customer back first" in text and "What can be done now: Call back" in text


def test_beside_the_list_a_step_answers_with_the_matter_and_a_toast(visit: Visit, idle: Ticket) -> None:
    desk = visit("clara")
    answer = desk._client.post(f"/t/{idle.number}/note", data={"text": "Hello"}, headers=PART)
    assert answer.status_code == 200 and "<html" not in answer.text and "Hello" in answer.text
    assert answer.headers["hx-trigger"] == '{"toast": {"text": "Note kept", "tone": "good"}, "changed": {}}'


def test_the_same_form_sent_twice_is_one_step(hub: House, visit: Visit, idle: Ticket) -> None:
    desk = visit("clara")
    for _ in range(2):
        desk.does(f"/t/{idle.number}/urging", note="Again", key="once-only")
    assert hub.again(idle).times_urged == 1


@pytest.mark.seed("K2.5")
def test_the_customer_director_puts_a_matter_under_supervision(
    hub: House, visit: Visit, tap_leaks: Ticket
) -> None:
    head = visit("cody")
    head.does(f"/t/{tap_leaks.number}/supervision", text="Mend it today", reply_by="2026-03-03T18:00")
    assert "Mend it today" in head.see(f"/t/{tap_leaks.number}")


def test_two_matters_are_linked_and_show_each_other(
    hub: House, visit: Visit, idle: Ticket, tap_leaks: Ticket
) -> None:
    desk = visit("clara")
    desk.does(f"/t/{idle.number}/link", other=tap_leaks.number, link="related")
    assert tap_leaks.number in desk.see(f"/t/{idle.number}")
    assert idle.number in desk.see(f"/t/{tap_leaks.number}")
    answer = desk.post(f"/t/{idle.number}/link", other=idle.number, link="related")
    assert "a ticket cannot be linked to itself" in plain(answer.text)


def test_the_desk_takes_the_workers_steps_for_one_who_rings_in(
    hub: House, visit: Visit, time: Clock, order: Order, tap_leaks: Ticket
) -> None:
    desk, at = visit("clara"), f"/t/{tap_leaks.number}"
    desk.does(f"{at}/assignment", order=order.number, worker="wes")
    for step in ("acceptance", "contact", "departure", "hold", "resumption", "arrival"):
        time.forward(minutes=5)
        desk.does(f"{at}/{step}", order=order.number, reason="material")
    assert hub.again(order).status == "on_site"
    assert desk.post(f"{at}/acceptance", order=order.number).status_code == 409
    answer = desk.post(f"{at}/completion", order=order.number, done="")
    assert answer.status_code == 422 and "say what was done" in plain(answer.text)
    desk.does(f"{at}/completion", order=order.number, done="New washer")
    assert (hub.again(order).status, hub.again(order).done) == ("done", "New washer")


@pytest.mark.seed("K1.1")
def test_the_desk_rules_on_a_return(
    hub: House, visit: Visit, sue: Actor, order: Order, tap_leaks: Ticket
) -> None:
    hub.do(returning.send_back, sue, order, "Not our pipe")
    desk, at = visit("clara"), f"/t/{tap_leaks.number}"
    assert "Returned: Not our pipe" in desk.see(at)
    desk.does(f"{at}/ruling", order=order.number, ruling="reissue", to="SEC/gus", reason="Try them")
    assert hub.again(order).status == "withdrawn"
    assert hub.orders(tap_leaks)[-1].worker_id == hub.staff("gus").id
    assert desk.post(f"{at}/ruling", order=order.number, ruling="reissue").status_code == 409


@pytest.mark.seed("K1.1")
def test_a_second_return_is_the_customer_directors_to_rule(
    hub: House, visit: Visit, sue: Actor, cody: Actor, order: Order, tap_leaks: Ticket
) -> None:
    at = f"/t/{tap_leaks.number}"
    hub.do(returning.send_back, sue, order, "Not ours")
    visit("clara").does(f"{at}/ruling", order=order.number, ruling="reissue", to="ENG")
    hub.do(returning.send_back, sue, order, "Still not ours")
    assert f"{at}/ruling" not in visit("clara").get(at).text
    assert visit("clara").post(f"{at}/ruling", order=order.number, ruling="reissue").status_code == 403
    visit("cody").does(f"{at}/ruling", order=order.number, ruling="withdraw")
    assert hub.again(order).status == "withdrawn"


def test_an_order_is_withdrawn_and_an_order_of_another_matter_is_not_found(
    hub: House, visit: Visit, order: Order, tap_leaks: Ticket, idle: Ticket
) -> None:
    desk = visit("clara")
    assert desk.post(f"/t/{idle.number}/withdrawal", order=order.number).status_code == 404
    desk.does(f"/t/{tap_leaks.number}/withdrawal", order=order.number, reason="Mended itself")
    assert hub.again(order).status == "withdrawn"


@pytest.mark.seed("K2.2", "K5.4")
def test_the_callback_asks_what_was_done_and_closes_a_content_customers_matter(
    hub: House, visit: Visit, done: Ticket
) -> None:
    desk, at = visit("clara"), f"/t/{done.number}"
    page = desk.see(at)
    assert "What was done Shown the way out" in page and "Is the customer satisfied?" in page
    assert f"{at}/closure" not in desk.get(at).text, "it cannot be closed without the callback"
    answer = desk.post(f"{at}/callback", reached="yes", solved="yes")
    assert answer.status_code == 422 and "yes, fairly or no" in plain(answer.text)
    answer = desk.post(f"{at}/callback", reached="yes", satisfied="yes", comment="Kept <this>")
    assert "ask whether the matter is solved" in plain(answer.text) and "Kept &lt;this&gt;" in answer.text
    desk.does(f"{at}/callback", reached="yes", solved="yes", satisfied="fairly", comment="Thanks")
    assert (hub.again(done).status, hub.again(done).callback) == ("closed", "made")
    assert "Called back and closed" in desk.see(f"{at}?done=callback")


@pytest.mark.seed("K2.2")
def test_a_discontent_customer_reopens_the_matter(hub: House, visit: Visit, done: Ticket) -> None:
    desk, at = visit("clara"), f"/t/{done.number}"
    desk.does(f"{at}/callback", reached="yes", solved="no", satisfied="no", comment="Back in an hour")
    assert (hub.again(done).status, hub.again(done).round) == ("in_hand", 2)
    page = desk.see(f"{at}?done=callback")
    assert "Reopened: the customer is not content" in page and "Back in an hour" in page


def test_nobody_answering_says_when_the_next_try_is(
    hub: House, visit: Visit, time: Clock, done: Ticket
) -> None:
    desk, at = visit("clara"), f"/t/{done.number}"
    desk.does(f"{at}/callback", reached="no", means="phone")
    assert "Next try: 3 Mar 12:00" in desk.see(f"{at}?done=callback")
    assert "Tried once; next try" in desk.see(at)
    for _ in range(2):
        time.forward(days=2)
        visit("clara").does(f"{at}/callback", reached="no", means="phone")
    assert "send a letter and record it here" in visit("clara").see(at)


def test_a_closed_matter_is_reopened_with_a_reason(hub: House, visit: Visit, idle: Ticket) -> None:
    desk, at = visit("clara"), f"/t/{idle.number}"
    desk.does(f"{at}/closure", outcome="withdrawn")
    answer = desk.post(f"{at}/reopening", reason=" ")
    assert answer.status_code == 422 and "say why the ticket is reopened" in plain(answer.text)
    desk.does(f"{at}/reopening", reason="It drips again")
    assert (hub.again(idle).status, hub.again(idle).times_reopened) == ("in_hand", 1)


def test_after_the_window_it_is_registered_anew_and_linked(
    hub: House, visit: Visit, time: Clock, clara: Actor, idle: Ticket
) -> None:
    hub.do(closing.close, clara, idle, "withdrawn")
    time.forward(days=8)
    with_a_new_session, at = visit("clara"), f"/t/{idle.number}"
    assert with_a_new_session.post(f"{at}/reopening", reason="Again").status_code == 409
    assert f"{at}/continuation" in with_a_new_session.get(at).text
    answer = with_a_new_session.post(f"{at}/continuation", item="Drips again")
    assert answer.status_code == 303
    page = with_a_new_session.see(answer.headers["location"])
    assert "Drips again" in page and idle.number in page and "linked to the old ticket" in page


def test_a_file_is_attached_and_shown_to_those_who_may_see_the_matter(
    hub: House, visit: Visit, idle: Ticket
) -> None:
    desk, at = visit("clara"), f"/t/{idle.number}"
    desk.does(f"{at}/attachment", files={"file": ("letter <1>.pdf", PDF, "text/html")})
    (row,) = hub.look(attachments.of_ticket, idle.id)
    assert "letter &lt;1&gt;.pdf" in desk.get(at).text
    sent = desk.get(f"{at}/files/{row.id}")
    assert (sent.content, sent.headers["content-type"]) == (PDF, "application/pdf")
    assert "sandbox" in sent.headers["content-security-policy"]
    assert visit("mia").get(f"{at}/files/{row.id}").status_code == 404
    assert desk.get(f"{at}/files/{row.id + 1}").status_code == 404
    answer = desk.post(f"{at}/attachment", files={"file": ("a.html", b"<script>", "application/pdf")})
    assert answer.status_code == 422 and "only pictures, PDF" in plain(answer.text)


def test_the_history_marks_what_was_self_approved_and_what_was_told_later(
    hub: House, visit: Visit, time: Clock, clara: Actor, idle: Ticket
) -> None:
    earlier = time.now()
    time.forward(hours=3)
    hub.do(answering.note, clara, idle, "Told on the stairs", happened_at=earlier + timedelta(hours=1))
    page = visit("clara").see(f"/t/{idle.number}")
    assert "Told on the stairs" in page and "recorded 3 Mar 13:00" in page
    hub.do(tickets.record, "noted", idle, clara.staff_id, inferred=True, self_approved=True)
    page = visit("clara").see(f"/t/{idle.number}")
    assert "self-approved" in page and "inferred" in page


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant"])
def test_a_matter_is_drawn_in_chinese(visit: Visit, done: Ticket, locale: str) -> None:
    page = visit("clara", locale=locale).see(f"/t/{done.number}")
    assert {"zh-Hans": "回访客户", "zh-Hant": "回訪客戶"}[locale] in page
    assert "Call the customer back" not in page and "History" not in page and "Satisfied" not in page
