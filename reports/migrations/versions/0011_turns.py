"""Whose turn it is: turns, and the place of each report in the queue"""

import sqlalchemy as sa
from alembic import op

from reports import model

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

REASONS = (
    "danger",
    "agree",
    "reporter_wrote",
    "sent_back",
    "office_asks",
    "failed",
    "carry",
    "no_answer",
    "orphaned",
    "new",
    "later",
    "packet",
)
NEEDLES = (
    ("country", ["desk_id", "country"]),
    ("form", ["desk_id", "form"]),
    ("assignee", ["assignee_id", "desk_id"]),
)
KEPT = ("desk_key_id", "locator", "retention_day")
"""The columns whose indexes stay as they are. Alembic would make them anew in any order."""
REPORT = sa.table(
    "report",
    sa.column("id", model.Id()),
    sa.column("desk_id", model.Id()),
    sa.column("assignee_id", model.Id()),
    sa.column("status", sa.Text()),
    sa.column("urgency", sa.Integer()),
    sa.column("unverified", model.Flag()),
    sa.column("received_day", model.Day()),
    sa.column("turn", sa.Text()),
    sa.column("turn_rank", sa.Integer()),
    sa.column("turn_place", sa.Integer()),
    sa.column("unread", model.Flag()),
)
CALLED = sa.table("called", sa.column("report_id", model.Id()))
TURN = sa.table(
    "turn",
    sa.column("report_id", model.Id()),
    sa.column("reason", sa.Text()),
    sa.column("about", model.Id()),
    sa.column("desk_id", model.Id()),
    sa.column("staff_id", model.Id()),
    sa.column("urgency", sa.Integer()),
    sa.column("rank", sa.Integer()),
    sa.column("sleeps", model.Flag()),
    sa.column("place", sa.Integer()),
    sa.column("since", model.Day()),
    sa.column("called", model.Flag()),
)


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("about", model.Id(), nullable=False),
        sa.Column("desk_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=True),
        sa.Column("not_staff_id", model.Id(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("sleeps", model.Flag(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("since", model.Day(), nullable=False),
        sa.Column("called", model.Flag(), nullable=False),
        sa.CheckConstraint(
            f"reason IN ({', '.join(map(repr, REASONS))})", name=op.f("ck_turn_reason")
        ),
        sa.CheckConstraint("urgency BETWEEN 0 AND 3", name=op.f("ck_turn_urgency")),
        sa.CheckConstraint("rank BETWEEN 0 AND 3", name=op.f("ck_turn_rank")),
        sa.CheckConstraint("(rank = 3) = (contact_id IS NOT NULL)", name=op.f("ck_turn_contact")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_turn_report_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_turn_desk_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_turn_staff_id")),
        sa.ForeignKeyConstraint(["not_staff_id"], ["staff.id"], name=op.f("fk_turn_not_staff_id")),
        sa.PrimaryKeyConstraint("report_id", "reason", "about", name=op.f("pk_turn")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for name, indexed in (
        ("next", "desk_id rank sleeps staff_id place since report_id not_staff_id"),
        ("rank", "desk_id rank sleeps place since report_id"),
        ("reason", "desk_id reason rank sleeps place since report_id not_staff_id"),
        ("contact", "contact_id place"),
    ):
        op.create_index(f"ix_turn_{name}", "turn", indexed.split())
    op.create_table(
        "skipped_report",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.Column("staff_id", model.Id(), nullable=False),
        sa.Column("until_hour", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_skipped_report_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_skipped_report_staff_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "staff_id", name=op.f("pk_skipped_report")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("report") as batch:
        for name in ("queue", "news", *(name for name, _columns in NEEDLES), *KEPT):
            batch.drop_index(f"ix_report_{name}")
        batch.drop_column("unread")
        batch.add_column(sa.Column("turn", sa.Text(), nullable=True))
        batch.add_column(sa.Column("turn_rank", sa.Integer(), nullable=False, server_default="3"))
        batch.add_column(
            sa.Column("turn_sleeps", model.Flag(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("turn_place", sa.Integer(), nullable=False, server_default="0"))
    order = ["turn_rank", "turn_sleeps", "turn_place", "received_day", "id", "status", "urgency"]
    more = ["country", "form", "assignee_id", "has_attachments", "unverified"]
    op.create_index("ix_report_queue", "report", ["desk_id", *order, *more])
    for name, columns in NEEDLES:
        index = [*columns, *order, "has_attachments", "unverified"]
        op.create_index(f"ix_report_{name}", "report", index)
    for name in KEPT:
        op.create_index(f"ix_report_{name}", "report", [name])
    _begin()
    op.drop_table("called")


def _begin() -> None:
    """Every open report gets a turn that is due, in the order of before: the most urgent first.

    `init` finds the right ones afterwards (`reports.triage.turns.begun_turns`).
    """
    open_ = REPORT.c.status != "closed"
    verified = REPORT.c.unverified.is_(sa.false())
    in_danger = sa.and_(REPORT.c.urgency == 3, verified)
    rank = sa.case((in_danger, 0), (verified, 1), else_=2)
    reason = sa.case((in_danger, "danger"), else_="new")
    place = 3 - REPORT.c.urgency
    called = sa.exists().where(CALLED.c.report_id == REPORT.c.id)
    begun = sa.select(
        REPORT.c.id,
        reason,
        REPORT.c.id,
        REPORT.c.desk_id,
        REPORT.c.assignee_id,
        REPORT.c.urgency,
        rank,
        sa.literal(False, model.Flag()),
        place,
        REPORT.c.received_day,
        sa.case((called, sa.literal(True, model.Flag())), else_=sa.literal(False, model.Flag())),
    ).where(open_)
    op.execute(TURN.insert().from_select([column.name for column in TURN.c], begun))
    placed = sa.update(REPORT).where(open_)
    op.execute(placed.values(turn=reason, turn_rank=rank, turn_place=place))


def downgrade() -> None:
    op.create_table(
        "called",
        sa.Column("report_id", model.Id(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_called_report_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_called")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    called = sa.select(TURN.c.report_id).where(TURN.c.called.is_(sa.true())).distinct()
    op.execute(CALLED.insert().from_select(["report_id"], called))
    with op.batch_alter_table("report") as batch:
        for name in ("queue", *(name for name, _columns in NEEDLES)):
            batch.drop_index(f"ix_report_{name}")
        batch.add_column(
            sa.Column("unread", model.Flag(), nullable=False, server_default=sa.true())
        )
        for name in ("turn", "turn_rank", "turn_sleeps", "turn_place"):
            batch.drop_column(name)
    with op.batch_alter_table("report") as batch:
        batch.alter_column("unread", server_default=None)
    order = ["status", "unverified", "urgency", "received_day", "id"]
    index = ["desk_id", *order, "country", "form", "assignee_id", "has_attachments", "unread"]
    op.create_index("ix_report_queue", "report", index)
    op.create_index("ix_report_news", "report", ["desk_id", "unread", "status"])
    for name, columns in NEEDLES:
        op.create_index(
            f"ix_report_{name}", "report", [*columns, *order, "has_attachments", "unread"]
        )
    op.drop_table("skipped_report")
    op.drop_table("turn")
