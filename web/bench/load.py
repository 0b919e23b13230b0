"""A cheap client in a process of its own: some connections that each ask again as soon as they are answered.

Run as `python -m web.bench.load`: one order as JSON on standard input, what came of it as JSON on standard
output. It speaks just enough HTTP/1.1 to cost little beside the server it shares the machine with.
"""

import asyncio
import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import chain, count
from typing import Any, cast

import uvloop

from web.bench import matters

END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass
class Errand:
    """What to ask: GET `paths` in turn, with `cookie`; without any, POST a new matter each time.

    Matter n is told in the office whose clerk holds token n modulo their number; `first` keeps two loads
    apart. `ports` are shared out among the connections. With `keyed` every matter has its own idempotency
    key, and those of `again` are sent before new ones: nobody knows what became of them. `victim` is a
    process that is killed so many seconds after all connections stand. With `raw`, whole requests, each of
    them is sent once, and no more when there are none left.
    """

    ports: list[int]
    clients: int
    seconds: float
    tokens: list[str] = field(default_factory=list)
    cookie: str = ""
    paths: list[str] = field(default_factory=list)
    first: int = 0
    keyed: bool = False
    again: list[int] = field(default_factory=list)
    victim: tuple[int, float] | None = None
    raw: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What came of it: seconds per answer in order, the wall time, and answers that were no 2xx.

    `kept` are the matters answered with 201 and their numbers, `unknown` those sent and not answered.
    """

    times: list[float]
    seconds: float
    refused: int
    said: str
    kept: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


class _Connection(asyncio.Protocol):
    """One connection: send, wait for the whole answer, note its time, send again."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._buffer = b""
        self._began = 0.0
        self._length = -1
        self._turn = 0
        self._transport: asyncio.WriteTransport
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._length < 0:
            end = self._buffer.find(END)
            if end < 0:
                return
            head = self._buffer[:end].lower()
            at = head.index(LENGTH) + len(LENGTH)
            stop = head.find(b"\r\n", at)
            self._length = end + len(END) + int(head[at : stop if stop >= 0 else None])
        if len(self._buffer) >= self._length:
            self._load.answered(self._turn, self._buffer, time.perf_counter() - self._began)
            self._buffer, self._length = b"", -1
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._load.lost(self._turn)
            self.done.set_result(None)

    def _next(self) -> None:
        if self._load.is_over():
            self.done.set_result(None)
            self._transport.close()
            return
        self._turn, request = self._load.request()
        self._began = time.perf_counter()
        self._transport.write(request)


class _Load:
    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.times: list[float] = []
        self.kept: list[tuple[int, str]] = []
        self.unknown: list[int] = []
        self.refused, self.said = 0, ""
        self._until = 0.0
        self._turns = chain(errand.again, count(errand.first))
        self._raw = errand.raw[::-1]
        self._cookie = f"Cookie: {errand.cookie}\r\n" if errand.cookie else ""

    async def run(self) -> float:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        self._until = began + self.errand.seconds
        ports = self.errand.ports
        made = [
            await loop.create_connection(lambda: _Connection(self), "127.0.0.1", ports[n % len(ports)])
            for n in range(self.errand.clients)
        ]
        if self.errand.victim:
            process, after = self.errand.victim
            loop.call_later(after, os.kill, process, signal.SIGKILL)
        await asyncio.gather(*(protocol.done for _, protocol in made))
        return time.perf_counter() - began

    def is_over(self) -> bool:
        return time.perf_counter() >= self._until or (bool(self.errand.raw) and not self._raw)

    def request(self) -> tuple[int, bytes]:
        """The next matter's number (or turn of the paths), and the request."""
        turn, errand = next(self._turns), self.errand
        if self._raw:
            return turn, self._raw.pop().encode()
        if errand.paths:
            path = errand.paths[turn % len(errand.paths)]
            return turn, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self._cookie}\r\n".encode()
        tokens = errand.tokens
        body = json.dumps(matters.told(turn, len(tokens)), ensure_ascii=False).encode()
        key = f"Idempotency-Key: matter-{turn}\r\n" if errand.keyed else ""
        head = (
            "POST /api/v1/tickets HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {tokens[turn % len(tokens)]}\r\n{key}Content-Length: {len(body)}\r\n\r\n"
        )
        return turn, head.encode() + body

    def answered(self, turn: int, answer: bytes, seconds: float) -> None:
        self.times.append(seconds)
        if answer[9:10] != b"2":
            self.refused += 1
            self.said = self.said or answer[:1_500].decode(errors="replace")
        elif not (self.errand.paths or self.errand.raw):
            at = answer.index(b'"number":"') + len(b'"number":"')
            self.kept.append((turn, answer[at : answer.index(b'"', at)].decode()))

    def lost(self, turn: int) -> None:
        """The hub went away with this one unanswered."""
        self.unknown.append(turn)


async def _run(errand: Errand) -> Outcome:
    load = _Load(errand)
    seconds = await load.run()
    return Outcome(load.times, seconds, load.refused, load.said, load.kept, load.unknown)


def main() -> None:
    """Run the errand on standard input and write its outcome."""
    said: dict[str, Any] = json.load(sys.stdin)
    outcome = uvloop.run(_run(Errand(**said)))
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
