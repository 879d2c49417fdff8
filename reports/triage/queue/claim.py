"""Claims: who is working on a report, under a lease, so that no two people do so unknowingly.

Every act on a report takes or renews the claim for `LEASE`. While a colleague holds it, acts are
refused with the colleague's name; reading never is. Anybody at the desk can take it over, which is
recorded. An unrenewed claim expires, so a closed laptop does not block a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from reports.act import Act
from reports.db import upsert
from reports.errors import ClaimedByAnother, NotAllowed
from reports.model import Claim, DeskGrant, DeskKey, Report, Staff

LEASE: Final = timedelta(minutes=20)
"""Slightly longer than the idle limit of a session, so that nobody loses a claim while thinking."""


@dataclass(frozen=True)
class ClaimHolder:
    """Who has claimed a report, and until when."""

    staff_id: UUID
    name: str
    until: datetime


def find_holder(session: Session, report_id: UUID, now: datetime) -> ClaimHolder | None:
    """Returns who has claimed the report, or None."""
    return find_holders(session, [report_id], now).get(report_id)


def find_holders(
    session: Session, report_ids: Iterable[UUID], now: datetime
) -> Mapping[UUID, ClaimHolder]:
    """Returns the claim holders of these reports, by report id."""
    query = select(Claim.report_id, Claim.staff_id, Staff.name, Claim.until)
    query = query.join(Staff, Staff.id == Claim.staff_id)
    rows = session.execute(query.where(Claim.report_id.in_(list(report_ids)), Claim.until > now))
    return {row.report_id: ClaimHolder(row.staff_id, row.name, row.until) for row in rows}


def is_free_for(staff_id: UUID, now: datetime) -> ColumnElement[bool]:
    """Returns a query condition on reports: claimed by nobody other than `staff_id`."""
    others = Claim.until > now, Claim.staff_id != staff_id
    return ~select(Claim.report_id).where(Claim.report_id == Report.id, *others).exists()


def acquire(act: Act, report: Report) -> None:
    """Takes or renews the claim. Raises `ClaimedByAnother` while somebody else holds it.

    A single statement decides, so of two concurrent acts only one gets it.
    """
    session, now, staff_id = act.session, act.now, act.staff_id
    held = {"staff_id": staff_id, "until": now + LEASE}
    free = (Claim.staff_id == staff_id) | (Claim.until <= now)
    upsert(session, Claim, {"report_id": report.id, **held}, held, free)
    found = find_holder(session, report.id, now)
    if found is None or found.staff_id != staff_id:
        raise ClaimedByAnother(found.name if found else "", found.until if found else now)


def take_on(act: Act, report: Report) -> None:
    """Takes or renews the claim for an act; what nobody had is this person's from then on.

    Raises `ClaimedByAnother`.
    """
    acquire(act, report)
    if report.assignee_id is None:
        _assign(act, report, act.staff_id)


def try_acquire(act: Act, report: Report) -> None:
    """Takes or renews the claim unless somebody else holds it: used on opening a report."""
    try:
        acquire(act, report)
    except ClaimedByAnother:
        return


def take_over(act: Act, report: Report) -> None:
    """Takes the claim from whoever holds it, and assigns the report to this staff member."""
    act.session.execute(delete(Claim).where(Claim.report_id == report.id))
    acquire(act, report)
    _assign(act, report, act.staff_id)


def end_own_claim(act: Act, report: Report) -> None:
    """Ends one's own claim, if there is one; the assignment stays."""
    own = Claim.report_id == report.id, Claim.staff_id == act.staff_id
    act.session.execute(delete(Claim).where(*own))


def release(act: Act, report: Report) -> None:
    """Ends claim and assignment. Raises `ClaimedByAnother` while somebody else holds the claim."""
    acquire(act, report)
    act.session.execute(delete(Claim).where(Claim.report_id == report.id))
    if report.assignee_id is not None:
        act.record(report, "released")
        report.assignee_id = None


def assign(act: Act, report: Report, to: UUID) -> None:
    """Assigns the report to a colleague of the desk. Raises `NotAllowed` for anybody else, and
    `ClaimedByAnother`."""
    if to not in {member.id for member in list_colleagues(act.session, report.desk_id)}:
        raise NotAllowed("not of this desk")
    acquire(act, report)
    act.session.execute(delete(Claim).where(Claim.report_id == report.id))
    _assign(act, report, to)


def list_colleagues(session: Session, desk_id: UUID) -> list[Staff]:
    """Returns the active staff who hold the desk's current key, by name."""
    query = select(Staff).join(DeskGrant, DeskGrant.staff_id == Staff.id)
    query = query.join(DeskKey, DeskKey.id == DeskGrant.desk_key_id)
    query = query.where(DeskKey.desk_id == desk_id, DeskKey.current, Staff.state == "active")
    return list(session.scalars(query.order_by(Staff.folded_name)))


def is_alone(session: Session, desk_id: UUID, staff_id: UUID) -> bool:
    """Returns whether nobody else of the desk could agree to what this person proposes."""
    return all(each.id == staff_id for each in list_colleagues(session, desk_id))


def count_open(session: Session, staff_id: UUID) -> int:
    """Returns how many open reports are assigned to somebody."""
    held = select(func.count()).where(Report.assignee_id == staff_id, Report.status != "closed")
    return session.scalar(held) or 0


def purge(session: Session, now: datetime) -> None:
    """Deletes all expired claims."""
    session.execute(delete(Claim).where(Claim.until <= now))


def _assign(act: Act, report: Report, to: UUID) -> None:
    if report.assignee_id != to:
        act.record(report, "assigned", {"staff": str(to)})
        report.assignee_id = to
