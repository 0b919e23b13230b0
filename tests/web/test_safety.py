"""What the outermost layers let in, what they refuse, and what they leave in the log."""

import json

import pytest
import structlog
from fastapi import FastAPI, Request, WebSocket
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from structlog.testing import capture_logs

from web import logs
from web.safety import POLICY, RequestLog, SameOrigin, SecurityHeaders

HOST = "http://hub.test"
PUBLIC = "https://hub.example.org"


def build() -> FastAPI:
    app = FastAPI(max_body_size=1000)

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
    async def anything(path: str, request: Request) -> dict[str, object]:
        return {"size": len(await request.body()), "id": getattr(request.state, "request_id", "")}

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    return app


@pytest.fixture
def guarded() -> TestClient:
    return TestClient(SameOrigin(build(), public_url=PUBLIC), base_url=HOST)


@pytest.fixture
def headed() -> TestClient:
    return TestClient(SecurityHeaders(build(), public_url=PUBLIC), base_url=HOST)


# --- the same origin ---------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": HOST}, 403),
        ({"origin": HOST}, 200),
        ({"origin": "HTTP://HUB.TEST"}, 200),
        ({"origin": PUBLIC}, 200),
        ({"origin": PUBLIC.replace("https", "http")}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://hub.test.evil.example"}, 403),
        ({"origin": "http://hub.test:8080"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[broken"}, 403),
        ({"origin": "https://evil.example", "referer": f"{HOST}/desk"}, 403),
        ({"referer": f"{HOST}/desk?x=1"}, 200),
        ({"referer": "https://evil.example/hub.test"}, 403),
        ({}, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_changing_request_must_come_from_our_own_page(guarded, method, headers, status):
    assert guarded.request(method, "/desk", headers=headers).status_code == status


def test_looking_is_allowed_from_anywhere(guarded):
    assert guarded.get("/desk", headers={"sec-fetch-site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/doors/twilio/sms", "/open311/v2/requests.json"])
def test_doors_that_check_a_signature_or_key_take_posts_from_outside(guarded, path):
    assert guarded.post(path, headers={"cookie": "hub_session=x"}).status_code == 200


@pytest.mark.parametrize("path", ["/doorsteps", "/open311", "/apiary"])
def test_a_path_that_only_looks_like_a_door_is_guarded(guarded, path):
    assert guarded.post(path).status_code == 403


def test_the_api_takes_a_token_from_anywhere_but_a_cookie_only_from_here(guarded):
    bearer = {"authorization": "Bearer abc"}
    assert guarded.post("/api/v1/tickets", headers=bearer).status_code == 200
    assert guarded.post("/api/v1/tickets").status_code == 200
    for name in ("hub_session", "__Host-hub_session"):
        riding = bearer | {"cookie": f"a=b; {name}=x"}
        assert guarded.post("/api/v1/tickets", headers=riding).status_code == 403
        assert guarded.post("/api/v1/tickets", headers=riding | {"origin": HOST}).status_code == 200


def test_the_refusal_is_a_problem_in_the_readers_language(guarded):
    answer = guarded.post("/desk", headers={"accept-language": "zh-HK"})
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert (problem["status"], problem["code"]) == (403, "forged")
    assert "其他網站" in problem["title"]


@pytest.mark.parametrize(
    ("origin", "opened"), [(HOST, True), (None, True), ("https://evil.example", False), ("null", False)]
)
def test_a_socket_opened_by_another_sites_page_is_refused(guarded, origin, opened):
    headers = {"origin": origin} if origin else {}
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        guarded.websocket_connect("ws://hub.test/live", headers=headers) as socket,
    ):
        socket.receive_text()
    assert closed.value.code == (1000 if opened else 1008)


# --- headers -------------------------------------------------------------------


def test_the_policy_allows_nothing_inline_and_nobody_elses_frame(headed):
    policy = headed.get("/desk").headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert policy == POLICY
    assert "unsafe" not in policy
    assert rules["default-src"] == "'self'"
    assert not {"script-src", "style-src", "connect-src"} & set(rules)
    assert (rules["frame-ancestors"], rules["base-uri"], rules["form-action"]) == (
        "'none'",
        "'none'",
        "'self'",
    )


def test_every_page_carries_the_other_guards(headed):
    headers = headed.get("/desk").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=(self), microphone=(self)" in headers["permissions-policy"]


def test_https_only_is_asked_for_only_where_the_public_address_is_https(headed):
    assert headed.get("/").headers["strict-transport-security"] == "max-age=15552000"
    plain = TestClient(SecurityHeaders(build(), public_url="http://127.0.0.1:8000"), base_url=HOST)
    assert "strict-transport-security" not in plain.get("/").headers


def test_a_page_is_stored_nowhere_and_a_marked_static_file_is_kept(headed):
    assert headed.get("/desk").headers["cache-control"] == "no-store"
    assert "immutable" in headed.get("/static/hub.css?v=0123456789").headers["cache-control"]
    assert headed.get("/static/hub.css").headers["cache-control"] == "no-cache"


def test_a_missing_static_file_is_not_kept():
    client = TestClient(SecurityHeaders(Starlette()), base_url=HOST)
    assert client.get("/static/none.css?v=1").headers["cache-control"] == "no-cache"


# --- the log -------------------------------------------------------------------


@pytest.fixture
def every_line():
    """Whatever level a hub made earlier in this process has set."""
    before = structlog.get_config()
    logs.configure("info")
    yield
    structlog.configure(**before)


def test_the_log_line_holds_the_route_and_nothing_personal(every_line):
    client = TestClient(RequestLog(build()), base_url=HOST)
    with capture_logs() as lines:
        client.get("/tickets/7001234?phone=13800138000", headers={"user-agent": "Wang's phone"})
    [line] = lines
    assert {k: line[k] for k in ("event", "method", "route", "status")} == {
        "event": "request",
        "method": "GET",
        "route": "/{path:path}",
        "status": 200,
    }
    assert not any(secret in json.dumps(line) for secret in ("7001234", "13800138000", "Wang", "testclient"))


def test_a_request_id_is_given_kept_when_sound_and_replaced_when_not():
    client = TestClient(RequestLog(build()), base_url=HOST)
    made = client.get("/").headers["x-request-id"]
    assert len(made) == 32
    assert client.get("/", headers={"x-request-id": "abc-12345"}).json()["id"] == "abc-12345"
    assert (
        client.get("/", headers={"x-request-id": "two words\tand more"}).headers["x-request-id"]
        != "two words\tand more"
    )


def test_a_crash_is_logged_as_500_and_health_checks_are_not_logged(every_line):
    async def broken(scope, receive, send):
        raise RuntimeError("broken")

    logs.configure("warning")
    client = TestClient(RequestLog(broken), base_url=HOST)
    with capture_logs() as lines:
        with pytest.raises(RuntimeError):
            client.get("/desk")
        with pytest.raises(RuntimeError):
            client.get("/healthz")
    assert [line["status"] for line in lines] == [500]


# --- the size of a body ----------------------------------------------------------


def test_a_body_over_the_limit_is_refused_also_when_it_comes_in_chunks():
    """FastAPI's own limit counts both, so there is none of ours; this test is the proof."""

    def chunks(count: int):
        for _ in range(count):
            yield b"x" * 100

    client = TestClient(SecurityHeaders(build()), base_url=HOST)
    assert client.post("/", content=b"x" * 1000).json()["size"] == 1000
    assert client.post("/", content=b"x" * 1001).status_code == 413
    assert client.post("/", content=chunks(10)).json()["size"] == 1000
    assert client.post("/", content=chunks(11)).status_code == 413
