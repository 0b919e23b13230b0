"""Every refusal is drawn here, once: a problem (RFC 9457) for programs and htmx, a page for a browser."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.errors import BadInput, HubError, NotNow, TooMany, Unknown
from web.templating import render, words_of
from web.words import N_

MOST_FIELDS = 50
LONGEST_FIELD = 200
TOO_LARGE = N_("what was sent is larger than the hub takes")
BODY_LOST = N_("the body is not what this address takes")

log = structlog.get_logger("web.problems")


def install(app: FastAPI) -> None:
    """Have the app draw every refusal and failure through here."""
    app.add_exception_handler(HubError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def described(request: Request, status: int, refusal: HubError | None = None) -> dict[str, Any]:
    """The refusal as the members of a problem: what, why, every bad field, and which steps are legal."""
    words = words_of(request)
    detail = words.gettext(refusal.message, **refusal.params) if refusal else ""
    members: dict[str, Any] = {
        "type": f"about:blank#{refusal.code}" if refusal else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    members["code"] = refusal.code if refusal else HTTPStatus(status).phrase.lower().replace(" ", "_")
    if isinstance(refusal, BadInput):
        members["errors"] = {
            field: words.gettext(reason.message, **reason.params) for field, reason in refusal.fields.items()
        }
    if isinstance(refusal, NotNow):
        members["legal"] = list(refusal.legal)
    request_id = getattr(request.state, "request_id", None)
    if request_id:
        members["request_id"] = request_id
    return members


class _Problem(JSONResponse):
    """A problem may quote what cannot be encoded, such as half a surrogate pair in a field's name."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")


def problem(request: Request, status: int, refusal: HubError | None = None) -> JSONResponse:
    """The refusal as problem+json (RFC 9457)."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(refusal, TooMany):
        headers["Retry-After"] = refusal.seconds
    return _Problem(described(request, status, refusal), status, headers)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks for a whole page, rather than a program or an htmx exchange."""
    if request.url.path.startswith("/api/") or "hx-request" in request.headers:
        return False
    return "text/html" in request.headers.get("accept", "")


def answer(request: Request, status: int, refusal: HubError | None = None) -> Response:
    """The refusal in the form this request wants."""
    if not wants_page(request):
        return problem(request, status, refusal)
    if isinstance(refusal, Unknown):
        where = _page_of(request)
        return RedirectResponse(f"/session?next={quote(where)}", 303)
    request_id = getattr(request.state, "request_id", "")
    return render(
        request, "error.html", status_code=status, status=status, refusal=refusal, request_id=request_id
    )


def _page_of(request: Request) -> str:
    """The page somebody is on: where a form was sent to is none, so it is the page that it stood on."""
    page = request.url if request.method == "GET" else urlsplit(request.headers.get("referer", "/"))
    return page.path + (f"?{page.query}" if page.query else "")


class TooLarge(HubError):
    """The body is larger than the hub takes."""

    status = 413
    code = "too_large"


class LargeBodies:
    """Draws the refusal of a large body, which the framework answers below every handler in bare text."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        is_drawn = False

        async def drawn(message: Message) -> None:
            nonlocal is_drawn
            if message["type"] == "http.response.start" and _is_bare_refusal(message):
                is_drawn = True
                refusal = TooLarge(TOO_LARGE)
                await answer(Request(scope), refusal.status, refusal)(scope, receive, send)
            elif not is_drawn:
                await send(message)

        await self.app(scope, receive, drawn)


def _is_bare_refusal(start: Message) -> bool:
    media_type = Headers(raw=start["headers"]).get("content-type", "")
    return bool(start["status"] == TooLarge.status) and media_type.startswith("text/plain")


async def drawn(request: Request, failure: Exception) -> Response:
    """What a verb raised beside the framework, as every handler's refusal or failure is drawn."""
    return await (_refused if isinstance(failure, HubError) else _failed)(request, failure)


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HubError)
    return answer(request, refusal.status, refusal)


async def _invalid(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, RequestValidationError)
    fields: dict[str, HubError] = {}
    for wrong in refusal.errors()[:MOST_FIELDS]:
        place = () if wrong["type"] == "json_invalid" else wrong["loc"][1:]
        name = ".".join(str(part) for part in place)[:LONGEST_FIELD]
        fields[name or "body"] = HubError("%(why)s", why=str(wrong["msg"]).removeprefix("Value error, "))
    if isinstance(refusal.body, bytes) and "body" in fields:
        fields = {"body": HubError(BODY_LOST)}
    return answer(request, 422, BadInput.of(fields or {"body": HubError(BODY_LOST)}))


async def _http(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HTTPException)
    if refusal.status_code == 400:  # the body broke off, is nested too deep, or is no text at all
        return answer(request, 422, BadInput.of({"body": HubError(BODY_LOST)}))
    response = answer(request, refusal.status_code)
    response.headers.update(refusal.headers or {})
    return response


async def _failed(request: Request, failure: Exception) -> Response:
    log.error("failed", route=request.scope.get("path_format", ""), exc_info=failure)
    return answer(request, 500)
