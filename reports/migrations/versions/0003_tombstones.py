"""What must go from the stores of files and mails, because its row has gone"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tombstone",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("row_id", model.Id(), nullable=False),
        sa.CheckConstraint("place IN ('files', 'mail')", name=op.f("ck_tombstone_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("tombstone")
