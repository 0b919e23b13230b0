"""the outbox: deliveries to anybody on any channel, browsers and other systems that are told"""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ON_ITS_WAY = sa.text("state IN ('waiting', 'sending')")
HAS_REF = sa.text("ref <> ''")
IS_OWED = sa.text("is_owed")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("created_at", hub.columns.Moment(), nullable=False),
        sa.Column("ended_at", hub.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_push_subscription_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
    )
    op.create_index("uq_push_subscription_endpoint", "push_subscription", ["endpoint"], unique=True)
    op.create_index(op.f("ix_push_subscription_staff_id"), "push_subscription", ["staff_id"])
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("kinds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", hub.columns.Moment(), nullable=False),
        sa.Column("ended_at", hub.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_webhook_endpoint_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(op.f("ix_webhook_endpoint_company_id"), "webhook_endpoint", ["company_id"])
    op.drop_index("uq_delivery_event_id_staff_id_step", table_name="delivery")
    with op.batch_alter_table("delivery") as table:
        table.alter_column("staff_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("text", existing_type=sa.String(), type_=sa.Text(), existing_nullable=False)
        table.add_column(sa.Column("person", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("contact_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("endpoint_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="2"))
        for name in ("way", "locale", "ref", "why", "claimed_by"):
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("body", sa.Text(), nullable=False, server_default=""))
        for name in ("parts", "tries"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        for name in ("is_owed", "is_in_doubt"):
            table.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in ("next_at", "claimed_at", "handed_at"):
            table.add_column(sa.Column(name, hub.columns.Moment(), nullable=True))
        table.create_foreign_key("fk_delivery_contact_id", "contact_point", ["contact_id"], ["id"])
        table.create_foreign_key("fk_delivery_endpoint_id", "webhook_endpoint", ["endpoint_id"], ["id"])
    op.execute("UPDATE delivery SET person = 'staff:' || staff_id")
    op.create_index(
        "uq_delivery_event_id_person_step", "delivery", ["event_id", "person", "step"], unique=True
    )
    op.create_index("ix_delivery_ticket_id", "delivery", ["ticket_id"])
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["channel", "rank", "next_at"],
        sqlite_where=ON_ITS_WAY,
        postgresql_where=ON_ITS_WAY,
    )
    op.create_index(
        "uq_delivery_ref", "delivery", ["ref"], unique=True, sqlite_where=HAS_REF, postgresql_where=HAS_REF
    )
    op.create_index(
        "ix_delivery_owed", "delivery", ["office_id"], sqlite_where=IS_OWED, postgresql_where=IS_OWED
    )


def downgrade() -> None:
    for name in (
        "ix_delivery_owed",
        "uq_delivery_ref",
        "ix_delivery_due",
        "ix_delivery_ticket_id",
        "uq_delivery_event_id_person_step",
    ):
        op.drop_index(name, table_name="delivery")
    # What went to nobody of the staff has no place in the older table.
    op.execute("DELETE FROM delivery WHERE staff_id IS NULL OR channel <> 'screen'")
    with op.batch_alter_table("delivery") as table:
        table.drop_constraint("fk_delivery_endpoint_id", type_="foreignkey")
        table.drop_constraint("fk_delivery_contact_id", type_="foreignkey")
        for name in (
            *("person", "contact_id", "endpoint_id", "rank", "way", "locale", "ref", "why", "claimed_by"),
            *("body", "parts", "tries", "is_owed", "is_in_doubt", "next_at", "claimed_at", "handed_at"),
        ):
            table.drop_column(name)
        table.alter_column("text", existing_type=sa.Text(), type_=sa.String(), existing_nullable=False)
        table.alter_column("staff_id", existing_type=sa.Integer(), nullable=False)
    op.create_index(
        "uq_delivery_event_id_staff_id_step", "delivery", ["event_id", "staff_id", "step"], unique=True
    )
    op.drop_table("webhook_endpoint")
    op.drop_table("push_subscription")
