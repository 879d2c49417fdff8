"""Whose turn it is: what must be done about a report, by whom, since when and until when.

Derived from the rest by `reports.triage.turns`: whoever changes a row here changes what the desk
sees first, and nothing of what it reads, sends or keeps.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from reports.model.base import STRICT, Base, build_in_check

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
"""In the order in which they are shown."""


class StoredTurn(Base):
    """One turn of a report.

    `about` is the report, or the referral or proposal that the turn is about. It is the turn of
    `staff_id`, or of the contact point `contact_id`, or else of anybody at the desk but
    `not_staff_id`. `rank`: 0 in danger, 1 else, 2 for a report in doubt, 3 for a contact point.
    `place` orders the turns of a rank: the hour when it is due, then the urgency. One that `sleeps`
    begins only in that hour. `called`: everybody was told of the danger.
    """

    __tablename__ = "turn"
    __table_args__ = (
        CheckConstraint(build_in_check("reason", REASONS), name="reason"),
        CheckConstraint("urgency BETWEEN 0 AND 3", name="urgency"),
        CheckConstraint("rank BETWEEN 0 AND 3", name="rank"),
        CheckConstraint("(rank = 3) = (contact_id IS NOT NULL)", name="contact"),
        # The next one: anybody's danger, then one's own and nobody's.
        Index(
            "ix_turn_next",
            "desk_id",
            "rank",
            "sleeps",
            "staff_id",
            "place",
            "since",
            "report_id",
            "not_staff_id",
        ),
        Index("ix_turn_rank", "desk_id", "rank", "sleeps", "place", "since", "report_id"),
        Index(
            "ix_turn_reason",
            "desk_id",
            "reason",
            "rank",
            "sleeps",
            "place",
            "since",
            "report_id",
            "not_staff_id",
        ),
        Index("ix_turn_contact", "contact_id", "place"),
        STRICT,
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    not_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    contact_id: Mapped[str | None]
    urgency: Mapped[int]
    rank: Mapped[int]
    sleeps: Mapped[bool]
    place: Mapped[int]
    since: Mapped[date]
    called: Mapped[bool] = mapped_column(default=False)


class SkippedReport(Base):
    """That one person has passed over a report: until something happens, or this hour."""

    __tablename__ = "skipped_report"
    __table_args__ = (STRICT,)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    until_hour: Mapped[int]
