"""The last moment that purging trusted, and how much it has erased today"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_record",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", model.Instant(), nullable=False),
        sa.Column("checked_at", model.Instant(), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=True),
        sa.Column("parted", model.Flag(), nullable=False),
        sa.Column("kept", model.Flag(), nullable=False),
        sa.Column("waited", sa.Integer(), nullable=False),
        sa.Column("erased_day", model.Day(), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("lifted_day", model.Day(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_record_single")),
        sa.CheckConstraint("doubt IN ('ahead', 'behind')", name=op.f("ck_clock_record_doubt")),
        sa.CheckConstraint("waited >= 0", name=op.f("ck_clock_record_waited")),
        sa.CheckConstraint("erased >= 0", name=op.f("ck_clock_record_erased")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_record")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("clock_record")
