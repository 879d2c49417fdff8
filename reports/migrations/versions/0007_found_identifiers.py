"""What the texts of a report were found to name, so that nobody looks through them twice"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "found_identifiers",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_found_identifiers_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_found_identifiers")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("found_identifiers")
