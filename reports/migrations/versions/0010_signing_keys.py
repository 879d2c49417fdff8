"""A signing key for each member of staff, signatures of what they say, and the keys last sent to"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SIGNED = (
    "contact_change",
    "contact_setting",
    "delivery",
    "finding",
    "legal_hold",
    "message",
    "note",
    "proposal",
    "referral_answer",
)
AUTHORS = "author IN ('reporter', 'desk', 'instance')"
COLUMNS = {
    "contact_change": "contact_id, channel, email, certificate, smime, fingerprint, staff_id, day, "
    "seal, signature",
    "message": "id, report_id, author, sealed, seal, day, token_hash, signature",
}
STRICT = {"sqlite_strict": True, "sqlite_with_rowid": False}


def set_authors(condition: str) -> None:
    name = op.f("ck_message_author")
    with op.batch_alter_table("message") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, condition)


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_signing_key_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        **STRICT,
    )
    op.create_index(op.f("ix_signing_key_staff_id"), "signing_key", ["staff_id"])
    op.create_table(
        "used_key",
        sa.Column("desk_id", model.Id(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_used_key_desk_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_used_key_staff_id")),
        sa.PrimaryKeyConstraint("desk_id", "contact_id", name=op.f("pk_used_key")),
        **STRICT,
    )
    op.add_column("organisation", sa.Column("signing_day", model.Day(), nullable=True))
    op.add_column("organisation", sa.Column("signing_signature", sa.LargeBinary(), nullable=True))
    for table in SIGNED:
        op.add_column(table, sa.Column("signature", sa.LargeBinary(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        make_anew()
    else:
        op.alter_column("contact_change", "staff_id", nullable=True)
        set_authors(AUTHORS)


def make_anew() -> None:
    # By hand: a batch would say the constraints of a table in another order each time.
    op.create_table(
        "fresh_contact_change",
        sa.Column("contact_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("channel", "email")),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("certificate", "smime")),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=True),
        sa.Column("day", model.Day(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('openpgp', 'smime', 'portal', 'hand')",
            name=op.f("ck_contact_change_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_contact_change_staff_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contact_change")),
        **STRICT,
    )
    op.create_table(
        "fresh_message",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("sealed", "seal")),
        sa.Column("day", model.Day(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(AUTHORS, name=op.f("ck_message_author")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_message_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_message_token_hash")),
        **STRICT,
    )
    for table in ("contact_change", "message"):
        names = COLUMNS[table]
        op.execute(f"INSERT INTO fresh_{table} ({names}) SELECT {names} FROM {table}")
        op.drop_table(table)
        op.rename_table(f"fresh_{table}", table)
    op.create_index(op.f("ix_message_report_id"), "message", ["report_id"])


def downgrade() -> None:
    # The first answer that everybody gets, and what was proposed at the command line.
    op.execute("DELETE FROM message WHERE author = 'instance'")
    op.execute("DELETE FROM contact_change WHERE staff_id IS NULL")
    set_authors("author IN ('reporter', 'desk')")
    with op.batch_alter_table("contact_change") as batch:
        batch.alter_column("staff_id", existing_type=model.Id(), nullable=False)
    for table in reversed(SIGNED):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("signature")
    with op.batch_alter_table("organisation") as batch:
        batch.drop_column("signing_signature")
        batch.drop_column("signing_day")
    op.drop_table("used_key")
    op.drop_index(op.f("ix_signing_key_staff_id"), table_name="signing_key")
    op.drop_table("signing_key")
