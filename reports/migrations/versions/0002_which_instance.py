"""Which instance the database holds, and which keys outside it belong to that"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHECKS = ("pepper_check", "roster_check")


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("instance_id", model.Id(), nullable=True))
        for name in CHECKS:
            batch.add_column(sa.Column(name, sa.LargeBinary(), nullable=True))
    organisation = sa.table(
        "organisation",
        sa.column("instance_id", model.Id()),
        *(sa.column(name, sa.LargeBinary()) for name in CHECKS),
    )
    # One row, or none. No migration sees the keys: `init` fills the checks once it has proved them.
    empty = dict.fromkeys(CHECKS, b"")
    op.execute(organisation.update().values(instance_id=uuid4(), **empty))
    with op.batch_alter_table("organisation") as batch:
        batch.alter_column("instance_id", existing_type=model.Id(), nullable=False)
        for name in CHECKS:
            batch.alter_column(name, existing_type=sa.LargeBinary(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        for name in ("instance_id", *CHECKS):
            batch.drop_column(name)
