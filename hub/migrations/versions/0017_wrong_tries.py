"""wrong passwords in a row, of a name and of an address"""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wrong_try",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("latest_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_wrong_try")),
    )
    op.create_index(op.f("ix_wrong_try_latest_at"), "wrong_try", ["latest_at"])


def downgrade() -> None:
    op.drop_table("wrong_try")
