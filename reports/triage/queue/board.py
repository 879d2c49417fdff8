"""The supervisor's board: age of waiting reports, workload, late answers and failed deliveries.

It is computed from the columns in the clear; no report is opened for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, and_, cast, func, select
from sqlalchemy.orm import Session

from reports.model import Claim, Delivery, Referral, Report, Staff, StoredTurn
from reports.settings import Settings
from reports.triage import deadlines
from reports.triage.deadlines import UnansweredReferral
from reports.triage.queue.queue import OPEN, URGENCIES
from reports.triage.turns.turn import IN_DOUBT, find_limit

AGES: Final = (0, 1, 3, 7, 14, 30)
"""The first day of each age column: today, one day, two, three to six, and so on."""
BACK: Final = timedelta(days=90)
"""How far back answer times are counted."""
MOST: Final = 50
"""The most rows in a list; the board says so when there are more."""


@dataclass(frozen=True)
class UrgencyAges:
    """Reports of one urgency: how many that nobody has passed on are in each column of `AGES`, and
    of all that are open how many are overdue."""

    urgency: int
    counts: tuple[int, ...]
    overdue: int


@dataclass(frozen=True)
class Workload:
    """The open reports assigned to one person, by status, and how many they have claimed now."""

    name: str
    staff_id: UUID
    counts: Mapping[str, int]
    total: int
    in_hand: int


@dataclass(frozen=True)
class FailedDelivery:
    """A delivery that has failed permanently."""

    report_id: UUID
    contact_id: str
    channel: str
    problem: str
    day: date | None


@dataclass(frozen=True)
class AnswerTime:
    """The median and the longest answer time of one contact point, over `answers` referrals."""

    contact_id: str
    answers: int
    median: timedelta
    longest: timedelta


@dataclass(frozen=True)
class Board:
    """The whole board for one's desks; `nobody` counts the open reports that nobody is assigned
    to."""

    ages: tuple[UrgencyAges, ...]
    loads: tuple[Workload, ...]
    nobody: int
    unanswered: tuple[UnansweredReferral, ...]
    answers: tuple[AnswerTime, ...]
    failed: tuple[FailedDelivery, ...]


def build(session: Session, desk_ids: Collection[UUID], settings: Settings, now: datetime) -> Board:
    """Computes the board of these desks."""
    loads, nobody = _loads(session, desk_ids, now)
    return Board(
        ages=_ages(session, desk_ids, now),
        loads=loads,
        nobody=nobody,
        unanswered=tuple(deadlines.list_overdue(session, desk_ids, settings, now)[:MOST]),
        answers=_answers(session, desk_ids, now),
        failed=_failed(session, desk_ids),
    )


def _ages(session: Session, desk_ids: Collection[UUID], now: datetime) -> tuple[UrgencyAges, ...]:
    due = and_(Report.turn_rank < IN_DOUBT, Report.turn_place < find_limit(now))
    group = Report.urgency, Report.received_day, Report.status
    query = select(*group, func.count(), func.sum(cast(due, Integer))).group_by(*group)
    rows = session.execute(query.where(Report.desk_id.in_(list(desk_ids)), Report.status.in_(OPEN)))
    columns: Counter[tuple[int, int]] = Counter()
    late: Counter[int] = Counter()
    for urgency, day, status, count, overdue in rows:
        if status != "referred":
            columns[urgency, _column((now.date() - day).days)] += count
        late[urgency] += overdue
    return tuple(
        UrgencyAges(level, tuple(columns[level, at] for at in range(len(AGES))), late[level])
        for level in URGENCIES
    )


def _column(days: int) -> int:
    return max((at for at, first in enumerate(AGES) if days >= first), default=0)


def _loads(
    session: Session, desk_ids: Collection[UUID], now: datetime
) -> tuple[tuple[Workload, ...], int]:
    query = select(Report.assignee_id, Report.status, func.count())
    query = query.where(Report.desk_id.in_(list(desk_ids)), Report.status.in_(OPEN))
    counts: dict[UUID | None, Counter[str]] = {}
    for who, status, count in session.execute(query.group_by(Report.assignee_id, Report.status)):
        counts.setdefault(who, Counter())[status] += count
    held = select(Claim.staff_id, func.count()).join(Report, Report.id == Claim.report_id)
    held = held.where(Report.desk_id.in_(list(desk_ids)), Claim.until > now)
    in_hand = {row[0]: row[1] for row in session.execute(held.group_by(Claim.staff_id))}
    wanted = [who for who in {*counts, *in_hand} if who is not None]
    names = select(Staff.id, Staff.name).where(Staff.id.in_(wanted)).order_by(Staff.folded_name)
    loads = tuple(
        Workload(name, id, counts.get(id, Counter()), counts.get(id, Counter()).total(),
             in_hand.get(id, 0))
        for id, name in session.execute(names)
    )  # fmt: skip
    return loads, counts.get(None, Counter()).total()


def _answers(session: Session, desk_ids: Collection[UUID], now: datetime) -> tuple[AnswerTime, ...]:
    took: dict[str, list[timedelta]] = {}
    for answer in deadlines.list_answer_times(session, desk_ids, now - BACK):
        took.setdefault(answer.contact_id, []).append(answer.took)
    found = [AnswerTime(id, len(each), _middle(each), max(each)) for id, each in took.items()]
    return tuple(sorted(found, key=lambda each: (-each.median, each.contact_id)))


def _middle(times: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(each.total_seconds() for each in times))


def _failed(session: Session, desk_ids: Collection[UUID]) -> tuple[FailedDelivery, ...]:
    query = (
        select(
            Report.id,
            Referral.contact_id,
            Delivery.channel,
            Delivery.problem,
            Delivery.settled_day,
        )
        .join(Referral, Referral.report_id == Report.id)
        .join(Delivery, Delivery.referral_id == Referral.id)
        .join(StoredTurn, StoredTurn.about == Referral.id)
        .where(StoredTurn.report_id == Report.id, StoredTurn.reason == "failed")
        .where(Report.desk_id.in_(list(desk_ids)), Delivery.state == "failed")
        .order_by(Delivery.settled_day, Report.id)
        .limit(MOST)
    )
    return tuple(
        FailedDelivery(id, contact_id, channel, problem or "", day)
        for id, contact_id, channel, problem, day in session.execute(query)
    )
