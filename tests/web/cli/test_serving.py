"""How the site is served: who asks is told by trusted proxies alone."""

import socket
import threading
from contextlib import closing
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI, Request

from hub.settings import Settings
from web.cli.serve import serving
from web.deps import address_of


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("127.0.0.1,::1", "203.0.113.9"), ("127.0.0.0/8", "203.0.113.9"), ("10.1.2.3", "127.0.0.1")],
    ids=["here", "a network", "elsewhere"],
)
def test_who_asks_is_whom_a_trusted_proxy_names(proxies: str, seen: str) -> None:
    site = FastAPI()

    @site.get("/who")
    async def who(request: Request) -> str:
        return address_of(request)

    settings = Settings(_env_file=None, proxies=proxies)  # type: ignore[call-arg]
    server = uvicorn.Server(serving(site, settings))
    with closing(socket.socket()) as door:
        door.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{door.getsockname()[1]}/who"
        running: Any = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        running.start()
        try:
            with httpx2.Client(trust_env=False, timeout=10) as client:
                answer = client.get(address, headers={"X-Forwarded-For": "203.0.113.9"})
        finally:
            server.should_exit = True
            running.join(10)
    assert answer.json() == seen
