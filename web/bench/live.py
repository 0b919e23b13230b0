"""`python -m web.bench.live`: how fast a change reaches a thousand open pages, beside a raw broadcast.

Twenty offices, each with its wall; every page looks at all twenty, in one of three languages, from a process
of its own. Twenty calls a second are registered by the verb itself. Then a bare websockets server broadcasts
the same bytes to as many sockets at the same pace, in turns with the hub, so that both have the same machine.
A wait runs from the commit (or the call of broadcast) to the page whose wall shows the change.
Goal: 20 changes/s to 1,000 sockets in 200 ms p99, twice a raw broadcast; 5,000 idle in 1 GB.
"""

import asyncio
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time, sleep
from typing import Any

import uvicorn
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast
from websockets.asyncio.server import serve as serve_raw

from dispatch import intake
from dispatch.complaint import Complaint
from hub import access, credentials, founding, schema
from hub.access import HUB, Actor
from hub.database import Database, Tx
from hub.organisation import Office, Staff
from hub.settings import Settings
from web import app
from web.live import views
from web.pages import VIEWS
from web.words import LOCALES, Locale

OFFICES, SOCKETS, IDLE, SLEEPERS = 20, 1_000, 5_000, 10
A_SECOND, SECONDS, ROUNDS = 20, 10.0, 3
SETTLE = 1.5

Change = tuple[int, int, float]  # office, the count its wall shows then, when
Say = Callable[[str], None]


def main(say: Say = print) -> None:
    """Measure, saying each figure as it is known."""
    with TemporaryDirectory(prefix="hub-bench-") as folder, ExitStack() as stack:
        hub = stack.enter_context(closing(Hub(Path(folder))))
        raw = stack.enter_context(closing(Raw()))
        crowd = stack.enter_context(_crowd())
        see = [f"tiles/O{number}" for number in range(OFFICES)]
        pages = {"locales": list(LOCALES), "see": see, "cookie": hub.cookie}
        before = _resident()
        crowd("open", port=hub.port, number=SOCKETS, **pages)
        crowd("open", port=raw.port, number=SOCKETS, locales=list(LOCALES), see=[], cookie="")
        sleep(5 * SETTLE)
        say(
            f"{SOCKETS:,} pages that look at {OFFICES} walls in {len(LOCALES)} languages, "
            f"{A_SECOND} changes a second"
        )
        for number in range(1, ROUNDS + 1):
            own = _round(crowd, 0, SOCKETS, hub.change)
            floor = _round(crowd, SOCKETS, SOCKETS, partial(raw.change, hub))
            say(f"round {number}: {_line('hub', own)}; {_line('raw', floor)}; {_ratio(own, floor)}")
        crowd("sleep", first=0, number=SLEEPERS)
        own = _round(crowd, SLEEPERS, SOCKETS - SLEEPERS, hub.change)
        say(f"{SLEEPERS} pages stopped reading: {_line('the others', own)}")
        crowd("open", port=hub.port, number=IDLE - SOCKETS, **(pages | {"see": see[:1]}))
        sleep(SETTLE)
        say(
            f"{IDLE:,} sockets of the hub and {SOCKETS:,} raw: {_resident():,.0f} MB, "
            f"{before:,.0f} MB before the first"
        )


def _round(crowd: Callable[..., Any], first: int, number: int, change: Callable[[], Change]) -> Any:
    """Changes at the pace for so many seconds, and how long each took to every page."""
    crowd("forget")
    changes, began, worked = [], monotonic(), process_time()
    for step in count():
        at = began + step / A_SECOND
        if at - began >= SECONDS:
            break
        sleep(max(0.0, at - monotonic()))
        changes.append(change())
    sleep(SETTLE)
    spent = (process_time() - worked) / len(changes)
    return {"cpu": spent, **crowd("late", first=first, number=number, changes=changes)}


def _line(who: str, found: Any) -> str:
    waits = found["waits"]
    p50, p99, most = (waits[name] * 1000 for name in ("p50", "p99", "most"))
    lost = f", {found['missing']} never came" if found["missing"] else ""
    spread = f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {most:.0f} ms of {waits['number']:,}"
    return f"{who} {spread}, {found['cpu'] * 1000:.0f} ms of processor a change{lost}"


def _ratio(own: Any, floor: Any) -> str:
    return "ratio " + ", ".join(
        f"{name} {own['waits'][name] / max(floor['waits'][name], 1e-9):.2f}" for name in ("p50", "p99")
    )


class Hub:
    """The whole hub on SQLite, serving in a thread of this process; changes are made by the verb."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'hub.db'}")
        schema.upgrade(self.database)
        self.actor, self.offices, secret = self.database.write(_found)
        self.cookie = f"hub_session={secret}"
        self._counts = [0] * OFFICES
        self._turns = count()
        door = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = int(door.getsockname()[1])
        settings = Settings(data_dir=folder, public_url=f"http://127.0.0.1:{self.port}")
        site = app.create(settings, self.database, clockwork=False)
        config = uvicorn.Config(
            site, log_level="error", access_log=False, ws_per_message_deflate=False, server_header=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [door]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            sleep(0.02)

    def change(self) -> Change:
        """One call, registered and dispatched; the offices take turns."""
        number = next(self._turns) % OFFICES
        said = Complaint(
            item="Kitchen tap leaks", name="Chan", unknown={"room": "lobby", "phone": "none"}, place="Hall"
        )
        office = self.offices[number]
        prepared = self.database.read(lambda tx: intake.prepare(tx, office, said))
        self.database.write(lambda tx: intake.receive(tx, self.actor, prepared))
        self._counts[number] += 1
        return number, self._counts[number], monotonic()

    def drawn(self, locale: Locale) -> str:
        """A wall as it is pushed."""

        def draw(tx: Tx) -> str:
            view, seen = views.find(tx, VIEWS, HUB, "tiles/O0")
            return view.draw(tx, seen, [locale])[locale]

        return json.dumps({"view": "tiles/O0", "html": self.database.read(draw)}, ensure_ascii=False)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.database.close()


class Raw:
    """The floor: nothing but websockets.broadcast of ready bytes, in a loop of its own."""

    def __init__(self) -> None:
        self._rooms: dict[Locale, set[ServerConnection]] = {locale: set() for locale in LOCALES}
        self._drawn: dict[Locale, str] = {}
        self._turns = count(1)
        self._counts = [0] * OFFICES
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: uvloop.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serve_raw(self._look_on, "127.0.0.1", 0, compression=None, backlog=2048) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self._ready.set()
            await self._stop.wait()

    async def _look_on(self, page: ServerConnection) -> None:
        path = page.request.path if page.request else ""
        for locale in LOCALES:
            if path.endswith(f"={locale}"):
                self._rooms[locale].add(page)
        await page.wait_closed()

    def change(self, hub: Hub) -> Change:
        """The bytes of a wall, with the next count in it, to everybody."""
        if not self._drawn:
            self._drawn = {locale: hub.drawn(locale) for locale in LOCALES}
        office = next(self._turns) % OFFICES
        self._counts[office] += 1
        texts = {
            locale: _numbered(html, office, self._counts[office]) for locale, html in self._drawn.items()
        }
        at = monotonic()
        self._loop.call_soon_threadsafe(self._broadcast, texts)
        return office, self._counts[office], at

    def _broadcast(self, texts: dict[Locale, str]) -> None:
        for locale, text in texts.items():
            broadcast(self._rooms[locale], text)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)


def _numbered(html: str, office: int, shown: int) -> str:
    here = html.replace("tiles/O0", f"tiles/O{office}", 1)
    return re.sub(r"(tile-in_hand.*?figure\\?\">)[\d,]+", rf"\g<1>{shown}", here, count=1, flags=re.DOTALL)


def _found(tx: Tx) -> tuple[Actor, list[Office], str]:
    """A company with its offices, and one of the quality department who may count them all."""
    company = founding.found_company(tx, "Bench Property", "en", "Asia/Hong_Kong")
    offices = [founding.open_office(tx, company, f"O{n}", f"Estate {n}", region="HK") for n in range(OFFICES)]
    for n, office in enumerate(offices):
        director = founding.add_staff(tx, company, f"director{n}", f"Dora {n}", office=office)
        founding.give_role(tx, director, "customer_director", company, office)
    person: Staff = founding.add_staff(tx, company, "quality", "Quinn")
    founding.give_role(tx, person, "quality", company)
    tx.flush()
    return access.actor_of(tx, person), offices, credentials.begin_session(tx, person, hours=24)


@contextmanager
def _crowd() -> Iterator[Callable[..., Any]]:
    """The process with the pages; called with an order and its values it answers what came of it."""
    command = [sys.executable, "-m", "web.bench.sockets"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None and child.stdout is not None
    to, back = child.stdin, child.stdout

    def tell(order: str, **said: Any) -> Any:
        to.write(json.dumps([order, said]) + "\n")
        to.flush()
        return json.loads(back.readline())

    try:
        yield tell
    finally:
        child.kill()
        child.wait()


def _resident() -> float:
    """Megabytes of memory this process holds."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
