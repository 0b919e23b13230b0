"""The telephone: a caller walks the menu on a stand-in carrier that follows what the hub answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from dispatch import calling
from hub import calls, clock
from hub.attachments import Attachment, Store
from hub.calls import Call
from hub.contacts import ContactPoint
from hub.inbound import Inbound
from hub.organisation import Office
from hub.tickets import Ticket
from tests.conftest import Clock
from tests.house import House
from tests.web.doors.twilio.carrier import ACCOUNT, CHAN, LINE, PUBLIC, STRANGER, TOKEN, configured
from web import app
from web.doors.twilio import work
from web.standin import server
from web.standin.carrier import Carrier
from web.standin.talk import Talk
from web.standin.webhooks import Reply

DUTY, DESK = "+85291110001", "+85291110002"


@dataclass
class Exchange:
    """A hub, its carrier, and everybody who may ring it."""

    hub: House
    carrier: Carrier
    works: Callable[[], int]
    time: Clock
    asked: list[tuple[str, dict[str, str], dict[str, str]]]
    client: TestClient
    moment: datetime

    def ring(self, number: str = CHAN) -> Talk:
        talk = self.carrier.ring_hub(number)
        self.works()
        return talk

    def over(self) -> None:
        """The line is idle, its last words are worked, and the grace after a call has passed."""
        self.carrier.line.settle()
        self.works()
        self.moment = self.time.forward(seconds=15)
        self.works()

    def tickets(self) -> list[Ticket]:
        return list(self.hub.look(lambda tx: tx.scalars(select(Ticket).order_by(col(Ticket.id))).all()))

    def calls(self) -> list[Call]:
        return list(self.hub.look(lambda tx: tx.scalars(select(Call).order_by(col(Call.id))).all()))

    def files(self) -> list[Attachment]:
        return list(self.hub.look(lambda tx: tx.scalars(select(Attachment)).all()))

    def policy(self, **more: Any) -> None:
        def write(tx: Any) -> None:
            office = tx.scalars(select(Office).where(Office.code == "LG")).one()
            office.policy = office.policy | more

        self.hub.database.write(write)


@pytest.fixture
def exchange(hub: House, tmp_path: Path, time: Clock) -> Iterator[Exchange]:
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
    carrier = Carrier(PUBLIC, account_sid=ACCOUNT, auth_token=TOKEN, numbers=(LINE,))
    with server.serving(carrier) as address:
        settings = configured(tmp_path / "data", twilio_api_url=address)
        with TestClient(app.create(settings, hub.database, clockwork=False)) as client:

            def post(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
                parts = urlsplit(url)
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                if path == "/doors/twilio/status":
                    path = "/doors/twilio/voice/status"
                    headers = {
                        "X-Twilio-Signature": carrier.line._validator.compute_signature(
                            PUBLIC + path, dict(fields)
                        )
                    }
                with clock.at(made.moment):  # the carrier's threads know nothing of the test's clock
                    return _post(path, fields, headers)

            def _post(path: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
                asked.append((path, dict(fields), dict(headers)))
                answer = client.post(path, data=dict(fields), headers=dict(headers))
                return Reply(answer.status_code, answer.text, answer.headers.get("content-type", ""))

            carrier.line._post = post
            works = work.worker(hub.database, settings, Store(tmp_path / "data" / "files")).drain
            made = Exchange(hub, carrier, works, time, asked, client, time.now())
            made.policy(duty_phone=DUTY, desk_phone=DESK)
            carrier.manner(DUTY).answers = "no-answer"
            yield made
            carrier.line.settle()  # what it still has to say finds the hub there
    carrier.close()


def said(talk: Talk) -> str:
    return " ".join(talk.heard)


def test_a_stranger_chooses_a_language_and_it_is_learned(exchange: Exchange) -> None:
    talk = exchange.ring(STRANGER)
    assert [one.language for one in talk.call.heard] == ["zh-CN", "zh-HK", "en-GB"]
    talk.press("2")
    assert talk.call.heard[-1].language == "zh-HK" and talk.waits_for == "Gather"
    talk.hang_up()
    exchange.over()
    point = exchange.hub.look(
        lambda tx: tx.scalars(select(ContactPoint).where(ContactPoint.value == STRANGER)).one()
    )
    assert (point.marks["speech"], point.marks["locale"]) == ("yue", "zh-Hant")
    again = exchange.ring(STRANGER)
    assert {one.language for one in again.call.heard} == {"zh-HK"}, "a known language is not asked again"


def test_nothing_pressed_is_asked_twice_then_a_clerk_helps_and_no_call_goes_in_circles(
    exchange: Exchange,
) -> None:
    exchange.carrier.manner(DESK).answers = "busy"
    talk = exchange.ring(STRANGER)
    steps = 0
    while not talk.call.is_over:
        talk.wait()
        steps += 1
        assert steps < 12
    assert ("ringing", DESK) in [(one.how, one.what) for one in talk.call.heard]
    exchange.over()
    [ticket] = exchange.tickets()
    assert ticket.item == "Missed call, ring back"


@pytest.mark.seed("K5.1")
def test_an_emergency_is_a_p1_before_anybody_picks_up(exchange: Exchange) -> None:
    exchange.carrier.manner(DUTY).answers = "by hand"
    talk = exchange.ring().press("3").press("1")
    assert talk.waits_for == "Dial" and talk.heard[-1] == DUTY
    exchange.works()
    [ticket] = exchange.tickets()
    assert (ticket.priority, ticket.kind, ticket.channel) == ("P1", "emergency", "phone")
    assert (ticket.caller_name, ticket.caller_phone) == ("Chan Siu Ming", CHAN)
    talk.dialled("completed")
    exchange.over()
    assert len(exchange.tickets()) == 1 and exchange.calls()[0].is_answered


def test_an_emergency_nobody_answers_is_recorded_on_the_same_ticket(exchange: Exchange) -> None:
    talk = exchange.ring().press("3").press("1")
    assert talk.waits_for == "Record"
    talk.speak("Water everywhere")
    exchange.over()
    [ticket] = exchange.tickets()
    assert ticket.priority == "P1"
    [file] = exchange.files()
    assert (file.ticket_id, file.media_type) == (ticket.id, "audio/wav")


def test_without_a_duty_phone_the_emergency_goes_to_the_tape_at_once(exchange: Exchange) -> None:
    exchange.policy(duty_phone="")
    talk = exchange.ring().press("3").press("1")
    assert talk.waits_for == "Record"
    talk.hang_up("Fire on the 12th floor")
    exchange.over()
    assert [ticket.priority for ticket in exchange.tickets()] == ["P1"] and len(exchange.files()) == 1


@pytest.mark.seed("K5.3")
def test_words_after_the_tone_are_a_matter_for_the_desk(exchange: Exchange) -> None:
    talk = exchange.ring().press("3").press("2")
    assert talk.heard[-1] == "" and talk.call.heard[-1].how == "tone"
    talk.speak("My tap drips")
    assert talk.call.is_over
    exchange.over()
    [ticket] = exchange.tickets()
    assert ticket.item == "Voice message, to be listened to" and ticket.status == "new"
    assert [file.ticket_id for file in exchange.files()] == [ticket.id]


def test_silence_after_the_tone_is_a_missed_call(exchange: Exchange) -> None:
    exchange.ring().press("3").press("2").wait()
    exchange.over()
    assert [ticket.item for ticket in exchange.tickets()] == ["Missed call, ring back"]


def test_a_missed_call_about_an_open_matter_is_said_there(exchange: Exchange, tap_leaks: Ticket) -> None:
    exchange.ring().hang_up()
    exchange.over()
    assert len(exchange.tickets()) == 1
    assert exchange.hub.kinds(tap_leaks)[-1] == "customer_rang"


def test_how_a_matter_stands_is_read_digit_by_digit(exchange: Exchange, tap_leaks: Ticket) -> None:
    talk = exchange.ring().press("3").press("3").press(f"{tap_leaks.number}#")
    assert " ".join(tap_leaks.number) in said(talk) and talk.call.is_over
    exchange.over()
    assert exchange.hub.kinds(tap_leaks)[-1] != "customer_rang", "who was told is not rung back"
    assert len(exchange.tickets()) == 1


def test_another_s_number_and_a_wrong_one_tell_nothing(exchange: Exchange, tap_leaks: Ticket) -> None:
    talk = exchange.ring(STRANGER).press("3").press("3").press(f"{tap_leaks.number}#")
    assert "only to the telephone" in said(talk) and " ".join(tap_leaks.number) not in said(talk)
    talk.press("123#")
    assert talk.heard[-1] == DESK or "clerk" in said(talk)


def test_a_clerk_picks_up_and_nobody_is_rung_back(exchange: Exchange) -> None:
    talk = exchange.ring().press("3").press("0")
    assert talk.call.is_over and DESK in talk.heard
    exchange.over()
    assert exchange.tickets() == []


def test_a_withheld_number_cannot_be_rung_back(exchange: Exchange) -> None:
    exchange.ring("anonymous").hang_up()
    exchange.over()
    assert exchange.tickets() == []


def test_the_desk_sees_who_rings_until_the_call_ends(exchange: Exchange) -> None:
    office = exchange.hub.office()
    talk = exchange.ring()
    [call] = exchange.hub.look(lambda tx: calls.running(tx, office.id))
    assert call.place in ("ringing", "menu")
    talk.hang_up()
    exchange.over()
    assert exchange.hub.look(lambda tx: calls.running(tx, office.id)) == []


def test_a_call_whose_end_is_lost_ends_by_itself_and_is_rung_back_once(exchange: Exchange) -> None:
    """The carrier's last words never come: half an hour later the caller is a task, and only one."""
    exchange.ring()
    assert calling.tick(exchange.hub.database) == 0, "it may still be running"
    exchange.moment = exchange.time.forward(minutes=31)
    assert calling.tick(exchange.hub.database) == 1
    (call,) = exchange.calls()
    (ticket,) = exchange.tickets()
    assert call.is_over and call.ticket_id == ticket.id and ticket.caller_phone == CHAN
    exchange.over()
    assert calling.tick(exchange.hub.database) == 0 and len(exchange.tickets()) == 1


@pytest.mark.parametrize("seed", range(6))
def test_steps_delivered_five_times_in_any_order_make_one_ticket(exchange: Exchange, seed: int) -> None:
    """What a whole emergency call posted, dealt out again as a bad network would."""
    exchange.ring().press("3").press("1").speak("Help")
    exchange.carrier.line.settle()

    def forget(tx: Any) -> None:
        for row in tx.scalars(select(Inbound)):
            tx.delete(row)
        for row in tx.scalars(select(Call)):
            tx.delete(row)

    before = len(exchange.tickets())
    exchange.hub.database.write(forget)
    order = list(permutations(range(len(exchange.asked))))[seed * 97 % 720]
    for place in [*order, *order, *order, *order, *order]:
        path, fields, headers = exchange.asked[place]
        assert exchange.client.post(path, data=fields, headers=headers).status_code == 200
        if place % 2:
            exchange.works()
    exchange.over()
    tickets = exchange.tickets()
    assert len(tickets) == max(before, 1) == 1
    assert len(exchange.files()) == 1


@pytest.mark.parametrize("step", ["", "/language", "/menu", "/progress", "/dialled", "/recorded", "/silent"])
def test_every_step_is_signed(exchange: Exchange, step: str) -> None:
    path = f"/doors/twilio/voice{step}"
    answer = exchange.client.post(path, data={"CallSid": "CA1", "AccountSid": ACCOUNT, "From": CHAN})
    assert answer.status_code == 403
