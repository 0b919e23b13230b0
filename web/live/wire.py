"""The way out of a socket: a message is made into its frame once, and the same bytes go to all who take them.

An ASGI server builds, checks and encodes each message for each socket; for a thousand pages that is most of
what a change costs. So our own server lends the application the connection itself, and a frame is written
into it as it is. Behind another server, or where a client is late, it goes the ordinary way (web.live.line).
"""

import json
from collections.abc import MutableMapping
from typing import Any, Protocol, cast

from starlette.types import Message
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

WIRE = "hub.wire"  # where the scope's extensions hold it


class Told:
    """One message to any number of pages: as ASGI has it, and as the frame that travels (RFC 6455, 5.2)."""

    __slots__ = ("asgi", "frame")

    def __init__(self, said: dict[str, Any]) -> None:
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        self.asgi: Message = {"type": "websocket.send", "text": text}
        self.frame = _frame(text.encode())


class Wire(Protocol):
    """A connection that takes ready frames."""

    def write(self, frame: bytes) -> bool:
        """Send these bytes at once; False, and nothing sent, where the client is behind."""

    def cut(self) -> None:
        """End the connection without a farewell: its client reads nothing."""


class Socket(WebSocketsSansIOProtocol):
    """uvicorn's own socket, also a Wire. An uncompressed frame fits any socket (RFC 7692, 6)."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            cast(MutableMapping[str, object], self.scope["extensions"])[WIRE] = self

    def write(self, frame: bytes) -> bool:
        if not self.writable.is_set() or self.close_sent or self.disconnected:
            return False
        self.transport.write(frame)
        return True

    def cut(self) -> None:
        self.transport.abort()


# How a server of ours serves sockets; compression nearly doubles the cost of a push (docs/decisions/0010).
SERVING: dict[str, Any] = {"ws": Socket, "ws_per_message_deflate": False, "ws_max_size": 2**16}


def _frame(payload: bytes) -> bytes:
    """An unfragmented text frame; a server's are not masked."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 2**16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload
