"""what came in, what was asked, who rang"""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("meant", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("next_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("settled_at", hub.columns.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_inbound_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
    )
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "ix_inbound_waiting",
            ["next_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index("uq_inbound_name", ["name"], unique=True)

    op.create_table(
        "phone_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("speech", sa.String(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("began_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("moved_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", hub.columns.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact_point.id"], name=op.f("fk_phone_call_contact_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_phone_call_office_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_phone_call_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_call")),
        sa.UniqueConstraint("sid", name=op.f("uq_phone_call_sid")),
    )
    with op.batch_alter_table("phone_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_call_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_phone_call_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_phone_call_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("held", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("asked_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("ended_at", hub.columns.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact_point.id"], name=op.f("fk_question_contact_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_question_office_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_question_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "uq_question_one_open",
            ["contact_id", "channel"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_question_one_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_question_ticket_id"))

    op.drop_table("question")
    with op.batch_alter_table("phone_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phone_call_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_phone_call_office_id"))
        batch_op.drop_index(batch_op.f("ix_phone_call_contact_id"))

    op.drop_table("phone_call")
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.drop_index("uq_inbound_name")
        batch_op.drop_index(
            "ix_inbound_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_inbound_ticket_id"))

    op.drop_table("inbound")
