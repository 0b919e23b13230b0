"""The short way to a verb that a bad day asks for hundreds of times a second.

The framework's own way passes a dozen layers, solves every dependency by itself in threads of its own, checks
the answer against its model and walks through its values once more: as much work as registering the matter.
Here who asks is looked up in the very transaction of the verb, nothing waits in a thread, and the answer is
written out as it is. Whatever is unusual about a request (a cookie, an idempotency key, a body that is large
or not quite right) goes the framework's way, which does the same or says in its words why not.
Source: docs/decisions/0018-straight-to-the-driver.md.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.access import Actor
from hub.database import Database, Tx
from web import problems
from web.deps import asker, bearer

JSON = "application/json"
LONGEST = 65_536  # bytes of a body; a longer one is not what a person says


@dataclass(frozen=True)
class Way:
    """A verb of the API that answers a POST to `path`, in one write: what it takes and its good status."""

    path: str
    body: type[BaseModel]
    verb: Callable[[Tx, Actor, Any], BaseModel]
    status: int


class Quick:
    """Stands before the site and does what it can do quickly; the rest goes on to the site."""

    def __init__(self, app: FastAPI, database: Database, ways: Mapping[str, Way]) -> None:
        self.app: ASGIApp = app
        self._site, self._database, self._ways = app, database, ways

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = self._ways.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if way is None or not _is_plain(Headers(scope=scope)):
            return await self.app(scope, receive, send)
        body = await _whole(receive)
        said = _read(way.body, body) if body is not None else None
        if body is None or said is None:
            return await self.app(scope, _again(body, receive), send)
        request = Request({**scope, "app": self._site})
        scope["route"] = way  # for the line in the log
        response = await self._answer(request, way, said)
        await response(scope, receive, send)

    async def _answer(self, request: Request, way: Way, said: BaseModel) -> Response:
        token = bearer(request)
        written = self._database.write_soon(lambda tx: way.verb(tx, asker(tx, token, None), said))
        try:
            answer = await asyncio.wrap_future(written)
        except Exception as failure:
            return await problems.drawn(request, failure)
        return Response(answer.model_dump_json(), way.status, media_type=JSON)


def _is_plain(headers: Headers) -> bool:
    length = headers.get("content-length", "")
    return (
        headers.get("content-type") == JSON
        and headers.get("authorization", "").startswith("Bearer ")
        and "idempotency-key" not in headers
        and length.isdecimal()
        and int(length[:9]) <= LONGEST
    )


async def _whole(receive: Receive) -> bytes | None:
    """The whole body; None when its sender went away."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _read(kind: type[BaseModel], body: bytes) -> BaseModel | None:
    try:
        return kind.model_validate(json.loads(body))
    except (ValidationError, ValueError, RecursionError):
        return None


def _again(body: bytes | None, receive: Receive) -> Receive:
    """The body once more, for whoever has not heard it yet; then what comes after it."""
    first: list[Message] = [
        {"type": "http.disconnect"} if body is None else {"type": "http.request", "body": body}
    ]

    async def told() -> Message:
        return first.pop() if first else await receive()

    return told
