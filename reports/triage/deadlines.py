"""Overdue answers of contact points: reminder, turn of the desk, proposal of the next one.

Nothing is sent to another contact point automatically: the last step only proposes it to staff.
What has no turn any more, because the desk has decided meanwhile, is not reminded either.
Also lists how long answers took.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, exists, false, select
from sqlalchemy.orm import Session

from reports import clock_record, custody
from reports.custody import CustodyEntry
from reports.intake.urgency import NOW
from reports.model import Delivery, Referral, Report, StoredTurn
from reports.settings import Settings
from reports.triage.turns.office_time import find_office_calendar
from reports.triage.turns.turn import find_limit
from reports.vault import Vault

REMINDED: Final = 1
SUPERVISORS: Final = 2
NEXT: Final = 3
"""The escalation steps after the time limit: the first when it is over, the second after half as
long again, the third after twice as long."""
ARRIVED: Final = ("sent", "delivered")
"""Delivery states after which an answer is expected."""


@dataclass(frozen=True)
class UnansweredReferral:
    """A referral without an answer. `late` is the time since its limit was over; `chased` is the
    last escalation step taken, 0 for none."""

    report_id: UUID
    desk_id: UUID
    contact_id: str
    urgency: int
    decided_at: datetime
    chased: int
    late: timedelta


@dataclass(frozen=True)
class FirstAnswer:
    """How long a contact point took for its first answer to one referral."""

    contact_id: str
    urgency: int
    took: timedelta


def list_overdue(
    session: Session, desk_ids: Collection[UUID], settings: Settings, now: datetime
) -> list[UnansweredReferral]:
    """Returns the referrals of these desks whose time limit for an answer is over, the longest
    first."""
    begun = StoredTurn.sleeps.is_(false()) | (StoredTurn.place < find_limit(now))
    query = _unanswered().where(Report.desk_id.in_(list(desk_ids)), begun)
    found = [
        UnansweredReferral(
            report.id,
            report.desk_id,
            referral.contact_id,
            report.urgency,
            referral.decided_at,
            referral.chased,
            max(now - _find_first_due(referral, report, settings), timedelta(0)),
        )
        for referral, report in session.execute(query)
    ]
    return sorted(found, key=lambda each: (-each.late, each.contact_id))


def list_answer_times(
    session: Session, desk_ids: Collection[UUID], since: datetime
) -> list[FirstAnswer]:
    """Returns how long the first answers took, for referrals of these desks decided since
    `since`."""
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
    """Takes the next escalation step for up to `limit` overdue referrals; returns those to remind.

    Steps are never skipped, however late the job runs: each starts its own waiting time of half the
    limit. A due time further ahead than any limit was set by a clock that was ahead, and is set
    anew: otherwise nobody would be reminded for as long.
    """
    _bring_back(session, settings, now)
    query = _unanswered().where(Referral.answer_due <= now, Referral.chased < NEXT)
    query = query.order_by(Referral.answer_due).limit(limit)
    remind: list[Referral] = []
    for referral, report in session.execute(query.with_for_update(of=Referral, skip_locked=True)):
        referral.chased += 1
        length = get_time_limit(report.urgency, settings) / 2
        referral.answer_due = find_end(report.urgency, referral.contact_id, now, length)
        if referral.chased == REMINDED:
            remind.append(referral)
        detail = {"contact": referral.contact_id, "step": str(referral.chased)}
        custody.append(session, vault, report, CustodyEntry("chased", detail), now)
    return remind


def _bring_back(session: Session, settings: Settings, now: datetime) -> None:
    furthest = now + timedelta(hours=max(settings.answer_hours)) + clock_record.JUMP
    too_far = _unanswered().where(Referral.answer_due > furthest, Referral.chased < NEXT)
    for referral, report in session.execute(too_far.with_for_update(of=Referral, skip_locked=True)):
        length = get_time_limit(report.urgency, settings) / 2
        referral.answer_due = find_end(report.urgency, referral.contact_id, now, length)


def _find_first_due(referral: Referral, report: Report, settings: Settings) -> datetime:
    length = get_time_limit(report.urgency, settings)
    return find_end(report.urgency, referral.contact_id, referral.decided_at, length)


def _unanswered() -> Select[Referral, Report]:
    """Selects what has the turn "no answer" and whose packet has reached the recipient."""
    arrived = exists().where(
        Delivery.referral_id == Referral.id,
        Delivery.reminder.is_(false()),
        Delivery.state.in_(ARRIVED),
    )
    return (
        select(Referral, Report)
        .join(Report, Report.id == Referral.report_id)
        .join(StoredTurn, StoredTurn.about == Referral.id)
        .where(StoredTurn.report_id == Report.id, StoredTurn.reason == "no_answer", arrived)
    )


def find_end(urgency: int, contact_id: str, start: datetime, length: timedelta) -> datetime:
    """Returns when a time limit of a contact point is over: in danger by the clock, else by its
    office hours and holidays."""
    if urgency == NOW:
        return start + length
    return find_office_calendar(contact_id).add_hours(start, length)


def get_time_limit(urgency: int, settings: Settings) -> timedelta:
    """Returns the time that a recipient has for its first answer, for a report of this urgency."""
    hours = settings.answer_hours
    return timedelta(hours=hours[max(0, len(hours) - 1 - urgency)])
