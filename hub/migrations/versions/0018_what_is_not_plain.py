"""promises and tickets that are not plain, few of many: a year is counted from indexes, and these looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

IS_ODD = sa.text("(kept_at > due_at OR ended_at IS NOT NULL OR (kept_at IS NULL AND paused_at IS NOT NULL))")
IS_SET_APART = sa.text("(outcome IN ('withdrawn', 'duplicate') OR lead_id IS NOT NULL OR is_imported)")


def upgrade() -> None:
    for name, table, columns, only in (
        ("ix_promise_odd", "promise", ["office_id", "kind", "due_at"], IS_ODD),
        ("ix_ticket_set_apart", "ticket", ["office_id"], IS_SET_APART),
    ):
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("ix_ticket_set_apart", table_name="ticket")
    op.drop_index("ix_promise_odd", table_name="promise")
