"""The bell's wire over Redis or Valkey."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis

from hub.server_wire import LOOK_SECONDS, Say, ServerWire


class RedisWire(ServerWire):
    """Redis or Valkey pub/sub. Publishing knows no database numbers, so the channel carries the URL's."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.channel = f"hub:{redis.Redis.from_url(url).get_connection_kwargs().get('db', 0)}:changed"

    @contextmanager
    def speaking(self) -> Iterator[Say]:
        with self._open() as client:
            yield lambda payload: client.publish(self.channel, payload)

    @contextmanager
    def hearing(self) -> Iterator[Iterator[str | None]]:
        with self._open() as client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(self.channel)
            yield self._heard_on(pubsub)

    def _open(self) -> redis.Redis:
        return redis.Redis.from_url(
            self._url,
            decode_responses=True,
            socket_connect_timeout=5,
            socket_timeout=10,
            health_check_interval=10,
        )

    def _heard_on(self, pubsub: Any) -> Iterator[str | None]:
        while True:
            said = pubsub.get_message(timeout=LOOK_SECONDS)
            yield said["data"] if said else None
