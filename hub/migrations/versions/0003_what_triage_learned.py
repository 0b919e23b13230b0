"""what triage learned: one model per office and version; what the desk corrected, found quickly"""

import sqlalchemy as sa
from alembic import op

from hub.columns import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RETRIAGED = sa.text("kind = 'retriaged'")


def upgrade() -> None:
    op.create_table(
        "model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trained_at", Moment(timezone=True), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_model_company_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_model_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model")),
    )
    op.create_index(op.f("ix_model_company_id"), "model", ["company_id"])
    op.create_index(op.f("ix_model_office_id"), "model", ["office_id"])
    op.create_index("uq_model_version", "model", ["company_id", "office_id", "version"], unique=True)

    op.create_index(
        "ix_event_retriaged",
        "event",
        ["office_id", "id"],
        sqlite_where=RETRIAGED,
        postgresql_where=RETRIAGED,
    )


def downgrade() -> None:
    op.drop_index("ix_event_retriaged", table_name="event")
    op.drop_table("model")
