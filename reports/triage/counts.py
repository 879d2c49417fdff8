"""How many reports wait at one's desks: counted up to a limit, so that it never costs much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from reports.model import Report
from reports.roster.keyring import Keyring
from reports.triage import waiting
from reports.triage.queue import OPEN, URGENCIES

MOST: Final = 99
"""Beyond it the page says "99+": nobody reads more from such a figure."""


@dataclass(frozen=True)
class Counts:
    """Each at most `MOST` + 1, which means more than `MOST`."""

    new: int
    mine: int
    news: int
    overdue: int
    unverified: int


def of(session: Session, keyring: Keyring, now: datetime) -> Counts:
    """The figures over one's desks, of reports that are not closed."""
    desks, doubtless, doubtful = list(keyring.desk_ids(session)), False, True
    here = select(Report.id).where(Report.desk_id.in_(desks))
    mine = here.where(Report.assignee_id == keyring.staff.id, Report.status.in_(OPEN))
    news = here.where(Report.unread, Report.status.in_(OPEN[1:]))
    new = here.where(Report.status == "received", Report.unverified == doubtless)
    # Equal, not unequal: only so does the index lead to them.
    unverified = here.where(Report.status.in_(OPEN), Report.unverified == doubtful)
    return Counts(
        new=_count(session, new),
        mine=_count(session, mine),
        news=_count(session, news),
        overdue=_count(session, *_late(here, now)),
        unverified=_count(session, unverified),
    )


def _late(here: Select[UUID], now: datetime) -> list[Select[UUID]]:
    """One stretch of the index for each status and urgency that can be overdue."""
    return [
        here.where(
            Report.status == status,
            Report.unverified == doubt,
            Report.urgency == urgency,
            Report.received_day < waiting.since(status, urgency, now.date()),
        )
        for status in ("received", "in_triage", "ready")
        for doubt in (False, True)
        for urgency in URGENCIES
    ]


def _count(session: Session, *parts: Select[UUID]) -> int:
    limited = [select(part.limit(MOST + 1).subquery()) for part in parts]
    whole = union_all(*limited).subquery() if len(limited) > 1 else limited[0].subquery()
    return min(session.scalar(select(func.count()).select_from(whole)) or 0, MOST + 1)
