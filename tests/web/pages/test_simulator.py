"""The pretend telephone: a newcomer writes and rings through the real doors, and reads what comes back."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from hub import attachments
from hub.attachments import Store
from hub.tickets import Ticket
from tests.house import House
from tests.web.doors.twilio.carrier import ACCOUNT, CHAN, LINE, PUBLIC, STRANGER, TOKEN, configured
from tests.web.pages.visiting import Visit, plain
from web import app
from web.doors.twilio import work
from web.standin import server
from web.standin.carrier import Carrier
from web.standin.webhooks import Reply

HEADERS = {"sec-fetch-site": "same-origin", "accept": "text/html"}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


class Newcomer:
    """Somebody with the pretend telephone in hand."""

    def __init__(self, client: TestClient, carrier: Carrier, works: Any) -> None:
        self._client, self.carrier, self._works = client, carrier, works

    def does(self, path: str, phone: str = CHAN, files: Any = None, **form: str) -> str:
        data = {"phone": phone} | form
        headers = HEADERS | {"hx-request": "true"}
        answer = self._client.post(f"/simulator/{path}", data=data, files=files, headers=headers)
        assert answer.status_code == 200, answer.text[:300]
        self.carrier.line.settle()
        self._works()
        return plain(answer.text)

    def get(self, path: str) -> Any:
        return self._client.get(path, headers=HEADERS)


@pytest.fixture
def newcomer(hub: House, tmp_path: Path) -> Iterator[Newcomer]:
    carrier = Carrier(PUBLIC, account_sid=ACCOUNT, auth_token=TOKEN, numbers=(LINE,))
    with server.serving(carrier) as address:
        settings = configured(tmp_path / "data", twilio_api_url=address)
        made = app.create(settings, hub.database, clockwork=False, carrier=carrier)
        with TestClient(made, base_url=PUBLIC, follow_redirects=False) as client:

            def post(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
                parts = urlsplit(url)
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                answer = client.post(path, data=dict(fields), headers=dict(headers))
                return Reply(answer.status_code, answer.text, answer.headers.get("content-type", ""))

            carrier.line._post = post
            works = work.worker(hub.database, settings, Store(tmp_path / "data" / "files")).drain
            yield Newcomer(client, carrier, works)
            carrier.line.settle()  # what it still has to say finds the hub there
    carrier.close()


def only_ticket(hub: House) -> Ticket:
    return hub.look(lambda tx: tx.query(Ticket).one())


def test_without_the_demo_there_is_no_telephone(visit: Visit) -> None:
    assert visit().get("/simulator").status_code == 404
    assert visit("adam").post("/simulator/texts", phone=CHAN, body="x").status_code == 404


def test_a_text_with_a_picture_becomes_a_ticket_with_a_file(hub: House, newcomer: Newcomer) -> None:
    screen = newcomer.does("texts", body="Kitchen tap leaks", files={"picture": ("a.png", PNG, "image/png")})
    assert "Kitchen tap leaks" in screen and "picture" in screen
    ticket = only_ticket(hub)
    assert ticket.caller_phone == CHAN
    assert [file.media_type for file in hub.look(attachments.of_ticket, ticket.id)] == ["image/png"]


def test_nothing_to_send_is_said(newcomer: Newcomer) -> None:
    answer = newcomer._client.post("/simulator/texts", data={"phone": CHAN, "body": " "}, headers=HEADERS)
    assert answer.status_code == 422


def test_a_call_is_walked_with_keys_and_heard(hub: House, newcomer: Newcomer) -> None:
    assert "For English press 3." in newcomer.does("calls", phone=STRANGER)
    assert "Emergency, press 1." in newcomer.does("hand/press", phone=STRANGER, said="3")
    assert "After the tone" in newcomer.does("hand/press", phone=STRANGER, said="2")
    assert "Goodbye." in newcomer.does("hand/speak", phone=STRANGER, said="My tap drips")
    assert only_ticket(hub).item == "Voice message, to be listened to"


def test_a_second_ring_is_the_same_call(newcomer: Newcomer) -> None:
    newcomer.does("calls")
    newcomer.does("calls")
    assert len(newcomer.carrier.calls) == 1


def test_only_hands_of_a_telephone_are_used(newcomer: Newcomer) -> None:
    newcomer.does("calls")
    for hand in ("close", "__init__", "dialled"):
        answer = newcomer._client.post(f"/simulator/hand/{hand}", data={"phone": CHAN}, headers=HEADERS)
        assert answer.status_code == 404


def test_the_page_without_scripts_leads_back_to_itself(newcomer: Newcomer) -> None:
    answer = newcomer._client.post("/simulator/calls", data={"phone": CHAN}, headers=HEADERS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/simulator?phone=%2B85223456789")
    assert "Hang up" in plain(newcomer.get(answer.headers["location"]).text)
