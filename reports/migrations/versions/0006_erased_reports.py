"""Which erased reports are not yet on record outside the database"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_report",
        sa.Column("id", model.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_report")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("erased_report")
