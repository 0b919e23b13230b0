"""Alembic's entry: runs the revisions on the connection it is handed."""

from alembic import context
from sqlmodel import SQLModel

from hub import schema, schema_views, tables

assert tables.ALL

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=schema.is_modelled,
)
connection = context.config.attributes["connection"]
with context.begin_transaction():
    # what stands on the tables would forbid changing them; it is drawn anew from the newest ones
    schema_views.drop(connection)
    context.run_migrations()
    schema_views.create(connection)
