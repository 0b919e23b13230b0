"""work that failed is set aside with its reason"""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("next_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("work", "row_id", name=op.f("pk_set_aside")),
    )


def downgrade() -> None:
    op.drop_table("set_aside")
