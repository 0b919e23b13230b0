"""What stands before every handler: marks requests, refuses forged ones, limits what pages may do.

Pure ASGI, outermost first: RequestLog, SecurityHeaders, SameOrigin. The size of a body is limited by
`FastAPI(max_body_size=…)`, which counts chunks too (tests/web/test_safety.py shows it).
"""

import json
import re
import time
from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.templating import LOCALE_COOKIE
from web.words import N_, Words, negotiate

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SESSION_COOKIES = ("hub_session", "__Host-hub_session")

# Doors that know their caller by a signature or a key in the request, never by a cookie.
SIGNED_DOORS = ("/doors/", "/open311/")

# data: carries the signs drawn inside the vendored style sheet, blob: a photo or recording before it is sent.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HALF_A_YEAR = 15_552_000

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
FORGED = N_("This came from another site and was refused. Open the page here and try again.")

log = structlog.get_logger("web.access")


class RequestLog:
    """Gives every request an id (`request.state.request_id`, X-Request-ID) and writes one line of it.

    The line holds the route, never the address itself: numbers, phones and searches stay out of logs.
    """

    def __init__(self, app: ASGIApp, quiet: Iterable[str] = ("/healthz", "/readyz", "/metrics")) -> None:
        self.app = app
        self.quiet = frozenset(quiet)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()
        status = 500

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, marked)
            finally:
                if scope["path"] not in self.quiet:
                    spent = round((time.perf_counter() - began) * 1000, 1)
                    say = log.error if status >= 500 else log.info
                    say("request", method=scope["method"], route=_route(scope), status=status, ms=spent)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _route(scope: Scope) -> str:
    if scope["path"].startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "none"))


class SecurityHeaders:
    """Sets what browsers need to keep a page to itself; a header the handler set itself stays.

    HTTPS only is asked for where `public_url` is https. Pages are stored nowhere; a static file may be kept
    for a year when its address carries the mark of its content (`asset()`), else is asked for anew.
    """

    def __init__(self, app: ASGIApp, public_url: str = "", static: str = "/static/") -> None:
        self.app = app
        self.static = static
        headers = dict(HEADERS)
        if public_url.startswith("https://"):
            headers["strict-transport-security"] = f"max-age={HALF_A_YEAR}"
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                raw = message["headers"] = list(message.get("headers", ()))
                there = {name for name, _ in raw}
                raw += [one for one in self.headers if one[0] not in there]
                if b"cache-control" not in there:
                    raw.append((b"cache-control", self._keeping(scope, message["status"])))
            await send(message)

        await self.app(scope, receive, guarded)

    def _keeping(self, scope: Scope, status: int) -> bytes:
        if not scope["path"].startswith(self.static):
            return b"no-store"
        marked = scope["query_string"].startswith(b"v=") and status in (200, 206, 304)
        return b"public, max-age=31536000, immutable" if marked else b"no-cache"


class SameOrigin:
    """Refuses (403) a changing request or a socket that another site's page sent with our person's cookie.

    Believed in this order: Sec-Fetch-Site, which no page can forge; else Origin; else Referer. "none" passes:
    the browser says it of what the person did outside any page, so no other site can have caused it.
    "same-site" does not: a neighbour's subdomain is another site to us. With none of the three it is refused
    unless nothing could be abused: a signed door, or the API without our session cookie.
    """

    def __init__(
        self,
        app: ASGIApp,
        public_url: str = "",
        exempt: Iterable[str] = SIGNED_DOORS,
        keyed: Iterable[str] = ("/api/",),
        session_cookies: Iterable[str] = SESSION_COOKIES,
    ) -> None:
        self.app = app
        self.public = _origin(public_url)
        self.exempt = tuple(exempt)
        self.keyed = tuple(keyed)
        self.session_cookies = frozenset(session_cookies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not self._socket_is_ours(scope):
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not self._is_ours(scope):
            return await _refuse(scope, send)
        await self.app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        path: str = scope["path"]
        if path.startswith(self.exempt):
            return True
        if path.startswith(self.keyed) and not self.session_cookies.intersection(_cookies(headers)):
            return True  # the handler asks for the bearer token itself; there is no cookie to ride on
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        claimed = headers.get("origin") or headers.get("referer")
        return claimed is not None and self._is_here(claimed, headers)

    def _socket_is_ours(self, scope: Scope) -> bool:
        """Browsers always send Origin with a socket; a program with a token sends none."""
        headers = Headers(scope=scope)
        claimed = headers.get("origin")
        return claimed is None or self._is_here(claimed, headers)

    def _is_here(self, claimed: str, headers: Headers) -> bool:
        origin = _origin(claimed)
        if origin is None:
            return False
        # A proxy hides our scheme, so the host decides; the public address is compared whole.
        return origin[1] == headers.get("host", "").lower() or origin == self.public


def _cookies(headers: Headers) -> set[str]:
    return set(cookie_parser("; ".join(headers.getlist("cookie"))))


def _origin(url: str) -> tuple[str, str] | None:
    """Scheme and host with port, lower case; None for "null" and what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (parts.scheme.lower(), parts.netloc.lower()) if parts.scheme and parts.netloc else None


async def _refuse(scope: Scope, send: Send) -> None:
    headers = Headers(scope=scope)
    cookie = cookie_parser(headers.get("cookie", "")).get(LOCALE_COOKIE)
    words = Words(negotiate(cookie, headers.get("accept-language")))
    problem = {"type": "about:blank", "status": 403, "code": "forged", "title": words.gettext(FORGED)}
    body = json.dumps(problem, ensure_ascii=False).encode()
    fields = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": fields})
    await send({"type": "http.response.body", "body": body})
