"""The bell's wire over PostgreSQL itself."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL

from hub.server_wire import LOOK_SECONDS, Say, ServerWire


class PostgresWire(ServerWire):
    """LISTEN and NOTIFY: nothing to install beside the database. Rung after the commit, on a connection of
    its own, because a NOTIFY inside a transaction makes every commit wait for the one before it.
    """

    CHANNEL = "hub_changed"

    def __init__(self, url: URL) -> None:
        super().__init__()
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def speaking(self) -> Iterator[Say]:
        with self._open() as connection:
            yield lambda payload: connection.execute("SELECT pg_notify(%s, %s)", (self.CHANNEL, payload))

    @contextmanager
    def hearing(self) -> Iterator[Iterator[str | None]]:
        with self._open() as connection:
            connection.execute(f"LISTEN {self.CHANNEL}")
            # left in the middle of a notice it would hold the connection's lock, and closing wait for it
            with closing(self._heard_on(connection)) as heard:
                yield heard

    def _open(self) -> psycopg.Connection[Any]:
        # A server that is gone without a word is noticed within half a minute.
        return psycopg.connect(
            self._address,
            autocommit=True,
            connect_timeout=5,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    def _heard_on(self, connection: psycopg.Connection[Any]) -> Generator[str | None]:
        while True:
            with closing(connection.notifies(timeout=LOOK_SECONDS)) as notices:
                for notice in notices:
                    yield notice.payload
            yield None
