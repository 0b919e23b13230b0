"""indexes for statistics: events that are counted, promises that were kept"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COUNTED = sa.text("kind IN ('ordered', 'returned', 'done', 'closed', 'unreached', 'reopened', 'urged')")
KEPT = sa.text("kept_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_event_counted",
        "event",
        ["office_id", "kind", "happened_at"],
        sqlite_where=COUNTED,
        postgresql_where=COUNTED,
    )
    op.create_index(
        "ix_promise_office_kept",
        "promise",
        ["office_id", "kept_at"],
        sqlite_where=KEPT,
        postgresql_where=KEPT,
    )


def downgrade() -> None:
    op.drop_index("ix_promise_office_kept", table_name="promise")
    op.drop_index("ix_event_counted", table_name="event")
