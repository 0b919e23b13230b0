"""The door for text messages: who may knock, what is kept, and that one message is one ticket."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import col, select

from dispatch import intake
from hub import attachments, inbound
from hub.attachments import Store
from hub.events import EventWords
from hub.inbound import Inbound
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House
from tests.web.doors.twilio.carrier import CHAN, LI, ROSA, STRANGER, Carrier, configured, sms
from tests.web.doors.twilio.conftest import Pictures
from web.doors.twilio import work

SMS = "/doors/twilio/sms"
Works = Callable[[], int]


def rows(hub: House) -> list[Inbound]:
    return list(hub.look(lambda tx: tx.scalars(select(Inbound).order_by(col(Inbound.id))).all()))


def tickets_of(hub: House) -> list[Ticket]:
    return list(hub.look(lambda tx: tx.scalars(select(Ticket).order_by(col(Ticket.id))).all()))


def test_a_signed_message_is_kept_and_answered_at_once(hub: House, carrier: Carrier) -> None:
    answer = carrier.texts(CHAN, "Kitchen tap leaks", "SM1", Tomorrow="a new parameter", FromZip="")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text.endswith("<Response/>")
    [row] = rows(hub)
    assert (row.name, row.state) == ("sms:SM1", inbound.WAITING)
    assert row.said["Tomorrow"] == "a new parameter" and row.said["FromZip"] == ""
    assert tickets_of(hub) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"forged": ""},
        {"forged": "fake_signature"},
        {"forged": "=" * 200},
        {"signed_for": "/doors/twilio/voice"},
        {"signed_for": "/doors/twilio/sms?old=1"},
    ],
    ids=["missing", "wrong", "no text", "another path", "another query"],
)
def test_a_request_that_is_not_signed_for_this_is_refused(
    hub: House, carrier: Carrier, fault: dict[str, str]
) -> None:
    answer = carrier.posts(SMS, sms(CHAN, "Leak", "SM1"), **fault)
    assert answer.status_code == 403
    assert rows(hub) == []


def test_a_tampered_message_is_refused(hub: House, carrier: Carrier) -> None:
    fields = sms(CHAN, "Leak", "SM1")
    signature = carrier.signature(SMS, fields)
    assert carrier.posts(SMS, fields | {"Body": "Pay here"}, forged=signature).status_code == 403
    assert rows(hub) == []


@pytest.mark.parametrize("account", ["", "AC" + "1" * 32])
def test_another_account_is_refused(hub: House, carrier: Carrier, account: str) -> None:
    assert carrier.texts(CHAN, "Leak", "SM1", AccountSid=account).status_code == 403
    assert rows(hub) == []


def test_without_an_account_of_our_own_nobody_is_let_in(hub: House, bare_carrier: Carrier) -> None:
    assert bare_carrier.texts(CHAN, "Leak", "SM1").status_code == 403


@pytest.mark.parametrize("body", [b"", b"\xff\xfe%ff=%ff", b"&&&=", b"a=1&" * 3000, b'{"Body": "x"}'])
def test_what_is_no_form_is_refused_and_never_a_failure(carrier: Carrier, body: bytes) -> None:
    assert carrier.raw(SMS, body).status_code == 403


def test_a_message_without_its_number_is_bad_input(carrier: Carrier) -> None:
    fields = sms(CHAN, "Leak", "")
    fields["SmsSid"] = ""
    assert carrier.posts(SMS, fields).status_code == 422


@pytest.mark.seed("K5.1")
def test_five_deliveries_in_any_order_make_one_ticket_each(
    hub: House, carrier: Carrier, works: Works
) -> None:
    messages = [
        (CHAN, "Kitchen tap leaks", "SM1"),
        (LI, "楼上很吵", "SM2"),
        (STRANGER, "The lift is stuck", "SM3"),
        (ROSA, "My lock is broken", "SM4"),
    ] * 5
    random.Random(7).shuffle(messages)
    for place, (sender, body, sid) in enumerate(messages):
        assert carrier.texts(sender, body, sid).status_code == 200
        if place % 6 == 0:
            works()
    works()
    assert sorted(ticket.external_ref or "" for ticket in tickets_of(hub)) == ["SM1", "SM2", "SM3", "SM4"]
    assert {row.state for row in rows(hub) if row.kind == "sms"} == {inbound.WORKED}


def test_what_is_no_text_is_kept_as_far_as_it_can_be(hub: House, carrier: Carrier, works: Works) -> None:
    fields = sms(CHAN, "tap \x00 leaks \udcff", "SM1")
    assert carrier.posts(SMS, fields).status_code == 200
    works()
    [ticket] = tickets_of(hub)
    assert ticket.item == "tap \ufffd leaks \ufffd"


def test_a_hub_that_is_told_to_stop_works_what_is_left_after_its_next_start(
    hub: House, carrier: Carrier, works: Works, tmp_path: Path
) -> None:
    for n in range(3):
        carrier.texts(CHAN, "Kitchen tap leaks", f"SM{n}")
    told = iter((False, True, True))
    stopping = work.worker(
        hub.database, configured(tmp_path / "data"), Store(tmp_path / "files"), lambda: next(told)
    )
    assert stopping.hear() == 1
    works()
    assert {row.state for row in rows(hub)} == {inbound.WORKED} and len(tickets_of(hub)) == 1


def test_work_that_fails_is_tried_again_and_keeps_no_other_waiting(
    hub: House, carrier: Carrier, works: Works, monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    carrier.texts(CHAN, "Kitchen tap leaks", "SM1")
    carrier.texts(ROSA, "My lock is broken", "SM2")
    real = intake.receive

    def fails_for_chan(tx, actor, prepared):  # type: ignore[no-untyped-def]
        if prepared.said.name.startswith("Chan"):
            raise RuntimeError("no")
        return real(tx, actor, prepared)

    monkeypatch.setattr(intake, "receive", fails_for_chan)
    works()
    first, second = rows(hub)
    assert (first.state, first.tries, first.fault) == (inbound.WAITING, 1, "RuntimeError: no")
    assert second.state == inbound.WORKED
    monkeypatch.undo()
    time.forward(minutes=1)
    works()
    assert len(tickets_of(hub)) == 2


# --- what comes with a message --------------------------------------------------


def test_a_picture_is_fetched_and_kept_with_its_ticket(
    hub: House, carrier: Carrier, works: Works, pictures: Pictures
) -> None:
    url = pictures.give("/Media/ME1", b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    for _ in range(5):
        carrier.texts(CHAN, "Kitchen tap leaks", "MM1", NumMedia="1", MediaUrl0=url, MediaContentType0="x/y")
        works()
    [ticket] = tickets_of(hub)
    [file] = hub.look(attachments.of_ticket, ticket.id)
    assert (file.media_type, file.purpose) == ("image/png", "received")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://169.254.169.254/latest", "the address points inside our own network"),
        ("http://localhost/x", "the address points inside our own network"),
        ("javascript:alert(1)", "the address cannot be read"),
    ],
)
def test_what_is_not_fetched_is_said_on_the_ticket(
    hub: House, carrier: Carrier, works: Works, address: str, reason: str
) -> None:
    carrier.texts(CHAN, "Kitchen tap leaks", "MM1", NumMedia="1", MediaUrl0=address)
    works()
    [ticket] = tickets_of(hub)
    assert hub.kinds(ticket)[-1] == "noted"
    said = hub.look(lambda tx: tx.get(EventWords, hub.events(ticket)[-1].id))
    assert said is not None and reason in (said.words or "")
    assert hub.look(attachments.of_ticket, ticket.id) == []


def test_a_file_that_never_comes_is_given_up_with_a_word(
    hub: House, carrier: Carrier, works: Works, pictures: Pictures, time: Clock
) -> None:
    url = pictures.refuse("/Media/ME1", 503)
    carrier.texts(CHAN, "Kitchen tap leaks", "MM1", NumMedia="1", MediaUrl0=url)
    for _ in range(10):
        works()
        time.forward(hours=2)
    [ticket] = tickets_of(hub)
    assert hub.kinds(ticket)[-1] == "noted"
    assert {row.state for row in rows(hub)} == {inbound.WORKED, inbound.REFUSED}
    assert len(pictures.asked) == 9


@pytest.mark.parametrize("count", ["-1", "x", "999999", ""])
def test_a_count_of_pictures_is_not_believed(hub: House, carrier: Carrier, works: Works, count: str) -> None:
    carrier.texts(CHAN, "Kitchen tap leaks", "MM1", NumMedia=count)
    works()
    assert len(tickets_of(hub)) == 1
