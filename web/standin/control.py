"""The hands and ears of the pretend telephones over HTTP, for a simulator that runs in another process.

/standin/phones/{number} shows what a telephone got; texts, calls, keys and the weather are posted as JSON.
"""

from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from web.standin.carrier import Carrier
from web.standin.records import Message
from web.standin.talk import Talk
from web.standin.weather import Fault

HANDS = ("pick_up", "press", "speak", "wait", "hang_up", "dialled", "leave_queue")


def routes() -> list[BaseRoute]:
    return [
        Route("/standin/phones/{number}", _phone),
        Route("/standin/phones/{number}", _behave, methods=["PUT"]),
        Route("/standin/texts", _text, methods=["POST"]),
        Route("/standin/calls", _ring, methods=["POST"]),
        Route("/standin/calls/{sid}", _talk),
        Route("/standin/calls/{sid}/{hand}", _hand, methods=["POST"]),
        Route("/standin/weather", _weather, methods=["PUT"]),
        Route("/standin/counts", _counts),
    ]


def seen(talk: Talk) -> dict[str, Any]:
    """A call as the person's telephone shows it."""
    call = talk.call
    return {
        "sid": call.sid,
        "from": call.from_,
        "to": call.to,
        "direction": call.direction,
        "status": call.stage,
        "waits_for": talk.waits_for,
        "expects": talk.attributes,
        "heard": [asdict(one) for one in call.heard],
        "at": call.created_at.isoformat(),
    }


def text(message: Message) -> dict[str, Any]:
    """A text as the person's telephone shows it."""
    return {
        "sid": message.sid,
        "from": message.from_,
        "to": message.to,
        "body": message.body,
        "parts": message.parts,
        "status": message.stage,
        "direction": message.direction,
        "at": message.created_at.isoformat(),
    }


async def _phone(request: Request) -> Response:
    carrier, number = _of(request), request.path_params["number"]
    texts = [m for m in list(carrier.messages.values()) if number in (m.from_, m.to)]
    talks = [t for t in list(carrier.talks.values()) if t.call.person == number]
    return JSONResponse({"texts": [text(one) for one in texts], "calls": [seen(one) for one in talks]})


async def _behave(request: Request) -> Response:
    manner = _of(request).manner(request.path_params["number"])
    _set(manner, await request.json())
    return JSONResponse(asdict(manner))


async def _text(request: Request) -> Response:
    said = await request.json()
    message, reply = await run_in_threadpool(
        _of(request).text_hub,
        said["from"],
        said.get("body", ""),
        said.get("to", ""),
        times=said.get("times", 1),
    )
    return JSONResponse({**text(message), "answered": reply.status}, 201)


async def _ring(request: Request) -> Response:
    said = await request.json()
    talk = await run_in_threadpool(_of(request).ring_hub, said["from"], said.get("to", ""))
    return JSONResponse(seen(talk), 201)


async def _talk(request: Request) -> Response:
    talk = _of(request).talks.get(request.path_params["sid"])
    return JSONResponse(seen(talk)) if talk else Response(status_code=404)


async def _hand(request: Request) -> Response:
    talk, hand = _of(request).talks.get(request.path_params["sid"]), request.path_params["hand"]
    if talk is None or hand not in HANDS:
        return Response(status_code=404)
    said = await request.json() if await request.body() else {}
    await run_in_threadpool(getattr(talk, hand), **said)
    return JSONResponse(seen(talk))


async def _weather(request: Request) -> Response:
    weather, said = _of(request).weather, await request.json()
    if "faults" in said:
        weather.faults = [Fault(**one) for one in said.pop("faults")]
    _set(weather, said)
    return JSONResponse(asdict(weather))


async def _counts(request: Request) -> Response:
    carrier = _of(request)
    return JSONResponse({"messages": len(carrier.messages), "calls": len(carrier.calls)})


def _set(target: object, said: dict[str, Any]) -> None:
    for name, value in said.items():
        if hasattr(target, name):
            setattr(target, name, value)


def _of(request: Request) -> Carrier:
    carrier: Carrier = request.app.state.carrier
    return carrier
