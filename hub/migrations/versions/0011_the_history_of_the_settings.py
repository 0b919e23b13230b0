"""the history of the settings: an index of the few events it shows, apart from the many sign-ins"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OF_SETTINGS = sa.text(
    "kind IN ('settings_changed', 'staff_added', 'role_granted', 'role_ended',"
    " 'staff_left', 'sign_in_reset', 'channel_tried')"
)


def upgrade() -> None:
    op.create_index(
        "ix_event_settings",
        "event",
        ["stream", "seq"],
        sqlite_where=OF_SETTINGS,
        postgresql_where=OF_SETTINGS,
    )


def downgrade() -> None:
    op.drop_index("ix_event_settings", table_name="event")
