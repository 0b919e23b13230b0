"""issued reports and their readers; supervision among the events that are counted"""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WAS = "'ordered', 'returned', 'done', 'closed', 'unreached', 'reopened', 'urged'"
IS = f"{WAS}, 'pressed', 'escalated', 'supervised'"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _count(kinds: str) -> None:
    only = sa.text(f"kind IN ({kinds})")
    op.drop_index("ix_event_counted", table_name="event")
    op.create_index(
        "ix_event_counted",
        "event",
        ["office_id", "kind", "happened_at"],
        sqlite_where=only,
        postgresql_where=only,
    )


def upgrade() -> None:
    _count(IS)
    op.create_table(
        "report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("as_of", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("issued_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_report_company_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_report_office_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["staff.id"], name=op.f("fk_report_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index(op.f("ix_report_office_id"), "report", ["office_id"])
    op.create_index(
        "uq_report_about_period_version", "report", ["about", "edition", "period", "version"], unique=True
    )
    op.create_table(
        "report_receipt",
        sa.Column("report_id", KEY, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("read_at", hub.columns.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_receipt_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_report_receipt_staff_id")),
        sa.PrimaryKeyConstraint("report_id", "staff_id", name=op.f("pk_report_receipt")),
    )


def downgrade() -> None:
    op.drop_table("report_receipt")
    op.drop_table("report")
    _count(WAS)
