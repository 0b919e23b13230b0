"""From when a promise is at risk, so that its queue is counted like every other.

It is a matter of the promise's calendar, which this revision cannot read. For those that run while it is made
the moment is taken as if their office never shut; what is promised or held from then on has its own.
"""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

RUNS = sa.text("kept_at IS NULL AND ended_at IS NULL AND paused_at IS NULL")
IS_OPEN = "kept_at IS NULL AND ended_at IS NULL"  # paused ones go on
AT_RISK = {
    "postgresql": "started_at + (due_at - started_at) * 0.8",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', julianday(started_at) * 0.2 + julianday(due_at) * 0.8)",
}


def upgrade() -> None:
    op.add_column("promise", sa.Column("warn_at", hub.columns.Moment(timezone=True), nullable=True))
    moment = AT_RISK[op.get_context().dialect.name]
    op.execute(f"UPDATE promise SET warn_at = {moment} WHERE {IS_OPEN}")
    _index("office_id", "ticket_id", "due_at", "warn_at")


def downgrade() -> None:
    _index("office_id", "ticket_id", "due_at")
    op.drop_column("promise", "warn_at")


def _index(*columns: str) -> None:
    op.drop_index("ix_promise_running", table_name="promise")
    op.create_index("ix_promise_running", "promise", columns, sqlite_where=RUNS, postgresql_where=RUNS)
