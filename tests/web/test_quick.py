"""The short way answers as the framework's own does, and leaves to it whatever is unusual."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlmodel import select
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message
from structlog.testing import capture_logs

from hub.database import Database
from hub.tickets import Ticket
from tests.house import House
from tests.web.api.caller import V1, Api, hub_app, leak, token_of
from web import quick

PATH = f"{V1}/tickets"
CHANGING = ("number", "id", "request_id", "ticket", "order")


@pytest.fixture
def client(hub: House, tmp_path: Path) -> Any:
    with TestClient(hub_app(hub.database, tmp_path / "data"), raise_server_exceptions=False) as asked:
        yield Api(asked, token_of(hub.database, "clara"))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was written without a thread that waits: the short way alone does so."""
    written: list[str] = []
    soon = Database.write_soon

    def seen(database: Database, fn: Callable[..., Any]) -> Any:
        written.append("quick")
        return soon(database, fn)

    monkeypatch.setattr(Database, "write_soon", seen)
    return written


def alike(value: Any) -> Any:
    """The answer without what differs from matter to matter."""
    if isinstance(value, dict):
        return {name: alike(one) for name, one in value.items() if name not in CHANGING}
    return [alike(one) for one in value] if isinstance(value, list) else value


def test_both_ways_give_the_same_answer(client: Api, taken: list[str]) -> None:
    short = client.ask("POST", "/tickets", leak(place="Lobby"))
    assert taken == ["quick"]
    whole = client.ask("POST", "/tickets", leak(place="Lobby"), key="another way")
    assert taken == ["quick"] and (short.status_code, whole.status_code) == (201, 201)
    first, second = short.json(), whole.json()
    assert second["resembles"][0]["number"] == first["number"]
    for answer in (first, second):
        answer.pop("resembles")
    assert alike(first) == alike(second)
    headers = {"content-type", "cache-control", "content-security-policy", "x-request-id"}
    assert headers <= set(short.headers) and set(short.headers) == set(whole.headers)
    assert short.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    "body",
    [
        leak(office="NOWHERE"),
        leak(category="99-99"),
        leak(caller={"name": "X", "phone": "2345 6789", "room": "Z-9999"}),
        leak(item=" "),
        leak(dispatch={"way": "worker", "worker": "nobody"}),
        leak(happened_at="2190-01-01T00:00:00Z"),
    ],
)
def test_a_refusal_of_the_verb_is_drawn_alike(client: Api, taken: list[str], body: dict[str, Any]) -> None:
    short, whole = client.ask("POST", "/tickets", body), client.ask("POST", "/tickets", body, key="k")
    assert short.status_code == whole.status_code >= 400
    assert alike(short.json()) == alike(whole.json())
    assert short.headers["content-type"] == whole.headers["content-type"] == "application/problem+json"
    assert taken == ["quick"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"item": 1}', b'{"colour": "red"}', b"\xff", b"[" * 5_000]
)
def test_a_body_that_is_not_right_goes_the_other_way(client: Api, taken: list[str], body: bytes) -> None:
    headers = {**client.headers, "content-type": "application/json"}
    answer = client.client.post(PATH, content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"] and taken == []


def test_what_is_unusual_goes_the_other_way_and_is_done(client: Api, taken: list[str]) -> None:
    body = json.dumps(leak()).encode()
    headers = {**client.headers, "content-type": "application/json"}
    asked = [
        client.client.post(PATH, content=body, headers={**headers, "idempotency-key": "one"}),
        client.client.post(
            PATH, content=body, headers={**headers, "content-type": "application/json; charset=utf-8"}
        ),
        client.client.post(
            PATH, content=iter((body[:9], body[9:])), headers=headers
        ),  # in parts, of no length
        client.client.post(PATH, content=body + b" " * quick.LONGEST, headers=headers),
    ]
    assert [answer.status_code for answer in asked] == [201] * 4
    assert taken == []


def test_nobody_and_somebody_unknown_are_refused(client: Api, hub: House) -> None:
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eA=="}):
        answer = client.client.post(PATH, json=leak(), headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json()["code"] == "unknown"
    assert hub.look(lambda tx: tx.scalars(select(Ticket)).all()) == []


def test_a_failure_is_drawn_and_its_reason_kept_in_the_log(
    client: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("dispatch.intake.receive", fail)
    with capture_logs() as lines:
        answer = client.ask("POST", "/tickets", leak())
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "disk" not in answer.text
    assert any(line["event"] == "failed" for line in lines)
    assert any(line.get("route") == PATH and line["status"] == 500 for line in lines)


def test_another_method_or_path_is_left_alone(client: Api, taken: list[str]) -> None:
    assert client.get("/tickets")["items"] == []
    assert client.ask("PUT", "/tickets", leak()).status_code == 405
    assert client.post("/tickets/preview", leak())["category"] == "01-03"
    assert taken == []


def test_who_goes_away_in_the_middle_of_it_has_said_nothing(hub: House, tmp_path: Path) -> None:
    site = hub_app(hub.database, tmp_path / "data")
    token = token_of(hub.database, "clara")
    parts: list[Message] = [
        {"type": "http.request", "body": b'{"item"', "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert anyio.run(_ask, site, token, parts) == [422]  # to nobody
    assert hub.look(lambda tx: tx.scalars(select(Ticket)).all()) == []


async def _ask(site: ASGIApp, token: str, parts: list[Message]) -> list[int]:
    """The statuses this request is answered with; `parts` are what comes of it."""
    answered: list[int] = []

    async def receive() -> Message:
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    headers = [
        (b"host", b"hub.test"),
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/json"),
        (b"content-length", b"99"),
    ]
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("hub.test", 80),
    }
    await site(scope, receive, send)
    return answered
