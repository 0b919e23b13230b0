"""indexes of few hold those few alone; the like of a place is found by category, what waits by priority"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

EXTERNAL = ["office_id", "external_source", "external_ref"]
FEW = (
    ("uq_ticket_external", "ticket", EXTERNAL, "external_source IS NOT NULL", True),
    ("ix_ticket_lead_id", "ticket", ["lead_id"], "lead_id IS NOT NULL", False),
    ("ix_ticket_callback_at", "ticket", ["callback_at"], "callback_at IS NOT NULL", False),
    ("ix_promise_order_id", "promise", ["order_id"], "order_id IS NOT NULL", False),
)
PLACES = (
    ("ix_ticket_room", ["room_id", "closed_at", "received_at"]),
    ("ix_ticket_building", ["building_id", "closed_at", "received_at"]),
)


def upgrade() -> None:
    for name, table, columns, only, is_unique in FEW:
        op.drop_index(name, table_name=table)
        where = sa.text(only)
        op.create_index(name, table, columns, unique=is_unique, sqlite_where=where, postgresql_where=where)
    for name, columns in PLACES:
        op.drop_index(name, table_name="ticket")
        op.create_index(name, "ticket", [*columns, "category_id"])
    op.add_column("pending", sa.Column("priority", sa.String(), nullable=False, server_default="P2"))
    op.drop_index("ix_pending_consumer", table_name="pending")
    op.create_index("ix_pending_next", "pending", ["consumer", "priority", "id"])


def downgrade() -> None:
    op.drop_index("ix_pending_next", table_name="pending")
    op.create_index("ix_pending_consumer", "pending", ["consumer"])
    op.drop_column("pending", "priority")
    for name, columns in PLACES:
        op.drop_index(name, table_name="ticket")
        op.create_index(name, "ticket", columns)
    for name, table, columns, _, is_unique in FEW:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, unique=is_unique)
