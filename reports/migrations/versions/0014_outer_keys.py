"""The slot of each report's outer key, and the slots whose keys must still be overwritten"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("outer_slot", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_report_outer_slot"), "report", ["outer_slot"], unique=True)
    op.create_table(
        "spent_slot",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_spent_slot")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    # The wraps of reports that have an outer key open in this version alone: take a backup with it,
    # which holds them without, and restore that with the earlier one.
    op.drop_table("spent_slot")
    op.drop_index(op.f("ix_report_outer_slot"), table_name="report")
    op.drop_column("report", "outer_slot")
