"""the words of tickets: what a search looks up, filled for the tickets that are there; the newest by office"""

from alembic import op

from hub import search

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ticket_office_id_id", "ticket", ["office_id", "id"])
    connection = op.get_bind()
    for statement in search.CREATE[connection.dialect.name]:
        op.execute(statement)
    search.rebuild(connection)


def downgrade() -> None:
    op.execute(f"DROP TABLE {search.TABLE}")
    op.drop_index("ix_ticket_office_id_id", table_name="ticket")
