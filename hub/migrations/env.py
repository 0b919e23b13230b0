"""Alembic's entry: runs the revisions on the connection it is handed."""

from alembic import context
from sqlmodel import SQLModel

from hub import schema, tables

assert tables.ALL

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=schema.is_modelled,
)
with context.begin_transaction():
    context.run_migrations()
