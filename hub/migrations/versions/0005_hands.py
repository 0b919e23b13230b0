"""hands: what work asks of a person, who stands in, what work takes; the ladder's minutes since the start"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PRIORITIES = ("P1", "P2", "P3", "P4")
# (promise, rank, percent, action, whom): what an office that is open already has not got
NEW_STEPS = (
    ("reply", 1, 80, "urge", "supervisor"),
    ("reply", 2, 100, "escalate", "customer_director"),
    ("reply", 3, 150, "escalate", "director"),
    ("plan", 1, 50, "urge", "holder"),
    ("plan", 2, 100, "escalate", "leader"),
)


def upgrade() -> None:
    _tables()
    with op.batch_alter_table("category") as table:
        table.add_column(sa.Column("trade", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("paper", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        table.add_column(sa.Column("assign", sa.String(), nullable=False, server_default="auto"))
    with op.batch_alter_table("ladder_step") as table:
        table.add_column(sa.Column("since", sa.String(), nullable=False, server_default="due"))
    with op.batch_alter_table("qualification") as table:
        table.add_column(sa.Column("warned", sa.Integer(), nullable=True))
    with op.batch_alter_table("absence") as table:
        table.add_column(sa.Column("stand_in_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_absence_stand_in_id", "staff", ["stand_in_id"], ["id"])
        table.create_index("ix_absence_stand_in_id", ["stand_in_id"])
    # Written so that a filled SQLite file is not copied for two columns that may be empty.
    op.add_column("ticket", sa.Column("major_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_work_order_worker_assigned", "work_order", ["worker_id", "assigned_at"])
    _steps()


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM ladder_step WHERE promise IN ('reply', 'plan')"))
    op.drop_index("ix_work_order_worker_assigned", table_name="work_order")
    op.drop_column("ticket", "urged_at")
    op.drop_column("ticket", "major_since")
    with op.batch_alter_table("absence") as table:
        table.drop_index("ix_absence_stand_in_id")
        table.drop_constraint("fk_absence_stand_in_id", type_="foreignkey")
        table.drop_column("stand_in_id")
    with op.batch_alter_table("qualification") as table:
        table.drop_column("warned")
    with op.batch_alter_table("ladder_step") as table:
        table.drop_column("since")
    with op.batch_alter_table("category") as table:
        for name in ("assign", "minutes", "paper", "trade"):
            table.drop_column(name)
    op.drop_table("work_time")
    op.drop_table("staff_area")


def _tables() -> None:
    op.create_table(
        "staff_area",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_area_staff_id"),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_staff_area_building_id"),
        sa.PrimaryKeyConstraint("staff_id", "building_id", name="pk_staff_area"),
    )
    op.create_table(
        "work_time",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_work_time_office_id"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_work_time_category_id"),
        sa.PrimaryKeyConstraint("office_id", "category_id", name="pk_work_time"),
    )


def _steps() -> None:
    """An office keeps the ladder it has and gets the steps of the promises that are new."""
    connection = op.get_bind()
    offices = connection.execute(sa.text("SELECT id FROM office")).scalars().all()
    rows = [
        {"office": office, "priority": priority, "promise": promise, "rank": rank, "percent": percent}
        | {"action": action, "whom": whom}
        for office in offices
        for priority in PRIORITIES
        for promise, rank, percent, action, whom in NEW_STEPS
    ]
    if rows:
        connection.execute(
            sa.text(
                "INSERT INTO ladder_step (office_id, priority, promise, rank, percent, since, action, whom)"
                " VALUES (:office, :priority, :promise, :rank, :percent, 'due', :action, :whom)"
            ),
            rows,
        )
