"""Every refusal is drawn here, once: a problem (RFC 9457) for programs and htmx, a page for a browser."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hub.errors import BadInput, HubError, NotNow, Unknown
from web.templating import render, words_of
from web.words import N_

BODY_LOST = N_("the body is not what this address takes")

log = structlog.get_logger("web.problems")


def install(app: FastAPI) -> None:
    """Have the app draw every refusal and failure through here."""
    app.add_exception_handler(HubError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def problem(request: Request, status: int, refusal: HubError | None = None) -> JSONResponse:
    """The refusal as problem+json: what, why, every bad field, and which steps are legal."""
    words = words_of(request)
    detail = words.gettext(refusal.message, **refusal.params) if refusal else ""
    body: dict[str, Any] = {
        "type": f"about:blank#{refusal.code}" if refusal else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    if refusal:
        body["code"] = refusal.code
    if isinstance(refusal, BadInput):
        body["errors"] = {
            field: words.gettext(reason.message, **reason.params) for field, reason in refusal.fields.items()
        }
    if isinstance(refusal, NotNow):
        body["legal"] = list(refusal.legal)
    request_id = getattr(request.state, "request_id", None)
    if request_id:
        body["request_id"] = request_id
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")


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
        where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/session?next={quote(where)}", 303)
    request_id = getattr(request.state, "request_id", "")
    return render(
        request, "error.html", status_code=status, status=status, refusal=refusal, request_id=request_id
    )


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HubError)
    return answer(request, refusal.status, refusal)


async def _invalid(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, RequestValidationError)
    fields: dict[str, HubError] = {}
    for wrong in refusal.errors():
        place = [str(part) for part in wrong["loc"] if part not in ("body", "query", "path", "header")]
        fields[".".join(place) or "body"] = HubError("%(reason)s", reason=str(wrong["msg"]))
    return answer(request, 422, BadInput.of(fields or {"body": HubError(BODY_LOST)}))


async def _http(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HTTPException)
    response = answer(request, refusal.status_code)
    response.headers.update(refusal.headers or {})
    return response


async def _failed(request: Request, failure: Exception) -> Response:
    log.error("failed", route=request.scope.get("path_format", ""), exc_info=failure)
    return answer(request, 500)
