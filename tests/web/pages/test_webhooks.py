"""Other systems that listen: added by an administrator, the secret shown once, tried, and ended."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from sqlmodel import select

from hub.endpoints import WebhookEndpoint
from hub.events import Event
from hub.settings import Settings
from notifications.channels import webhook
from tests.house import House
from tests.web.pages.visiting import Visit

HOOK = "https://93.184.216.34/hook?key=theirs"
PATH = "/settings/webhooks"


class Listener:
    """A system that checks our signature as the README tells it to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:
                body = handler.rfile.read(int(handler.headers["content-length"]))
                self.heard.append((handler.headers["x-hub-signature"], body))
                handler.send_response(204)
                handler.end_headers()

            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def _only(hub: House) -> WebhookEndpoint:
    return hub.look(lambda tx: tx.scalars(select(WebhookEndpoint)).one())


def test_an_administrator_adds_one_and_sees_its_secret_once(hub: House, visit: Visit) -> None:
    adam = visit("adam")
    assert "No other system listens" in adam.see(PATH)
    answer = adam.post(PATH, url=HOOK, kinds=["received", "closed"])
    row = _only(hub)
    assert answer.status_code == 200 and row.secret in answer.text and row.kinds == ["received", "closed"]
    page = adam.get(PATH).text
    assert row.secret not in page and "93.184.216.34" in page
    [event] = hub.look(lambda tx: tx.scalars(select(Event).where(Event.kind == "settings_changed")).all())
    assert event.said["host"] == "93.184.216.34" and "theirs" not in event.facts and event.by_id is not None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1:5432/", "inside our own network"),
        ("http://169.254.169.254/latest/meta-data", "inside our own network"),
        ("ftp://93.184.216.34/", "cannot be read"),
        ("hook", "cannot be read"),
    ],
    ids=["database", "cloud", "scheme", "word"],
)
def test_an_address_that_leads_inward_or_nowhere_is_refused(
    hub: House, visit: Visit, address: str, why: str
) -> None:
    answer = visit("adam").post(PATH, url=address)
    assert answer.status_code == 422 and why in answer.text and address in answer.text
    assert not hub.look(lambda tx: tx.scalars(select(WebhookEndpoint)).all())


@pytest.mark.parametrize("login", ["clara", "dora", "wes", "mia"])
def test_it_is_the_administrators_alone(hub: House, visit: Visit, login: str) -> None:
    visit("adam").post(PATH, url=HOOK)
    person, row = visit(login), _only(hub)
    assert person.get(PATH).status_code == 403
    assert person.post(PATH, url=HOOK).status_code == 403
    assert person.post(f"{PATH}/{row.id}/end").status_code == 403
    assert person.post(f"{PATH}/{row.id}/trial").status_code == 403
    assert _only(hub).ended_at is None


def test_a_trial_says_what_the_system_answered(
    hub: House, visit: Visit, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "inward", frozenset({"127.0.0.1"}))
    adam = visit("adam")
    adam.post(PATH, url=listener.url)
    row = _only(hub)
    assert "It answered" in adam.post(f"{PATH}/{row.id}/trial").text
    [(signed, body)] = listener.heard
    seconds = int(re.match(r"t=(\d+),", signed)[1])  # type: ignore[index]
    assert json.loads(body) == {"kind": "trial"} and signed == webhook.signature(row.secret, seconds, body)
    listener.close()
    assert "It answered" not in adam.post(f"{PATH}/{row.id}/trial").text


def test_one_that_is_ended_hears_no_more(hub: House, visit: Visit) -> None:
    adam = visit("adam")
    adam.post(PATH, url=HOOK)
    row = _only(hub)
    assert adam.post(f"{PATH}/{row.id}/end").status_code in (200, 303)
    assert _only(hub).ended_at is not None and "No other system listens" in adam.see(PATH)
    assert adam.post(f"{PATH}/{row.id}/end").status_code == 404
