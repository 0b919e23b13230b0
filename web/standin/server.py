"""Serves a carrier on loopback from a thread of this process: for tests and the demo."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from web.standin import api
from web.standin.carrier import Carrier

HOST = "127.0.0.1"


@contextmanager
def serving(carrier: Carrier, port: int = 0) -> Iterator[str]:
    """The address of the carrier's API while it is served; port 0 takes any free one."""
    listener = socket.create_server((HOST, port), backlog=512)
    server = uvicorn.Server(uvicorn.Config(api.create(carrier), log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, args=([listener],), name="carrier api", daemon=True)
    thread.start()
    carrier.address = f"http://{HOST}:{listener.getsockname()[1]}"
    try:
        yield carrier.address
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
