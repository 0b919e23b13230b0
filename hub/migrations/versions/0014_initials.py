"""initials of names: kept with a party, and among the terms a ticket is found by"""

import sqlalchemy as sa
from alembic import op

from hub import initials, search

revision = "0014"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("initials", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    named = connection.execute(sa.text("SELECT id, name FROM party")).all()
    rows = [{"id": ident, "initials": f" {' '.join(initials.of(name))} "} for ident, name in named]
    if rows:
        connection.execute(sa.text("UPDATE party SET initials = :initials WHERE id = :id"), rows)
    search.rebuild(connection)


def downgrade() -> None:
    op.drop_column("party", "initials")
