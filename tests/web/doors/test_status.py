"""The carrier's words about our messages, at the door: signed, ranked, learned from, acted upon."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from dispatch import work
from hub import deliveries
from hub.access import Actor
from hub.database import Tx
from hub.deliveries import Delivery
from hub.orders import Order
from hub.organisation import Staff
from hub.settings import Settings
from hub.tickets import Ticket
from notifications import outbox
from notifications.channels import registry
from notifications.sending import Sender
from tests.house import House, leak
from web import app
from web.standin import server
from web.standin.carrier import NUMBER, Carrier
from web.standin.weather import Manner
from web.standin.webhooks import Reply
from web.timetable import say

HUB, ROSA, WES = "https://hub.example", "+85261234567", "+85291110001"


@dataclass
class Line:
    """The hub behind its door and the carrier before it."""

    hub: House
    client: TestClient
    carrier: Carrier
    settings: Settings

    def tick(self) -> None:
        outbox.drain(self.hub.database, registry.ways(self.settings))
        for channel in registry.made(self.settings):
            sender = Sender(self.hub.database, channel, registry.ways(self.settings), holder="here", say=say)
            sender.work()
            sender.close()
        assert self.carrier.line.settle()

    def rows(self, channel: str) -> list[Delivery]:
        query = select(Delivery).where(Delivery.channel == channel).order_by(col(Delivery.id))
        return list(self.hub.database.read(lambda tx: tx.scalars(query).all()))


@pytest.fixture
def line(hub: House, tmp_path: Path) -> Iterator[Line]:
    carrier = Carrier(HUB)
    with server.serving(carrier):
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=tmp_path,
            public_url=HUB,
            twilio_account_sid=carrier.account_sid,
            twilio_auth_token=carrier.auth_token,  # type: ignore[arg-type]
            twilio_from=NUMBER,
            twilio_api_url=carrier.address,
            twilio_per_second=1000,
        )
        with TestClient(app.create(settings, hub.database, clockwork=False), base_url=HUB) as client:

            def post(address: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
                parts = urlsplit(address)
                answer = client.post(f"{parts.path}?{parts.query}", data=dict(fields), headers=dict(headers))
                return Reply(answer.status_code, answer.text, answer.headers.get("content-type", ""))

            carrier.line._post = post
            yield Line(hub, client, carrier, settings)
            carrier.line.settle()  # what it still has to say finds the hub there
    carrier.close()


@pytest.fixture
def told(line: Line, clara: Actor) -> Line:
    line.hub.receive(clara, leak(name="Rosa Diaz", room="B-0302", phone="6123 4567"))
    return line


def test_a_text_that_arrived_is_delivered_however_its_words_come(told: Line) -> None:
    told.carrier.weather.copies, told.carrier.weather.reversed = 3, True
    told.tick()
    (row,) = told.rows("sms")
    assert row.state == "delivered"
    assert {status for _, _, status in told.carrier.line.log} == {200}


def test_a_text_that_did_not_arrive_passes_to_a_person(told: Line) -> None:
    told.carrier.manners[ROSA] = Manner(sms=30006)
    told.tick()
    (row,) = told.rows("sms")
    assert (row.state, row.is_owed) == ("failed", True) and row.why.startswith("30006")


def test_what_a_person_was_given_in_doubt_and_arrived_after_all_is_owed_no_more(told: Line) -> None:
    told.carrier.weather.callbacks_lost = True
    told.tick()
    (row,) = told.rows("sms")

    def doubt(tx: Tx) -> None:
        kept = tx.get_one(Delivery, row.id)
        kept.state, kept.ref, kept.is_in_doubt, kept.is_owed = "failed", "", True, True

    told.hub.do(doubt)
    path = f"/doors/twilio/status?delivery={row.id}"
    fields = {"MessageSid": row.ref, "MessageStatus": "delivered", "AccountSid": told.carrier.account_sid}
    signed = RequestValidator(told.carrier.auth_token).compute_signature(HUB + path, fields)
    assert told.client.post(path, data=fields, headers={"x-twilio-signature": signed}).status_code == 200
    (row,) = told.rows("sms")
    assert (row.state, row.is_owed, row.is_in_doubt) == ("delivered", False, False)


@pytest.mark.parametrize("signature", [None, "", "wrong", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
def test_what_is_not_signed_is_refused_and_changes_nothing(told: Line, signature: str | None) -> None:
    told.carrier.weather.callbacks_lost = True
    told.tick()
    (row,) = told.rows("sms")
    fields = {"MessageSid": row.ref, "MessageStatus": "delivered", "AccountSid": told.carrier.account_sid}
    headers = {} if signature is None else {"x-twilio-signature": signature}
    answer = told.client.post("/doors/twilio/status", data=fields, headers=headers)
    assert answer.status_code == 403 and told.rows("sms")[0].state == "sent"


def test_a_callback_tells_the_number_of_a_message_we_were_killed_over(told: Line) -> None:
    told.carrier.weather.callbacks_lost = True
    told.tick()
    (row,) = told.rows("sms")
    told.hub.database.write(lambda tx: _forget(tx, row.id))
    fields = {"MessageSid": row.ref, "MessageStatus": "delivered", "AccountSid": told.carrier.account_sid}
    address = f"{HUB}/doors/twilio/status?delivery={row.id}"
    assert told.carrier.line.call(address, fields).status == 200
    (again,) = told.rows("sms")
    assert (again.state, again.ref) == ("delivered", row.ref)


def test_words_that_looked_a_moment_before_the_number_was_known_are_not_lost(
    told: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.carrier.weather.callbacks_lost = True
    told.tick()
    (row,) = told.rows("sms")
    monkeypatch.setattr(deliveries, "by_ref", lambda *_: None)  # asked before the sender's commit
    fields = {"MessageSid": row.ref, "MessageStatus": "undelivered", "ErrorCode": "30006"}
    fields["AccountSid"] = told.carrier.account_sid
    assert told.carrier.line.call(f"{HUB}/doors/twilio/status?delivery={row.id}", fields).status == 200
    (again,) = told.rows("sms")
    assert (again.state, again.is_owed) == ("failed", True)


def test_a_key_that_is_faster_than_the_carriers_answer_tells_the_calls_number(rung: Line, hub: House) -> None:
    rung.carrier.weather.callbacks_lost = True
    rung.carrier.manners[WES] = Manner(sms=21614)
    rung.tick()
    rung.tick()
    (row,) = rung.rows("voice")
    hub.do(_forget, row.id)
    fields = {"CallSid": row.ref, "Digits": "1", "AccountSid": rung.carrier.account_sid}
    answer = rung.carrier.line.call(f"{HUB}/doors/twilio/keyed?delivery={row.id}", fields)
    assert "The order is yours" in answer.text
    (again,) = rung.rows("voice")
    assert (again.state, again.ref) == ("read", row.ref)


@pytest.mark.parametrize(
    "query", ["", "?delivery=", "?delivery=x", "?delivery=99999", "?delivery=" + "9" * 30, "?delivery=%D9%A3"]
)
def test_words_about_nothing_of_ours_are_heard_and_forgotten(told: Line, query: str) -> None:
    told.tick()
    fields = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "delivered"}
    fields["AccountSid"] = told.carrier.account_sid
    assert told.carrier.line.call(f"{HUB}/doors/twilio/status{query}", fields).status == 200


@pytest.fixture
def rung(line: Line, sue: Actor, order: Order) -> Line:
    """Wes is given an urgent order; his telephone takes no text."""
    line.tick()
    line.hub.do(_give_telephone)
    line.carrier.manners[WES] = Manner(sms=21614, keys=["1"])
    line.hub.do(_make_urgent, order)
    line.hub.do(work.assign, sue, order, line.hub.staff("wes"))
    return line


def test_the_worker_takes_the_order_with_one_key(rung: Line, hub: House, order: Order) -> None:
    rung.tick()
    rung.tick()
    (call,) = rung.carrier.calls.values()
    assert "Press 1 to accept this order." in call.heard[0].what
    assert call.heard[-1].what == "Thank you. The order is yours."
    assert hub.again(order).status == "accepted" and rung.rows("voice")[0].state == "read"
    address = f"{HUB}/doors/twilio/keyed?delivery={rung.rows('voice')[0].id}"
    fields = {"CallSid": call.sid, "Digits": "1", "AccountSid": rung.carrier.account_sid}
    assert "The order is yours" in rung.carrier.line.call(address, fields).text, (
        "a second time changes nothing"
    )


def test_a_worker_who_does_not_answer_leaves_it_to_a_person(rung: Line, hub: House, order: Order) -> None:
    rung.carrier.manners[WES].answers = "no-answer"
    rung.tick()
    rung.tick()
    (row,) = rung.rows("voice")
    assert (row.state, row.is_owed, hub.again(order).status) == ("failed", True, "assigned")


def _give_telephone(tx: Tx) -> None:
    tx.scalars(select(Staff).where(Staff.login == "wes")).one().phone = WES


def _make_urgent(tx: Tx, order: Order) -> None:
    tx.get_one(Ticket, order.ticket_id).priority = "P1"


def _forget(tx: Tx, delivery_id: int) -> None:
    row = tx.get_one(Delivery, delivery_id)
    row.state, row.ref = "sending", ""
