"""Answers that are waited for: reminder, supervisors, the next contact point; and how long it took.

Nothing is ever sent to another contact point by itself: the last step proposes it to staff.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, exists, false, select
from sqlalchemy.orm import Session

from reports import custody
from reports.custody import CustodyEntry
from reports.model import Delivery, Referral, Report
from reports.settings import Settings
from reports.vault import Vault

REMINDED: Final = 1
SUPERVISORS: Final = 2
NEXT: Final = 3
"""The steps after the time is over; the second comes after half as long again, the third after
twice as long."""
ARRIVED: Final = ("sent", "delivered")


@dataclass(frozen=True)
class UnansweredReferral:
    """A referral that nobody has answered. `late` is how long its time has been over."""

    report_id: UUID
    desk_id: UUID
    contact_id: str
    urgency: int
    decided_at: datetime
    chased: int
    late: timedelta


@dataclass(frozen=True)
class FirstAnswer:
    """How long a contact point took for its first answer."""

    contact_id: str
    urgency: int
    took: timedelta


def list_overdue(
    session: Session, desk_ids: Collection[UUID], settings: Settings, now: datetime
) -> list[UnansweredReferral]:
    """Every referral of these desks whose first time for an answer is over, the longest first."""
    query = _unanswered().where(Report.desk_id.in_(list(desk_ids)))
    query = query.where((Referral.chased > 0) | (Referral.answer_due <= now))
    found = [
        UnansweredReferral(
            report.id,
            report.desk_id,
            referral.contact_id,
            report.urgency,
            referral.decided_at,
            referral.chased,
            max(now - referral.decided_at - get_time_limit(report.urgency, settings), timedelta(0)),
        )
        for referral, report in session.execute(query)
    ]
    return sorted(found, key=lambda each: (-each.late, each.contact_id))


def list_answer_times(
    session: Session, desk_ids: Collection[UUID], since: datetime
) -> list[FirstAnswer]:
    """How long the answers took to referrals of these desks that were decided after `since`."""
    query = (
        select(Referral, Report.urgency)
        .join(Report, Report.id == Referral.report_id)
        .where(Report.desk_id.in_(list(desk_ids)), Referral.decided_at >= since)
        .where(Referral.answered_at.is_not(None))
    )
    return [
        FirstAnswer(referral.contact_id, urgency, referral.answered_at - referral.decided_at)
        for referral, urgency in session.execute(query)
        if referral.answered_at is not None
    ]


def chase(
    session: Session, vault: Vault, settings: Settings, now: datetime, limit: int = 50
) -> list[Referral]:
    """Take the next step for each referral whose time is over; those to remind are returned.

    A step that nobody took in time is not skipped: each comes with its own pause.
    """
    query = _unanswered().where(Referral.answer_due <= now, Referral.chased < NEXT)
    query = query.order_by(Referral.answer_due).limit(limit)
    remind: list[Referral] = []
    for referral, report in session.execute(query.with_for_update(of=Referral, skip_locked=True)):
        referral.chased += 1
        referral.answer_due = now + get_time_limit(report.urgency, settings) / 2
        if referral.chased == REMINDED:
            remind.append(referral)
        else:
            report.unread = True
        detail = {"contact": referral.contact_id, "step": str(referral.chased)}
        custody.append(session, vault, report, CustodyEntry("chased", detail), now)
    return remind


def _unanswered() -> Select[Referral, Report]:
    """Referrals that have reached somebody who has not answered, of reports that are not closed."""
    arrived = exists().where(
        Delivery.referral_id == Referral.id,
        Delivery.reminder.is_(false()),
        Delivery.state.in_(ARRIVED),
    )
    return (
        select(Referral, Report)
        .join(Report, Report.id == Referral.report_id)
        .where(Referral.standing == "waiting", Report.status != "closed", arrived)
    )


def get_time_limit(urgency: int, settings: Settings) -> timedelta:
    """How long a recipient has for its first answer."""
    hours = settings.answer_hours
    return timedelta(hours=hours[max(0, len(hours) - 1 - urgency)])
