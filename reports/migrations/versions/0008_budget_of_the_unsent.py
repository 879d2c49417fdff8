"""What decides what of the unsent goes first, and who asked for a new administrator"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UNSENT = sa.text("units > 0")
HELD = ("draft", "attachment")


# Added in place: to make a table anew, its constraints would be written in no certain order.


def upgrade() -> None:
    for table in HELD:
        for name in ("units", "begun_minute"):
            column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            op.add_column(table, column)
        op.add_column(table, sa.Column("network", sa.Integer(), nullable=True))
    op.create_index("ix_draft_held", "draft", ["units", "network", "begun_minute", "expires_at"])
    op.create_index(
        "ix_attachment_held",
        "attachment",
        ["units"],
        sqlite_where=UNSENT,
        postgresql_where=UNSENT,
    )
    op.create_table(
        "let_go",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", model.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_let_go")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_let_go_expires_at"), "let_go", ["expires_at"])
    op.add_column("staff", sa.Column("raised_by_id", model.Id(), nullable=True))
    op.add_column("staff", sa.Column("raised_at", model.Instant(), nullable=True))


def downgrade() -> None:
    for name in ("raised_at", "raised_by_id"):
        op.drop_column("staff", name)
    op.drop_index(op.f("ix_let_go_expires_at"), table_name="let_go")
    op.drop_table("let_go")
    op.drop_index("ix_attachment_held", table_name="attachment")
    op.drop_index("ix_draft_held", table_name="draft")
    for table in HELD:
        for name in ("network", "begun_minute", "units"):
            op.drop_column(table, name)
