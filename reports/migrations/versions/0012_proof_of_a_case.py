"""What a report's row holds of the proof that its case key is held"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("proof", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_report_proof"), "report", ["proof"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_report_proof"), table_name="report")
    op.drop_column("report", "proof")
