"""How long a webhook waits with 32 at a time: printed beside the floor of the same run, never asserted.

See the figure with `pytest -s tests/web/doors/twilio/test_latency.py`.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
import uvicorn
from sqlmodel import func, select

from hub.database import Database
from hub.inbound import Inbound
from tests.engines import SqliteTemplate
from tests.web.browser.conftest import _until_started
from tests.web.doors.twilio.carrier import PUBLIC, TOKEN, configured, sms
from web import app
from web.doors.twilio import signature

AT_ONCE, EACH = 32, 15


@pytest.fixture
def door(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[tuple[str, Database]]:
    for url in sqlite_template.fresh(tmp_path):
        database = Database(url)
        made = app.create(configured(tmp_path / "data"), database, clockwork=False)
        server = uvicorn.Server(uvicorn.Config(made, log_level="error", access_log=False))
        with closing(socket.create_server(("127.0.0.1", 0), backlog=256)) as listener:
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            _until_started(server)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", database
            server.should_exit = True
            thread.join()
        database.close()


@pytest.mark.slow
def test_webhooks_with_32_at_a_time_are_all_kept(door: tuple[str, Database]) -> None:
    address, database = door
    floor = _timed(address, lambda client, hand, n: client.get("/healthz"))
    asked = _timed(address, _text)
    kept = database.read(lambda tx: tx.scalars(select(func.count()).select_from(Inbound)).one())
    assert kept == AT_ONCE * EACH
    print(f"\nfloor (healthz)  {_said(floor)}\nsms webhook      {_said(asked)}")


def _text(client: httpx2.Client, hand: int, n: int) -> httpx2.Response:
    fields = sms(f"+8525{hand:03d}{n:04d}", "Kitchen tap leaks", f"SM{hand}x{n}")
    signed = signature.sign(TOKEN, f"{PUBLIC}/doors/twilio/sms", fields.items())
    form = "application/x-www-form-urlencoded"
    headers = {"x-twilio-signature": signed, "content-type": form}
    return client.post("/doors/twilio/sms", content=urlencode(fields), headers=headers)


def _timed(address: str, ask: Callable[[httpx2.Client, int, int], httpx2.Response]) -> list[float]:
    """Seconds of every request, sorted."""

    def hand(number: int) -> list[float]:
        spent = []
        with httpx2.Client(base_url=address, timeout=60, trust_env=False) as client:
            for n in range(EACH):
                began = time.perf_counter()
                assert ask(client, number, n).status_code == 200
                spent.append(time.perf_counter() - began)
        return spent

    with ThreadPoolExecutor(AT_ONCE) as hands:
        return sorted(one for spent in hands.map(hand, range(AT_ONCE)) for one in spent)


def _said(seconds: list[float]) -> str:
    p50, p99 = (seconds[int(len(seconds) * share)] * 1000 for share in (0.5, 0.99))
    return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms of {len(seconds)}"
