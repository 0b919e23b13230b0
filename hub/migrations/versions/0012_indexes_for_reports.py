"""indexes for reports: what figures ask of a receipt, a promise, an event or a callback stands in its index"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = (
    "'ordered', 'returned', 'done', 'closed', 'unreached', 'reopened', 'urged', "
    "'pressed', 'escalated', 'supervised'"
)
COUNTED = sa.text(f"kind IN ({KINDS})")
KEPT = sa.text("kept_at IS NOT NULL")
WAS = {
    "ix_ticket_received": ("ticket", ["office_id", "received_at"], None),
    "ix_promise_office_due": ("promise", ["office_id", "due_at"], None),
    "ix_promise_office_kept": ("promise", ["office_id", "kept_at"], KEPT),
    "ix_event_counted": ("event", ["office_id", "kind", "happened_at"], COUNTED),
}
MORE = {
    "ix_ticket_received": ["kind", "category_id", "room_id", "outcome", "lead_id"],
    "ix_promise_office_kept": ["due_at"],
    "ix_event_counted": ["ticket_id", "order_id", "by_id"],
}


def _make(name: str, table: str, columns: list[str], only: Any) -> None:
    op.drop_index(name, table_name=table)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def upgrade() -> None:
    for name, (table, columns, only) in WAS.items():
        if name == "ix_promise_office_due":
            _make(name, table, ["office_id", "kind", "due_at"], only)
        else:
            _make(name, table, [*columns, *MORE[name]], only)
    op.drop_index("ix_callback_office_id", table_name="callback")
    op.create_index("ix_callback_office_tried", "callback", ["office_id", "tried_at"])


def downgrade() -> None:
    op.drop_index("ix_callback_office_tried", table_name="callback")
    op.create_index("ix_callback_office_id", "callback", ["office_id"])
    for name, (table, columns, only) in WAS.items():
        _make(name, table, columns, only)
