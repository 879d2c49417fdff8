"""How many reports wait at one's desks: counted up to a limit, so that it never costs much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from reports.model import Report
from reports.roster.keyring import Keyring
from reports.triage.queue import overdue
from reports.triage.queue.queue import OPEN, URGENCIES

MOST: Final = 99
"""Beyond it the page says "99+": nobody reads more from such a figure."""


WAITING: Final = ("received", "in_triage", "ready")
"""What can be overdue."""


@dataclass(frozen=True)
class QueueCounts:
    """Each at most `MOST` + 1, which means more than `MOST`."""

    new: int
    mine: int
    news: int
    overdue: int
    unverified: int


def count_reports(session: Session, keyring: Keyring, now: datetime) -> QueueCounts:
    """The figures over one's desks, of reports that are not closed."""
    since = {
        _since(status, urgency): overdue.find_cutoff(status, urgency, now.date())
        for status in WAITING
        for urgency in URGENCIES
    }
    desks = list(keyring.list_desk_ids(session))
    told = {"desks": desks, "me": keyring.staff.id, "most": MOST + 1, **since}
    return QueueCounts(*session.execute(_FIGURES, told).one())


def _since(status: str, urgency: int) -> str:
    """The name of the parameter that says when reports of this kind are overdue."""
    return f"{status}_{urgency}"


def _counted(*parts: Select[UUID]) -> ScalarSelect[int]:
    """How many there are together, up to the limit."""
    limit: BindParameter[int] = bindparam("most", type_=Integer)
    limited = [select(part.limit(limit).subquery()) for part in parts]
    whole = union_all(*limited).limit(limit).subquery() if parts[1:] else limited[0].subquery()
    return select(func.count()).select_from(whole).scalar_subquery()


def _figures() -> Select[int, int, int, int, int]:
    """One statement for all five, in the order of `Counts`."""
    doubtless, doubtful = False, True
    here = select(Report.id).where(Report.desk_id.in_(bindparam("desks", expanding=True)))
    # One stretch of the index for each status and urgency that can be overdue.
    overdue = [
        here.where(
            Report.status == status,
            Report.unverified == doubt,
            Report.urgency == urgency,
            Report.received_day < bindparam(_since(status, urgency)),
        )
        for status in WAITING
        for doubt in (doubtless, doubtful)
        for urgency in URGENCIES
    ]
    # Equal, not unequal: only so does the index lead to them.
    unverified = here.where(Report.status.in_(OPEN), Report.unverified == doubtful)
    return select(
        _counted(here.where(Report.status == "received", Report.unverified == doubtless)),
        _counted(here.where(Report.assignee_id == bindparam("me"), Report.status.in_(OPEN))),
        _counted(here.where(Report.unread, Report.status.in_(OPEN[1:]))),
        _counted(*overdue),
        _counted(unverified),
    )


_FIGURES: Final = _figures()
"""Made once: to make it costs more than to run it."""
