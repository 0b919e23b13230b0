"""One socket: who holds it, what it looks at, and what waits to be sent to it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING

from starlette.types import Send

from hub import access, clock, credentials
from hub.access import Actor
from hub.database import Tx
from web.live.wire import Told, Wire
from web.words import Locale

if TYPE_CHECKING:
    from web.live.channel import Channel

MOST_VIEWS = 64
SIGNED_OUT = 4401  # close codes: ours, and "try again later"
TRY_LATER = 1013


@dataclass(frozen=True)
class Credential:
    """What a socket was opened with, a session's secret or an access token; asked anew, never remembered."""

    session: str | None
    token: str | None

    def holder(self, tx: Tx) -> Actor | None:
        """Who holds it at this moment, with the roles held at this moment."""
        if self.token:
            staff = credentials.staff_of_token(tx, self.token)
        else:
            staff = credentials.staff_of_session(tx, self.session or "")
        return access.actor_of(tx, staff) if staff else None

    def expires_at(self, tx: Tx) -> datetime | None:
        return credentials.expiry(tx, self.session, self.token)


@dataclass(eq=False)
class Line:
    """One socket. A message goes out at once where the client takes it; where it is behind, `box` holds the
    newest of each view, so it is never longer than what is looked at: a client that reads slowly misses
    states in between, and never makes anybody wait.
    """

    credential: Credential
    me: Actor
    locale: Locale
    expires_at: datetime | None
    send: Send
    wire: Wire | None = None  # None behind a server that is not ours
    page: str = field(default_factory=lambda: token_hex(8))
    seen: "dict[str, Channel]" = field(default_factory=dict)  # what it looks at, by the name it gave
    is_doubted: bool = False  # the rights behind it may have changed: nothing is sent until they are read
    box: dict[str, Told] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    sending_since: float = 0.0
    closing: int = 0
    end: Callable[[], object] = lambda: None
    _pump: asyncio.Task[None] | None = None

    def put(self, name: str, told: Told) -> None:
        """Send this as soon as the socket takes it, unless a newer one of the same name comes first."""
        if self.is_doubted or self.closing:
            return
        if self._pump is None and self.wire is not None and self.wire.write(told.frame):
            return
        self.box[name] = told
        self._send_what_waits()

    def close(self, code: int) -> None:
        """End it once, with this code."""
        if self.closing:
            return
        self.closing = code
        if code != TRY_LATER:
            return self._send_what_waits()
        if self.wire is not None:
            self.wire.cut()  # it does not read, so it would not take a farewell either
        self.end()

    @property
    def has_lapsed(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()

    def stop(self) -> None:
        """The socket is gone: nothing waits any more."""
        if self._pump is not None:
            self._pump.cancel()

    def _send_what_waits(self) -> None:
        if self._pump is None:
            self._pump = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        """Send what waits, one after another, until nothing does or the line is closed."""
        time = asyncio.get_running_loop().time
        try:
            while self.box and not self.closing:
                told = self.box.pop(next(iter(self.box)))
                self.sending_since = time()
                await self.send(told.asgi)
                self.sending_since = 0.0
            if self.closing:
                await self.send({"type": "websocket.close", "code": self.closing})
                self.end()
        except Exception:
            self.end()  # whatever the server says of a send that fails, there is nobody left to send to
        finally:
            self._pump = None
