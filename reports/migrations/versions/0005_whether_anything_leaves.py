"""The turns of the worker's jobs, and indexes that tell since when nothing has left"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("state IN ('due', 'claimed')")
LEFT = sa.text("state IN ('sent', 'delivered', 'folder') AND attempts > 0")


def upgrade() -> None:
    op.create_table(
        "worker_turn",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("finished_at", model.Instant(), nullable=False),
        sa.CheckConstraint(
            "job IN ('deliver', 'purge', 'chase', 'notify')", name=op.f("ck_worker_turn_job")
        ),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_worker_turn")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for name, condition in (("ix_delivery_waiting", WAITING), ("ix_delivery_left", LEFT)):
        op.create_index(
            name,
            "delivery",
            ["since"],
            sqlite_where=condition,
            postgresql_where=condition,
        )


def downgrade() -> None:
    op.drop_index("ix_delivery_left", table_name="delivery")
    op.drop_index("ix_delivery_waiting", table_name="delivery")
    op.drop_table("worker_turn")
