"""promises whose clock runs, by ticket: what the queues of an office ask of each of its open matters"""

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    op.drop_index("ix_promise_running", "promise")
