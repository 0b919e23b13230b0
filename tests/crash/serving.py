"""A whole hub under load over HTTP, to be killed: every 201 a caller has read is one line."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import select

from hub import credentials
from hub.database import Database, Tx
from hub.organisation import Staff
from tests.crash.load import ANSWERED, RECEIVED

ROOT = Path(__file__).resolve().parents[2]
CALLERS = 8
PATIENCE = 60  # seconds until a loaded machine has brought the hub up


def kill_a_hub_that_serves(url: str, seconds: float) -> list[str]:
    """`hub serve` on this database, loaded by callers, killed without a word. Answers what they were told."""
    token, port = _token(url), _free_port()
    environment = os.environ | {"HUB_DATABASE_URL": url}
    command = [Path(sys.executable).parent / "hub", "serve", "--port", str(port)]
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    told: list[str] = []
    callers = [threading.Thread(target=_call, args=(port, token, hand, told)) for hand in range(CALLERS)]
    try:
        _wait_for(port, child)
        for caller in callers:
            caller.start()
        _wait_until(lambda: bool(told))
        time.sleep(seconds)
    finally:
        child.send_signal(signal.SIGKILL)
    assert child.wait(PATIENCE) == -signal.SIGKILL
    for caller in callers:
        caller.join(PATIENCE)
    return told


def _call(port: int, token: str, hand: int, told: list[str]) -> None:
    """Register matters, and answer every third, until the line is cut."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        for n in count():
            caller = {"name": "Chan Siu Ming", "room": "A-1203", "phone": f"+8526{hand:03d}{n:04d}"}
            said = {"caller": caller, "item": "Tap leaks", "channel": "phone"}
            number = _post(line, token, "/api/v1/tickets", said)
            told.append(f"{RECEIVED} {number}")
            if n % 3 == 0:
                _post(line, token, f"/api/v1/tickets/{number}/answers", {"text": "Somebody will come"})
                told.append(f"{ANSWERED} {number}")
    except (OSError, http.client.HTTPException):
        return  # killed: what was not read in full was not promised
    except RuntimeError as refused:
        told.append(f"refused {refused}")  # the test stops at it
    finally:
        line.close()


def _post(line: http.client.HTTPConnection, token: str, path: str, said: dict[str, Any]) -> str:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line.request("POST", path, json.dumps(said), headers)
    answer = line.getresponse()
    body = json.loads(answer.read())
    if answer.status not in (200, 201):
        raise RuntimeError(f"{answer.status}: {body}")
    return str(body["number"])


def _token(url: str) -> str:
    def make(tx: Tx) -> str:
        return credentials.make_token(tx, tx.scalars(select(Staff).where(Staff.login == "clara")).one(), None)

    database = Database(url)
    try:
        return database.write(make)
    finally:
        database.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert child.poll() is None, "the hub ended before it was killed"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _wait_until(answers)


def _wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
