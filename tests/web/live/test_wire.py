"""The way out: frames as the protocol has them, and a client that reads no more, who harms nobody."""

import asyncio
from collections.abc import Callable
from time import monotonic, sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from hub.access import HUB
from tests.house import leak
from tests.web.live.conftest import PATIENCE, Node
from web.live import switchboard
from web.live.line import Credential, Line
from web.live.wire import Told, _frame

LARGE = "x" * 200_000
MORE_THAN_BUFFERS_HOLD = 150  # of LARGE: 30 MB, where a system keeps some 10 MB for a reader who is late


@given(st.sampled_from((0, 1, 125, 126, 127, 65_535, 65_536, 70_000)))
def test_a_frame_is_the_one_the_library_would_make(size: int) -> None:
    payload = b"a" * size
    assert _frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


class Deaf:
    """A wire whose client takes nothing while `is_deaf`."""

    def __init__(self) -> None:
        self.is_deaf, self.is_cut = False, False
        self.frames: list[bytes] = []
        self.sent: list[Message] = []
        self.hears = asyncio.Event()

    def write(self, frame: bytes) -> bool:
        if not self.is_deaf:
            self.frames.append(frame)
        return not self.is_deaf

    def cut(self) -> None:
        self.is_cut = True

    async def send(self, message: Message) -> None:
        if self.is_deaf:
            await self.hears.wait()
        self.sent.append(message)

    def line(self) -> Line:
        return Line(Credential(None, None), HUB, "en", None, self.send, self)


def test_who_reads_gets_every_message_at_once_and_no_task_waits_for_them() -> None:
    async def play() -> None:
        wire = Deaf()
        line = wire.line()
        for number in range(100):
            line.put("tiles/LG", Told({"view": "tiles/LG", "html": str(number)}))
        assert len(wire.frames) == 100 and line.box == {} and line._pump is None

    asyncio.run(play())


def test_who_does_not_read_keeps_only_the_newest_of_each_view_and_gets_them_in_order() -> None:
    async def play() -> None:
        wire = Deaf()
        wire.is_deaf = True
        line = wire.line()
        for number in range(100):
            for view in ("tiles/LG", "heat/LG"):
                line.put(view, Told({"view": view, "html": str(number)}))
            await asyncio.sleep(0)
            assert len(line.box) <= 2, "no longer than what is looked at"
        wire.is_deaf = False
        wire.hears.set()
        line.put("tiles/LG", Told({"view": "tiles/LG", "html": "last"}))
        assert wire.frames == [], "nothing overtakes what waits"
        for _ in range(10):
            await asyncio.sleep(0)
        assert ['"last"' in message["text"] for message in wire.sent][-1] and len(wire.sent) == 3
        line.put("tiles/LG", Told({"changed": "tiles/LG"}))
        assert len(wire.frames) == 1, "and then it is quick again"

    asyncio.run(play())


def test_a_page_that_stops_reading_is_cut_alone_and_draws_everything_anew_when_it_is_back(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switchboard, "STALLED", 0.5)
    monkeypatch.setattr(switchboard, "SWEEP", 0.1)
    with node.page("dora", "tiles/LG") as sleeper, node.page("cody", "tiles/LG") as reader:
        sleeper.hear(), reader.hear()
        for number in range(MORE_THAN_BUFFERS_HOLD):
            node.push("tiles/LG", f"{number} {LARGE}")
            assert reader.shows("tiles/LG", f"{number} ")
        node.house.receive(node.house.actor("clara"), leak())
        reader.shows("tiles/LG", '<b class="figure">1</b>')
        _until(lambda: node.pages == 1)
        with pytest.raises(ConnectionClosed):
            while True:  # what had been sent before, and then no more
                sleeper.hear()
    with node.page("dora", "tiles/LG") as back:
        assert '<b class="figure">1</b>' in back.hear()["html"]


def _until(holds: Callable[[], bool]) -> None:
    until = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < until, "who does not read is still held"
        sleep(0.02)
