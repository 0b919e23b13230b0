"""the same matter: where a ticket is found by its place, and incidents that are proposed"""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SPOTTED = sa.text("spot <> ''")
PROPOSED = sa.text("settled_at IS NULL")
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # said outright, because on SQLite a column with a reference would have the whole table written anew
    op.execute(
        "ALTER TABLE ticket ADD COLUMN building_id INTEGER"
        " CONSTRAINT fk_ticket_building_id REFERENCES building (id)"
    )
    op.execute("ALTER TABLE ticket ADD COLUMN spot VARCHAR NOT NULL DEFAULT ''")
    op.execute(
        "UPDATE ticket SET building_id ="
        " (SELECT room.building_id FROM room WHERE room.id = ticket.room_id) WHERE room_id IS NOT NULL"
    )
    op.drop_index("ix_ticket_room_id", table_name="ticket")
    op.drop_index("ix_ticket_contact_id", table_name="ticket")
    op.create_index("ix_ticket_room", "ticket", ["room_id", "closed_at", "received_at"])
    op.create_index("ix_ticket_contact", "ticket", ["contact_id", "closed_at", "received_at"])
    op.create_index("ix_ticket_building", "ticket", ["building_id", "closed_at", "received_at"])
    op.create_index(
        "ix_ticket_spot",
        "ticket",
        ["office_id", "spot", "closed_at", "received_at"],
        sqlite_where=SPOTTED,
        postgresql_where=SPOTTED,
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", LONG, nullable=True),
        sa.Column("since", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("proposed_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("settled_at", hub.columns.Moment(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_incident_building_id")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_incident_category_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["ticket.id"], name=op.f("fk_incident_lead_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_incident_office_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["staff.id"], name=op.f("fk_incident_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_settled", "incident", ["building_id", "category_id", "settled_at"])
    op.create_index(
        "uq_incident_proposed",
        "incident",
        ["office_id", "building_id", "category_id"],
        unique=True,
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )


def downgrade() -> None:
    op.drop_table("incident")
    for index in ("ix_ticket_spot", "ix_ticket_building", "ix_ticket_contact", "ix_ticket_room"):
        op.drop_index(index, table_name="ticket")
    op.create_index("ix_ticket_contact_id", "ticket", ["contact_id"])
    op.create_index("ix_ticket_room_id", "ticket", ["room_id"])
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_column("spot")
        batch_op.drop_column("building_id")
