"""initials of names, with a party and among the terms a ticket is found by; tours of the demo office"""

import sqlalchemy as sa
from alembic import op

import hub.columns
from hub import initials, search

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tour",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("began_at", hub.columns.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", hub.columns.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_tour_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_tour")),
    )
    op.add_column("party", sa.Column("initials", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    named = connection.execute(sa.text("SELECT id, name FROM party")).all()
    rows = [{"id": ident, "initials": f" {' '.join(initials.of(name))} "} for ident, name in named]
    if rows:
        connection.execute(sa.text("UPDATE party SET initials = :initials WHERE id = :id"), rows)
    search.rebuild(connection)


def downgrade() -> None:
    op.drop_column("party", "initials")
    op.drop_table("tour")
