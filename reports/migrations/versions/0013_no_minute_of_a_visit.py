"""No minute of a reporter's visit and no language of their form beside a report"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STRICT = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    # Who has a mailbox open types their code again: the old rows name the report.
    op.drop_index(op.f("ix_reporter_session_seen_at"), table_name="reporter_session")
    op.drop_index(op.f("ix_reporter_session_report_id"), table_name="reporter_session")
    op.drop_table("reporter_session")
    op.create_table(
        "reporter_session",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", model.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_reporter_session")),
        **STRICT,
    )
    op.create_index(op.f("ix_reporter_session_expires_at"), "reporter_session", ["expires_at"])
    set_unlogged()
    op.drop_column("report", "form_language")
    op.execute("UPDATE guess SET minute = 0, in_minute = 0")
    op.execute("UPDATE notice_address SET called_at = NULL")


def set_unlogged() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE reporter_session SET UNLOGGED")


def downgrade() -> None:
    op.drop_index(op.f("ix_reporter_session_expires_at"), table_name="reporter_session")
    op.drop_table("reporter_session")
    op.create_table(
        "reporter_session",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("private_by_token", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", model.Instant(), nullable=False),
        sa.Column("seen_at", model.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_reporter_session_report_id")
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_reporter_session")),
        **STRICT,
    )
    op.create_index(op.f("ix_reporter_session_report_id"), "reporter_session", ["report_id"])
    op.create_index(op.f("ix_reporter_session_seen_at"), "reporter_session", ["seen_at"])
    set_unlogged()
    # The language stands in the sealed body; the queue of the earlier version shows none.
    language = sa.Column("form_language", sa.Text(), nullable=False, server_default="und")
    op.add_column("report", language)
