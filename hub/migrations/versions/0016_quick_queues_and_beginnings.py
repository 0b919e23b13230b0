"""promises whose clock runs, by ticket: what queues ask of each open matter; the terms a search knows, on SQLite"""

import sqlalchemy as sa
from alembic import op

from hub import search

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

RUNS = sa.text("kept_at IS NULL AND ended_at IS NULL AND paused_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_promise_running",
        "promise",
        ["office_id", "ticket_id", "due_at"],
        sqlite_where=RUNS,
        postgresql_where=RUNS,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(search.CREATE_KNOWN)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TABLE {search.KNOWN}")
    op.drop_index("ix_promise_running", "promise")
