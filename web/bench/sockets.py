"""Many pages in one process of their own, for `hub bench live`: they take what comes and note when.

Read by lines on standard input, answered by lines on standard output, so that it runs beside the hub without
sharing its interpreter. A page here is a bare protocol: the library a test would use costs more per message
than the hub does, and would be what is measured.
"""

import asyncio
import base64
import json
import os
import re
import sys
from array import array
from time import monotonic
from typing import Any

import uvloop

COUNT = re.compile(rb"tiles/O(\d+).*?tile-in_hand.*?<b class=..?figure..?>([\d,]+)</b>", re.DOTALL)
AT_ONCE = 50


class Heard:
    """What came: for each message of a wall, which socket, which office, the count it shows, and when."""

    def __init__(self) -> None:
        self.socket, self.office, self.count, self.at = array("i"), array("i"), array("i"), array("d")
        self._known: dict[bytes, tuple[int, int]] = {}
        self.closed = 0

    def note(self, socket: int, payload: bytes, at: float) -> None:
        known = self._known.get(payload)
        if known is None:
            found = COUNT.search(payload)
            known = (int(found[1]), int(found[2].replace(b",", b""))) if found else (-1, 0)
            self._known[payload] = known
        if known[0] >= 0:
            self.socket.append(socket)
            self.office.append(known[0])
            self.count.append(known[1])
            self.at.append(at)

    def firsts(self, sockets: range) -> dict[tuple[int, int], list[tuple[int, float]]]:
        """By (socket, office): (count, when), in the order they came."""
        found: dict[tuple[int, int], list[tuple[int, float]]] = {}
        for socket, office, count, at in zip(self.socket, self.office, self.count, self.at, strict=True):
            if socket in sockets:
                found.setdefault((socket, office), []).append((count, at))
        return found


class Page(asyncio.Protocol):
    """One socket: shakes hands, says what it looks at, and cuts what comes into messages."""

    def __init__(
        self, number: int, request: bytes, see: bytes, heard: Heard, ready: asyncio.Future[None]
    ) -> None:
        self.number, self.request, self.see, self.heard, self.ready = number, request, see, heard, ready
        self.rest = b""
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        at = monotonic()
        data = self.rest + data if self.rest else data
        if not self.is_open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self.rest = head
                return
            self.is_open = True
            self.ready.set_result(None) if b" 101 " in head[:20] else self.ready.set_exception(OSError(head))
            self.transport.write(self.see)
        start, size = 0, len(data)
        while size - start >= 2:
            length, begin = data[start + 1] & 127, start + 2
            if length == 126:
                length, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
            elif length == 127:
                length, begin = int.from_bytes(data[begin : begin + 8], "big"), begin + 8
            if begin + length > size:
                break
            if data[start] & 15 == 1:
                self.heard.note(self.number, data[begin : begin + length], at)
            elif data[start] & 15 == 9:
                self.transport.write(_frame(10, data[begin : begin + length]))
            start = begin + length
        self.rest = data[start:]

    def connection_lost(self, _: Exception | None) -> None:
        self.heard.closed += 1
        if not self.ready.done():
            self.ready.set_exception(OSError("refused"))


def _frame(opcode: int, said: bytes) -> bytes:
    """A message as a client sends it; the mask is of zeros, which the protocol allows and costs nothing."""
    size = len(said)
    head = (
        bytes((128 | opcode, 128 | size))
        if size < 126
        else bytes((128 | opcode, 254)) + size.to_bytes(2, "big")
    )
    return head + bytes(4) + said


def _request(host: str, port: int, path: str, cookie: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Cookie: {cookie}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Crowd:
    """All pages of this process, and the orders they are given."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.pages: list[Page] = []

    async def open(self, port: int, number: int, locales: list[str], see: list[str], cookie: str) -> int:
        """Open so many more pages; answers how many are open now."""
        says = _frame(1, json.dumps({"see": see}).encode()) if see else b""
        for first in range(0, number, AT_ONCE):
            some = range(first, min(first + AT_ONCE, number))
            await asyncio.gather(*(self._one(port, locales[n % len(locales)], says, cookie) for n in some))
        return len(self.pages)

    async def _one(self, port: int, locale: str, says: bytes, cookie: str) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        request = _request("127.0.0.1", port, f"/live?locale={locale}", cookie)
        page = Page(len(self.pages), request, says, self.heard, ready)
        self.pages.append(page)
        await loop.create_connection(lambda: page, "127.0.0.1", port)
        await ready

    def sleep(self, first: int, number: int) -> int:
        """These pages stop reading, as a laptop does whose lid is shut."""
        for page in self.pages[first : first + number]:
            page.transport.pause_reading()
        return number

    def late(self, first: int, number: int, changes: list[tuple[int, int, float]]) -> dict[str, Any]:
        """How long each change (office, count, when) took to each of these pages, in seconds, sorted."""
        firsts = self.heard.firsts(range(first, first + number))
        waits, missing = [], 0
        for office, count, at in changes:
            for socket in range(first, first + number):
                came = next(
                    (when for shown, when in firsts.get((socket, office), ()) if shown >= count), None
                )
                if came is None:
                    missing += 1
                else:
                    waits.append(came - at)
        return {"waits": _spread(waits), "missing": missing, "closed": self.heard.closed}

    def forget(self) -> int:
        self.heard = Heard()
        for page in self.pages:
            page.heard = self.heard
        return 0


def _spread(waits: list[float]) -> dict[str, float]:
    waits.sort()
    at = {
        name: waits[min(len(waits) - 1, int(len(waits) * share))] if waits else -1.0 for name, share in SHARES
    }
    return {**at, "number": len(waits)}


SHARES = (("p50", 0.5), ("p99", 0.99), ("most", 1.0))


async def _obey() -> None:
    crowd = Crowd()
    reader = asyncio.StreamReader(limit=2**26)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        name, said = json.loads(line)
        answer = getattr(crowd, name)(**said)
        print(json.dumps(await answer if asyncio.iscoroutine(answer) else answer), flush=True)


if __name__ == "__main__":
    uvloop.run(_obey())
