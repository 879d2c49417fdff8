"""The first schema"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "contact_setting",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("smime", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("confirmed_day", model.Day(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('openpgp', 'smime', 'portal', 'hand')",
            name=op.f("ck_contact_setting_channel"),
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contact_setting")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "custody_line",
        sa.Column("chain", model.Id(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.Column("at", model.Instant(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "number", name=op.f("pk_custody_line")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("name", name=op.f("uq_desk_name")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "publication",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.Column("tables", sa.Text(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_publication")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "draft",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", model.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_draft")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "guess",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("in_minute", sa.Integer(), nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.Column("in_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guess")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("guess", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guess_day"), ["day"], unique=False)

    op.create_table(
        "intake_hour",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_intake_hour")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", model.Id(), nullable=False),
        sa.Column("until", model.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recovery_public", sa.LargeBinary(), nullable=False),
        sa.Column("recovery_signature", sa.LargeBinary(), nullable=False),
        sa.Column("roster_by_recovery", sa.LargeBinary(), nullable=False),
        sa.Column("founded_day", model.Day(), nullable=False),
        sa.Column("custody_number", sa.Integer(), nullable=False),
        sa.Column("custody_seal", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("password_salt", sa.LargeBinary(), nullable=True),
        sa.Column("private_by_password", sa.LargeBinary(), nullable=True),
        sa.Column("private_by_recovery", sa.LargeBinary(), nullable=True),
        sa.Column("totp_by_key", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("invitation_hash", sa.LargeBinary(), nullable=True),
        sa.Column("invitation_until", model.Instant(), nullable=True),
        sa.Column("private_by_invitation", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('triager', 'supervisor', 'administrator', 'liaison')",
            name=op.f("ck_staff_role"),
        ),
        sa.CheckConstraint(
            "state IN ('invited', 'waiting', 'active', 'disabled')", name=op.f("ck_staff_state")
        ),
        sa.CheckConstraint(
            "(role = 'liaison') = (contact_id IS NOT NULL)", name=op.f("ck_staff_liaison")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_staff_folded_name")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_staff_invitation_hash")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk_key",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("desk_id", model.Id(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("current", model.Flag(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("private_by_recovery", sa.LargeBinary(), nullable=False),
        sa.Column("created_day", model.Day(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_desk_key_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_key")),
        sa.UniqueConstraint("desk_id", "epoch", name=op.f("uq_desk_key_desk_id_epoch")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("desk_key", schema=None) as batch_op:
        batch_op.create_index(
            "uq_desk_key_current",
            ["desk_id"],
            unique=True,
            sqlite_where=sa.text("current = 1"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "membership",
        sa.Column("desk_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_membership_desk_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_membership_staff_id")),
        sa.PrimaryKeyConstraint("desk_id", "staff_id", name=op.f("pk_membership")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roster_grant",
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_roster_grant_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_roster_grant")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff_session",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("private_by_cookie", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", model.Instant(), nullable=False),
        sa.Column("seen_at", model.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_staff_session")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "desk_grant",
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_key_id"], ["desk_key.id"], name=op.f("fk_desk_grant_desk_key_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_desk_grant_staff_id")),
        sa.PrimaryKeyConstraint("desk_key_id", "staff_id", name=op.f("pk_desk_grant")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("desk_id", model.Id(), nullable=False),
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("form_language", sa.Text(), nullable=False),
        sa.Column("received_day", model.Day(), nullable=False),
        sa.Column("updated_day", model.Day(), nullable=False),
        sa.Column("retention_day", model.Day(), nullable=True),
        sa.Column("assignee_id", model.Id(), nullable=True),
        sa.Column("has_attachments", model.Flag(), nullable=False),
        sa.Column("unread", model.Flag(), nullable=False),
        sa.Column("unverified", model.Flag(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("private_by_desk", sa.LargeBinary(), nullable=False),
        sa.Column("private_by_code", sa.LargeBinary(), nullable=False),
        sa.Column("case_seal", sa.LargeBinary(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("custody_number", sa.Integer(), nullable=False),
        sa.Column("custody_seal", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "status IN ('received', 'in_triage', 'ready', 'referred', 'closed')",
            name=op.f("ck_report_status"),
        ),
        sa.CheckConstraint("urgency BETWEEN 0 AND 3", name=op.f("ck_report_urgency")),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name=op.f("fk_report_assignee_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_report_desk_id")),
        sa.ForeignKeyConstraint(
            ["desk_key_id"], ["desk_key.id"], name=op.f("fk_report_desk_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_report_token_hash")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_desk_key_id"), ["desk_key_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_locator"), ["locator"], unique=False)
        batch_op.create_index(
            "ix_report_queue",
            [
                "desk_id",
                "status",
                "unverified",
                "urgency",
                "received_day",
                "id",
                "country",
                "form",
                "assignee_id",
                "has_attachments",
                "unread",
            ],
            unique=False,
        )
        batch_op.create_index("ix_report_news", ["desk_id", "unread", "status"], unique=False)
        for name, columns in (
            ("country", ["desk_id", "country"]),
            ("form", ["desk_id", "form"]),
            ("assignee", ["assignee_id", "desk_id"]),
        ):
            batch_op.create_index(
                f"ix_report_{name}",
                [
                    *columns,
                    "status",
                    "unverified",
                    "urgency",
                    "received_day",
                    "id",
                    "has_attachments",
                    "unread",
                ],
                unique=False,
            )
        batch_op.create_index(
            batch_op.f("ix_report_retention_day"), ["retention_day"], unique=False
        )

    op.create_table(
        "message",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("author IN ('reporter', 'desk')", name=op.f("ck_message_author")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_message_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_message_token_hash")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_report_id"), ["report_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.ForeignKeyConstraint(["desk_key_id"], ["desk_key.id"], name=op.f("fk_note_desk_key_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_note_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_note_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_report_id"), ["report_id"], unique=False)

    op.create_table(
        "notice_address",
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("told_at", model.Instant(), nullable=False),
        sa.Column("called_at", model.Instant(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_notice_address_staff_id")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_notice_address")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "called",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_called_report_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_called")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statistic",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_key_id"], ["desk_key.id"], name=op.f("fk_statistic_desk_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("statistic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statistic_year"), ["year"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('correction', 'assessment', 'trace')", name=op.f("ck_finding_kind")
        ),
        sa.ForeignKeyConstraint(
            ["desk_key_id"], ["desk_key.id"], name=op.f("fk_finding_desk_key_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_finding_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_finding_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_report_id"), ["report_id"], unique=False)

    op.create_table(
        "link_token",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_key_id"], ["desk_key.id"], name=op.f("fk_link_token_desk_key_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_link_token_report_id")),
        sa.PrimaryKeyConstraint("report_id", "token", name=op.f("pk_link_token")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("link_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_token_token"), ["token"], unique=False)

    op.create_table(
        "report_link",
        sa.Column("low_id", model.Id(), nullable=False),
        sa.Column("high_id", model.Id(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.CheckConstraint(
            "state IN ('confirmed', 'dismissed')", name=op.f("ck_report_link_state")
        ),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_report_link_order")),
        sa.ForeignKeyConstraint(["high_id"], ["report.id"], name=op.f("fk_report_link_high_id")),
        sa.ForeignKeyConstraint(["low_id"], ["report.id"], name=op.f("fk_report_link_low_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_report_link_staff_id")),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_report_link")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("report_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_link_high_id"), ["high_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("second_id", model.Id(), nullable=True),
        sa.Column("day", model.Day(), nullable=False),
        sa.Column("decided_at", model.Instant(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("answered_at", model.Instant(), nullable=True),
        sa.Column("answer_due", model.Instant(), nullable=False),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "standing IN ('waiting', 'acknowledged', 'returned', 'ended')",
            name=op.f("ck_referral_standing"),
        ),
        sa.CheckConstraint("chased BETWEEN 0 AND 3", name=op.f("ck_referral_chased")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_referral_report_id")),
        sa.ForeignKeyConstraint(["second_id"], ["staff.id"], name=op.f("fk_referral_second_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_referral_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint(
            "report_id", "contact_id", name=op.f("uq_referral_report_id_contact_id")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(
            "ix_referral_waiting",
            ["answer_due"],
            unique=False,
            sqlite_where=sa.text("standing = 'waiting'"),
            postgresql_where=sa.text("standing = 'waiting'"),
        )

    op.create_table(
        "report_body",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_body_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_body")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
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
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("reporter_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reporter_session_report_id"), ["report_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_reporter_session_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("report_id", model.Id(), nullable=True),
        sa.Column("blob", sa.Text(), nullable=True),
        sa.Column("original_blob", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", model.Instant(), nullable=True),
        sa.CheckConstraint(
            "(place IS NULL) <> (report_id IS NULL)", name=op.f("ck_attachment_owner")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_attachment_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("place", "slot", name=op.f("uq_attachment_place_slot")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_report_id"), ["report_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("referral_id", model.Id(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reminder", model.Flag(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("packet", sa.LargeBinary(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("since", model.Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", model.Instant(), nullable=True),
        sa.Column("owner", model.Id(), nullable=True),
        sa.Column("lease_until", model.Instant(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("settled_day", model.Day(), nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'claimed', 'sent', 'delivered', 'folder', 'failed', 'to_do')",
            name=op.f("ck_delivery_state"),
        ),
        sa.CheckConstraint(
            "channel IN ('openpgp', 'smime', 'portal', 'hand')", name=op.f("ck_delivery_channel")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_delivery_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_open",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('due', 'claimed')"),
            postgresql_where=sa.text("state IN ('due', 'claimed')"),
        )
        batch_op.create_index(batch_op.f("ix_delivery_referral_id"), ["referral_id"], unique=False)

    op.create_table(
        "contact_change",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("smime", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('openpgp', 'smime', 'portal', 'hand')",
            name=op.f("ck_contact_change_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_contact_change_staff_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_contact_change")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passkey",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_day", model.Day(), nullable=False),
        sa.Column("used_at", model.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "saved_view",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_view_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spare_code",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_spare_code_staff_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_spare_code")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("until", model.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_claim_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_claim_staff_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_claim")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for table in ("passkey", "saved_view", "spare_code", "claim"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_key_id"], ["desk_key.id"], name=op.f("fk_proposal_desk_key_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_proposal_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_proposal_staff_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_proposal")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "portal_key",
        sa.Column("delivery_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_portal_key_delivery_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_portal_key_staff_id")),
        sa.PrimaryKeyConstraint("delivery_id", "staff_id", name=op.f("pk_portal_key")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "referral_answer",
        sa.Column("id", model.Id(), nullable=False),
        sa.Column("referral_id", model.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=True),
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("at", model.Instant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('acknowledged', 'returned', 'outcome')", name=op.f("ck_referral_answer_kind")
        ),
        sa.ForeignKeyConstraint(
            ["desk_key_id"], ["desk_key.id"], name=op.f("fk_referral_answer_desk_key_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_answer_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_referral_answer_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_answer")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("referral_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_referral_answer_referral_id"), ["referral_id"], unique=False
        )
    op.create_table(
        "legal_hold",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("desk_key_id", model.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("day", model.Day(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'held', 'lifting')", name=op.f("ck_legal_hold_state")
        ),
        sa.ForeignKeyConstraint(
            ["desk_key_id"], ["desk_key.id"], name=op.f("fk_legal_hold_desk_key_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_legal_hold_report_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_legal_hold_staff_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_legal_hold")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )

    if op.get_bind().dialect.name == "postgresql":
        # Sessions end with a crash and stand in no backup and no replica.
        op.execute("ALTER TABLE staff_session SET UNLOGGED")
        op.execute("ALTER TABLE reporter_session SET UNLOGGED")


def downgrade() -> None:

    op.drop_table("legal_hold")
    with op.batch_alter_table("referral_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_answer_referral_id"))

    op.drop_table("referral_answer")
    op.drop_table("portal_key")
    op.drop_table("proposal")
    for table in ("claim", "spare_code", "saved_view", "passkey"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_staff_id"))
        op.drop_table(table)
    op.drop_table("contact_change")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_report_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_expires_at"))

    op.drop_table("attachment")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_referral_id"))
        batch_op.drop_index(
            "ix_delivery_open",
            sqlite_where=sa.text("state IN ('due', 'claimed')"),
            postgresql_where=sa.text("state IN ('due', 'claimed')"),
        )

    op.drop_table("delivery")
    with op.batch_alter_table("reporter_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reporter_session_seen_at"))
        batch_op.drop_index(batch_op.f("ix_reporter_session_report_id"))

    op.drop_table("reporter_session")
    op.drop_table("report_body")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_referral_waiting",
            sqlite_where=sa.text("standing = 'waiting'"),
            postgresql_where=sa.text("standing = 'waiting'"),
        )

    op.drop_table("referral")
    with op.batch_alter_table("report_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_link_high_id"))

    op.drop_table("report_link")
    with op.batch_alter_table("link_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_token_token"))

    op.drop_table("link_token")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_report_id"))

    op.drop_table("finding")
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_note_report_id"))

    op.drop_table("note")
    with op.batch_alter_table("statistic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statistic_year"))

    op.drop_table("statistic")
    op.drop_table("called")
    op.drop_table("notice_address")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_report_id"))

    op.drop_table("message")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_retention_day"))
        batch_op.drop_index("ix_report_form")
        batch_op.drop_index("ix_report_country")
        batch_op.drop_index("ix_report_news")
        batch_op.drop_index("ix_report_assignee")
        batch_op.drop_index("ix_report_queue")
        batch_op.drop_index(batch_op.f("ix_report_locator"))
        batch_op.drop_index(batch_op.f("ix_report_desk_key_id"))

    op.drop_table("report")
    op.drop_table("desk_grant")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    op.drop_table("roster_grant")
    op.drop_table("membership")
    with op.batch_alter_table("desk_key", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_desk_key_current",
            sqlite_where=sa.text("current = 1"),
            postgresql_where=sa.text("current"),
        )

    op.drop_table("desk_key")
    op.drop_table("staff")
    op.drop_table("organisation")
    op.drop_table("lease")
    op.drop_table("intake_hour")
    with op.batch_alter_table("guess", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guess_day"))

    op.drop_table("guess")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_expires_at"))

    op.drop_table("draft")
    op.drop_table("publication")
    op.drop_table("desk")
    op.drop_table("custody_line")
    op.drop_table("contact_setting")
