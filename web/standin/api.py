"""The carrier's REST API (2010-04-01) as an ASGI application: messages, media, calls, recordings."""

import base64
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from web.standin import control, shapes
from web.standin.carrier import Carrier, Refused
from web.standin.records import Media, Message

A = "/2010-04-01/Accounts/{account}"
T = TypeVar("T")


def create(carrier: Carrier) -> Starlette:
    """The application of this carrier; its state stays in the carrier."""
    app = Starlette(routes=[*_routes(), *control.routes()], exception_handlers={Refused: _refuse})
    app.state.carrier = carrier
    return app


def _routes() -> list[BaseRoute]:
    return [
        Route(f"{A}/Messages.json", _post_message, methods=["POST"]),
        Route(f"{A}/Messages.json", _messages),
        Route(f"{A}/Messages/{{sid}}/Media.json", _media_list),
        Route(f"{A}/Messages/{{sid}}/Media/{{media}}.json", _media),
        Route(f"{A}/Messages/{{sid}}/Media/{{media}}", _media_content),
        Route(f"{A}/Messages/{{sid}}.json", _message),
        Route(f"{A}/Calls.json", _post_call, methods=["POST"]),
        Route(f"{A}/Calls.json", _calls),
        Route(f"{A}/Calls/{{sid}}/Recordings.json", _recordings),
        Route(f"{A}/Calls/{{sid}}.json", _update_call, methods=["POST"]),
        Route(f"{A}/Calls/{{sid}}.json", _call),
        Route(f"{A}/Recordings.json", _recordings),
        Route(f"{A}/Recordings/{{sid}}.json", _recording),
        Route(f"{A}/Recordings/{{sid}}", _recording_audio),
        Route("/store/{sid}/{media}", _stored),
    ]


def _of(request: Request) -> Carrier:
    carrier: Carrier = request.app.state.carrier
    return carrier


def _checked(request: Request) -> Carrier:
    """The carrier, for whoever knows the account's token. Raises Refused (20003)."""
    carrier = _of(request)
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    expected = f"{carrier.account_sid}:{carrier.auth_token}".encode()
    try:
        given = base64.b64decode(told) if scheme.lower() == "basic" else b""
    except ValueError:
        given = b""
    if not secrets.compare_digest(given, expected) or request.path_params["account"] != carrier.account_sid:
        raise Refused(401, 20003, "Authenticate")
    return carrier


async def _refuse(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    wait = {"Retry-After": str(refused.retry_after)} if refused.retry_after is not None else None
    return JSONResponse(
        shapes.refusal(refused.status, refused.code, refused.message), refused.status, headers=wait
    )


async def _post_message(request: Request) -> Response:
    carrier, form = _checked(request), await request.form()

    def take() -> tuple[Message, bool]:
        fault = carrier.meet_weather()
        media = [Media(b"", "image/jpeg") for _ in form.getlist("MediaUrl")]
        return carrier.take_message(_said(form), media), fault is not None

    row, is_lost = await run_in_threadpool(take)
    if is_lost:
        raise Refused(502, 20500, "The answer was lost on the way.")
    return JSONResponse(shapes.message(row, carrier.account_sid), 201)


async def _post_call(request: Request) -> Response:
    carrier, form = _checked(request), await request.form()
    events = [str(one) for one in form.getlist("StatusCallbackEvent")]

    def take() -> tuple[object, bool]:
        fault = carrier.meet_weather()
        return shapes.call(carrier.take_call(_said(form), events), carrier.account_sid), fault is not None

    shape, is_lost = await run_in_threadpool(take)
    if is_lost:
        raise Refused(502, 20500, "The answer was lost on the way.")
    return JSONResponse(shape, 201)


async def _update_call(request: Request) -> Response:
    carrier, form = _checked(request), await request.form()
    sid = request.path_params["sid"]
    row = _found(carrier.calls.get(sid))
    if form.get("Status") in ("completed", "canceled"):
        await run_in_threadpool(carrier.talks[sid].hang_up)
    return JSONResponse(shapes.call(row, carrier.account_sid))


async def _messages(request: Request) -> Response:
    carrier = _checked(request)
    await run_in_threadpool(carrier.meet_weather)
    asked = dict(request.query_params)
    rows = [
        shapes.message(row, carrier.account_sid)
        for row in reversed(list(carrier.messages.values()))
        if _wanted(asked, row.to, row.from_) and _sent_within(asked, row.created_at, "DateSent")
    ]
    return JSONResponse(shapes.page("messages", rows, request.url.path, asked))


async def _calls(request: Request) -> Response:
    carrier = _checked(request)
    await run_in_threadpool(carrier.meet_weather)
    asked = dict(request.query_params)
    rows = [
        shapes.call(row, carrier.account_sid)
        for row in reversed(list(carrier.calls.values()))
        if _wanted(asked, row.to, row.from_)
        and asked.get("Status", row.stage) == row.stage
        and _sent_within(asked, row.created_at, "StartTime")
    ]
    return JSONResponse(shapes.page("calls", rows, request.url.path, asked))


async def _message(request: Request) -> Response:
    carrier = _checked(request)
    row = _found(carrier.messages.get(request.path_params["sid"]))
    return JSONResponse(shapes.message(row, carrier.account_sid))


async def _call(request: Request) -> Response:
    carrier = _checked(request)
    return JSONResponse(
        shapes.call(_found(carrier.calls.get(request.path_params["sid"])), carrier.account_sid)
    )


async def _media_list(request: Request) -> Response:
    carrier = _checked(request)
    row = _found(carrier.messages.get(request.path_params["sid"]))
    rows = [shapes.media(one, row.sid, carrier.account_sid) for one in row.media]
    return JSONResponse(shapes.page("media_list", rows, request.url.path, dict(request.query_params)))


async def _media(request: Request) -> Response:
    carrier = _checked(request)
    row, one = _piece(carrier, request)
    return JSONResponse(shapes.media(one, row.sid, carrier.account_sid))


async def _media_content(request: Request) -> Response:
    """As at Twilio, the content lies elsewhere and one is sent there."""
    carrier = _checked(request)
    row, one = _piece(carrier, request)
    return RedirectResponse(f"/store/{row.sid}/{one.sid}", 307)


async def _stored(request: Request) -> Response:
    _, one = _piece(_of(request), request)
    return Response(one.content, media_type=one.content_type)


async def _recordings(request: Request) -> Response:
    carrier = _checked(request)
    of = request.path_params.get("sid")
    rows = [
        shapes.recording(row, carrier.account_sid)
        for row in reversed(list(carrier.recordings.values()))
        if of in (None, row.call_sid)
    ]
    for shape in rows if of else ():
        # Twilio has these only where recordings are asked for by themselves
        del shape["media_url"], shape["subresource_uris"]
    return JSONResponse(shapes.page("recordings", rows, request.url.path, dict(request.query_params)))


async def _recording(request: Request) -> Response:
    carrier = _checked(request)
    return JSONResponse(
        shapes.recording(_found(carrier.recordings.get(request.path_params["sid"])), carrier.account_sid)
    )


async def _recording_audio(request: Request) -> Response:
    carrier = _checked(request)
    sid = request.path_params["sid"].removesuffix(".wav").removesuffix(".mp3")
    return Response(_found(carrier.recordings.get(sid)).audio, media_type="audio/x-wav")


def _piece(carrier: Carrier, request: Request) -> tuple[Message, Media]:
    row = _found(carrier.messages.get(request.path_params["sid"]))
    return row, _found(next((m for m in row.media if m.sid == request.path_params["media"]), None))


def _found(row: T | None) -> T:
    if row is None:
        raise Refused(404, 20404, "The requested resource was not found")
    return row


def _said(form: FormData) -> dict[str, str]:
    return {key: value for key, value in form.items() if isinstance(value, str)}


def _wanted(asked: dict[str, str], to: str, from_: str) -> bool:
    return asked.get("To", to) == to and asked.get("From", from_) == from_


def _sent_within(asked: dict[str, str], at: datetime, name: str) -> bool:
    """The filters DateSent, DateSent< and DateSent> take a day or a moment."""
    bounds: dict[str, Callable[[datetime], bool]] = {
        f"{name}>": lambda bound: at >= bound,
        f"{name}<": lambda bound: at <= bound,
        name: lambda bound: at.date() == bound.date(),
    }
    return all(keeps(_moment(asked[key])) for key, keeps in bounds.items() if key in asked)


def _moment(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Refused(400, 20001, f"{said} is not a date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
