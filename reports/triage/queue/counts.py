"""Counts of the reports that wait at one's desks, capped so that counting stays cheap."""

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
"""Above it the page shows "99+": a larger figure would tell nobody more."""


WAITING: Final = ("received", "in_triage", "ready")
"""The statuses that can be overdue."""


@dataclass(frozen=True)
class QueueCounts:
    """Five counts, each capped at `MOST` + 1, which stands for "more than `MOST`".

    `new`: received, not in doubt. `mine`: assigned to this person. `news`: unread since triage
    began.
    """

    new: int
    mine: int
    news: int
    overdue: int
    unverified: int


def count_reports(session: Session, keyring: Keyring, now: datetime) -> QueueCounts:
    """Returns the counts of open reports at one's desks."""
    since = {
        _since(status, urgency): overdue.find_cutoff(status, urgency, now.date())
        for status in WAITING
        for urgency in URGENCIES
    }
    desks = list(keyring.list_desk_ids(session))
    told = {"desks": desks, "me": keyring.staff.id, "most": MOST + 1, **since}
    return QueueCounts(*session.execute(_FIGURES, told).one())


def _since(status: str, urgency: int) -> str:
    """Returns the name of the query parameter for the cutoff of this status and urgency."""
    return f"{status}_{urgency}"


def _counted(*parts: Select[UUID]) -> ScalarSelect[int]:
    """Returns the number of rows in all parts together, up to the limit."""
    limit: BindParameter[int] = bindparam("most", type_=Integer)
    limited = [select(part.limit(limit).subquery()) for part in parts]
    whole = union_all(*limited).limit(limit).subquery() if parts[1:] else limited[0].subquery()
    return select(func.count()).select_from(whole).scalar_subquery()


def _figures() -> Select[int, int, int, int, int]:
    """Builds one statement for all five counts, in the order of `QueueCounts`."""
    doubtless, doubtful = False, True
    here = select(Report.id).where(Report.desk_id.in_(bindparam("desks", expanding=True)))
    # One index range for each status and urgency that can be overdue.
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
    # Compared with "=", because "!=" would not use the index.
    unverified = here.where(Report.status.in_(OPEN), Report.unverified == doubtful)
    return select(
        _counted(here.where(Report.status == "received", Report.unverified == doubtless)),
        _counted(here.where(Report.assignee_id == bindparam("me"), Report.status.in_(OPEN))),
        _counted(here.where(Report.unread, Report.status.in_(OPEN[1:]))),
        _counted(*overdue),
        _counted(unverified),
    )


_FIGURES: Final = _figures()
"""Built once: building it costs more than running it."""
