"""How a ring of the bell reaches other processes: PostgreSQL's NOTIFY, Redis, or a look at the SQLite file.

A wire carries hints. Those over a server (`hub.server_wire`) are loaded where they are asked for: their
drivers are fifteen megabytes, of which a hub on one machine needs none.
"""

from importlib import import_module

from hub.bell import Wire
from hub.database import Database
from hub.file_wire import FileWire
from hub.settings import Settings


def chosen(settings: Settings, database: Database) -> Wire | None:
    """The wire the settings ask for; None where the bell stays in this process.

    `auto` is NOTIFY on PostgreSQL and a look at the file on SQLite.
    """
    wire: Wire
    if settings.bell == "redis":
        wire = import_module("hub.redis_wire").RedisWire(settings.redis_url.get_secret_value())
    elif settings.bell == "memory":
        return None
    elif database.path:
        wire = FileWire(database.path)
    else:
        wire = import_module("hub.postgres_wire").PostgresWire(database.url)
    return wire


def connect(settings: Settings, database: Database) -> None:
    """Have this database's bell carried over the wire the settings ask for."""
    wire = chosen(settings, database)
    if wire:
        database.bell.carry(wire)
