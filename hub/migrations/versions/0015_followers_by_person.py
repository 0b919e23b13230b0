"""followers by person: whose screens a ticket is on is asked with every list"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_follower_staff_id", "follower", ["staff_id"])


def downgrade() -> None:
    op.drop_index("ix_follower_staff_id", "follower")
