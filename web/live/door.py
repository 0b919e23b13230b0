"""The door of the live pages: the socket at /live, and for pages whose sockets are blocked, polling."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.database import Database, Tx
from hub.settings import Settings
from web.deps import Db, bearer, session_secret
from web.live import views
from web.live.line import Credential, Line
from web.live.switchboard import Switchboard
from web.live.wire import WIRE
from web.pages.shell import Reader
from web.templating import words_of
from web.words import known

REFUSED = 1008
MOST_SAID = 8_000  # characters of one message from a page

router = APIRouter(prefix="/live", include_in_schema=False)


@router.get("/fragment")
def fragment(
    request: Request, reader: Reader, db: Db, view: Annotated[str, Query(max_length=views.LONGEST_NAME)]
) -> Response:
    """The part as the socket would push it, for a page without one. 204 for a part that is asked for."""
    locale = words_of(request).locale

    def draw(tx: Tx) -> str | None:
        found, seen = views.find(tx, request.app.state.live.views, reader.me, view)
        return found.draw(tx, seen, [locale]).get(locale)

    drawn = db.read(draw)
    return Response(status_code=204) if drawn is None else Response(drawn, media_type="text/html")


class Door:
    """The socket. Who it is must be clear before it is accepted; its Origin was looked at (web.safety).

    From the page: `{"see": ["tiles/LG", …]}`, always all it looks at. To the page: `{"view", "html"}` to be
    shown, `{"changed": view}` to be asked for, `{"refused": [view, …]}`. Closes with 4401 when the session
    or token has ended, with 1013 when the page does not take what it is sent.
    """

    def __init__(self, database: Database, settings: Settings, board: Switchboard) -> None:
        self.database = database
        self.settings = settings
        self.board = board

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        connection = HTTPConnection(scope)
        credential = Credential(session_secret(connection), bearer(connection))
        holder, expires_at = await self.board.identify(credential)
        if holder is None:
            return await send({"type": "websocket.close", "code": REFUSED})
        locale = known(connection.query_params.get("locale")) or self.settings.locale
        await send({"type": "websocket.accept"})
        wire = scope.get("extensions", {}).get(WIRE)
        await self._keep(Line(credential, holder, locale, expires_at, send, wire), receive)

    async def _keep(self, line: Line, receive: Receive) -> None:
        """Hear what the page wants until it goes, or until the line is ended."""
        self.board.open(line)
        hearing = asyncio.create_task(self._hear(line, receive))
        line.end = hearing.cancel
        try:
            await asyncio.wait({hearing})
        finally:
            hearing.cancel()
            line.stop()
            await asyncio.gather(hearing, return_exceptions=True)
            await self.board.close(line)

    async def _hear(self, line: Line, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            names = _names(message.get("text") or "")
            if names is None:
                line.close(REFUSED)
                continue
            await self.board.see(line, names)


def _names(said: str) -> list[str] | None:
    """The views a page asks for; None when this is no such message."""
    try:
        told: Any = json.loads(said) if len(said) <= MOST_SAID else None
    except ValueError:
        return None
    names = told.get("see") if isinstance(told, dict) else None
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else None
