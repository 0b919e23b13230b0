"""One socket: who holds it, what it looks at, and what waits to be sent to it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING

from starlette.types import Message, Send

from hub import access, clock, credentials
from hub.access import Actor
from hub.database import Tx
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
    """One socket. `box` holds the newest message of each view, so it is never longer than what is looked at:
    a client that reads slowly misses states in between, and never makes anybody wait.
    """

    credential: Credential
    me: Actor
    locale: Locale
    expires_at: datetime | None
    send: Send
    page: str = field(default_factory=lambda: token_hex(8))
    seen: "dict[str, Channel]" = field(default_factory=dict)  # what it looks at, by the name it gave
    is_doubted: bool = False  # the rights behind it may have changed: nothing is sent until they are read
    box: dict[str, Message] = field(default_factory=dict)
    waker: asyncio.Event = field(default_factory=asyncio.Event)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    sending_since: float = 0.0
    closing: int = 0
    end: Callable[[], object] = lambda: None

    def put(self, name: str, message: Message) -> None:
        """Send this as soon as the socket takes it, unless a newer one of the same name comes first."""
        if self.is_doubted:
            return
        self.box[name] = message
        self.waker.set()

    def close(self, code: int) -> None:
        """End it once, with this code."""
        if not self.closing:
            self.closing = code
            self.waker.set()
            if code == TRY_LATER:
                self.end()  # it does not read, so it would not take a farewell either

    @property
    def has_lapsed(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()

    async def pump(self) -> None:
        """Send what waits, one after another, until the line is closed."""
        time = asyncio.get_running_loop().time
        while not self.closing:
            await self.waker.wait()
            self.waker.clear()
            while self.box and not self.closing:
                message = self.box.pop(next(iter(self.box)))
                self.sending_since = time()
                await self.send(message)
                self.sending_since = 0.0
        await self.send({"type": "websocket.close", "code": self.closing})
