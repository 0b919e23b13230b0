"""Connects the bell with the sockets: what rang is drawn once for all who look on, and handed to each.

Everything here runs in the event loop, so nothing needs a lock; looking things up and drawing happen in
threads. A channel is one view under one key with everybody who looks on. It is drawn at once when it rings,
then rests a little: a lonely change is never held back, and a burst is gathered while the last one is drawn.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import structlog
from anyio import CapacityLimiter, to_thread

from hub import presence
from hub.access import Actor
from hub.bell import EVERYTHING, Topics
from hub.database import Database, Tx
from hub.errors import HubError
from web.live import views
from web.live.channel import Channel
from web.live.line import MOST_VIEWS, SIGNED_OUT, TRY_LATER, Credential, Line
from web.live.views import Seen, View, Views
from web.live.wire import Told
from web.words import Locale

REST = 0.05  # seconds between two drawings of a view at least …
SHARE = 3.0  # … and so many times as long as the drawing took, so that drawing never fills a core
SWEEP = 5.0
STALLED = 20.0  # a socket that has not taken one message for so long is cut
RENEW = presence.LEASE_SECONDS / 3
THREADS = 2

T = TypeVar("T")
Found = tuple[str, View, Seen]
log = structlog.get_logger("web.live")


class Switchboard:
    """All lines and channels of this process."""

    def __init__(self, database: Database, known: Views) -> None:
        self.database = database
        self.views = known
        self._lines: set[Line] = set()
        # By name and by what it means: "mine" is not the same for two people.
        self._channels: dict[tuple[str, Seen], Channel] = {}
        self._by_topic: dict[str, set[Channel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._limit: CapacityLimiter | None = None
        self.loop: asyncio.AbstractEventLoop | None = None  # where everything here runs, once it does

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Hear the bell and keep the lines, from here to the end of the block."""
        loop = self.loop = asyncio.get_running_loop()
        self._limit = CapacityLimiter(THREADS)

        def heard(topics: Topics) -> None:
            loop.call_soon_threadsafe(self.rung, topics)

        stop = self.database.bell.hear(heard)
        self.database.bell.listen()
        self._start(self._sweep())
        try:
            yield
        finally:
            stop()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def rung(self, topics: Topics) -> None:
        """Something changed: have it drawn, and the rights of whom it touches read anew."""
        everything = EVERYTHING in topics
        people = {topic for topic in topics if topic.startswith("staff:")}
        if everything or people:
            for line in self._lines:
                if everything or f"staff:{line.me.staff_id}" in people:
                    line.is_doubted = True
                    self._start(self._recheck(line))
        touched = self._channels.values() if everything else self._touched(topics)
        for channel in touched:
            channel.dirty.set()

    def _touched(self, topics: Topics) -> Iterable[Channel]:
        return [channel for topic in topics for channel in self._by_topic.get(topic, ())]

    # --- lines -----------------------------------------------------------------

    async def identify(self, credential: Credential) -> tuple[Actor | None, datetime | None]:
        """Who holds this session or token, and until when."""
        return await self._read(lambda tx: (credential.holder(tx), credential.expires_at(tx)))

    def open(self, line: Line) -> None:
        self._lines.add(line)

    async def close(self, line: Line) -> None:
        """The socket is gone."""
        self._lines.discard(line)
        for name in tuple(line.seen):
            await self._leave(line, name)

    async def see(self, line: Line, names: list[str]) -> None:
        """The line looks at these views from now on, and at no others; those it may not see are refused."""
        async with line.lock:
            wanted = list(dict.fromkeys(names))[:MOST_VIEWS]
            for gone in set(line.seen).difference(wanted):
                await self._leave(line, gone)
            await self._join(line, [name for name in wanted if name not in line.seen])

    async def _join(self, line: Line, names: list[str]) -> None:
        me, found, refused = await self._read(lambda tx: self._find(tx, line, names))
        if me is None:
            return line.close(SIGNED_OUT)
        line.me = me
        for name, view, seen in found:
            channel = line.seen[name] = self._channel(name, view, seen)
            channel.join(line)
            if view.is_presence and me.staff_id is not None:
                await self._write(
                    partial(presence.enter, ticket_id=seen.id, staff_id=me.staff_id, page=line.page)
                )
        if refused:
            line.put("refused", Told({"refused": refused}))

    def _find(self, tx: Tx, line: Line, names: list[str]) -> tuple[Actor | None, list[Found], list[str]]:
        """Who holds the line now, what these names are to them, and which they may not see."""
        me = line.credential.holder(tx)
        found: list[Found] = []
        refused: list[str] = []
        for name in names:
            if me is None:
                break
            try:
                found.append((name, *views.find(tx, self.views, me, name)))
            except HubError:
                refused.append(name)
        return me, found, refused

    async def _leave(self, line: Line, name: str) -> None:
        channel = line.seen.pop(name)
        line.box.pop(name, None)
        channel.leave(line)
        if channel.view.is_presence:
            await self._write(lambda tx: presence.leave(tx, channel.seen.id, line.page))

    async def _recheck(self, line: Line) -> None:
        """Read who holds the line and what they may see now; what they may not is taken away."""
        async with line.lock:
            if not line.is_doubted:
                return
            names = sorted(line.seen)
            for name in names:
                await self._leave(line, name)
            line.box.clear()
            line.is_doubted = False
            try:
                await self._join(line, names)
            except Exception:
                # the page comes back by itself and draws everything anew
                log.exception("live")
                line.close(TRY_LATER)

    # --- channels --------------------------------------------------------------

    def _channel(self, name: str, view: View, seen: Seen) -> Channel:
        channel = self._channels.get((name, seen))
        if channel is None:
            channel = self._channels[name, seen] = Channel(name, view, seen)
            self._by_topic.setdefault(seen.topic, set()).add(channel)
            self._start(self._keep(channel))
        return channel

    async def _keep(self, channel: Channel) -> None:
        """Draw the channel whenever it rang, and with its beat, as long as somebody looks on."""
        while True:
            await _until(channel.dirty, channel.view.beat)
            channel.dirty.clear()
            if not channel.lines:
                break
            spent = 0.0
            try:
                spent = await self._show(channel)
            except Exception:
                log.exception("live", view=channel.name)
            await asyncio.sleep(max(REST, SHARE * spent))
        del self._channels[channel.name, channel.seen]
        self._by_topic[channel.seen.topic].discard(channel)
        if not self._by_topic[channel.seen.topic]:
            del self._by_topic[channel.seen.topic]

    async def _show(self, channel: Channel) -> float:
        """Draw and hand out. Answers how many seconds the drawing itself took."""
        if channel.view.look is None:
            channel.tell()
            return 0.0
        locales = channel.locales

        def draw(tx: Tx) -> tuple[dict[Locale, str], float]:
            began = monotonic()
            return channel.view.draw(tx, channel.seen, locales), monotonic() - began

        drawn, spent = await self._read(draw)
        channel.show(drawn)
        return spent

    # --- care --------------------------------------------------------------------

    async def _sweep(self) -> None:
        """Cut who does not read and whose session has lapsed; renew the leases of those who are here."""
        time = asyncio.get_running_loop().time
        renewed = time()
        while True:
            await asyncio.sleep(SWEEP)
            for line in tuple(self._lines):
                if line.has_lapsed:
                    line.close(SIGNED_OUT)
                elif line.sending_since and time() - line.sending_since > STALLED:
                    line.close(TRY_LATER)
            if time() - renewed >= RENEW:
                renewed = time()
                await self._renew()

    async def _renew(self) -> None:
        present = [channel for channel in self._channels.values() if channel.view.is_presence]
        pages = [line.page for channel in present for lines in channel.lines.values() for line in lines]
        if pages:
            await self._write(lambda tx: presence.renew(tx, pages))

    async def _read(self, fn: Callable[[Tx], T]) -> T:
        return await to_thread.run_sync(lambda: self.database.read(fn), limiter=self._limit)

    async def _write(self, fn: Callable[[Tx], None]) -> None:
        """Write what may be lost; who is here is told again with the next lease."""
        try:
            await to_thread.run_sync(lambda: self.database.write(fn), limiter=self._limit)
        except Exception:
            log.exception("live")

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _until(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for the event, at most so long; None waits for ever."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
