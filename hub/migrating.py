"""Alembic, which runs our revisions: loaded only where there is one to run (`hub.schema`)."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from hub import schema


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our revisions."""
    made = Config()
    with schema.revisions() as folder:
        made.set_main_option("script_location", str(folder))
    if connection is not None:
        made.attributes["connection"] = connection
    return made


def migrate(connection: Connection) -> None:
    """Run every revision that the database has not, in the transaction at hand."""
    command.upgrade(config(connection), "head")
