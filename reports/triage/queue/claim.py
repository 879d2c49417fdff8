"""Who is at a report: a claim with a lease, so that no two people work on one unknowingly.

Every act on a report takes or renews the claim for `LEASE`. While somebody else holds it, acting is
refused with their name; reading never is. Whoever wants to goes on by taking it over, which is on
record. A claim that nobody renewed is over by itself: no closed laptop keeps a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from reports import custody
from reports.db import upsert
from reports.errors import ClaimedByAnother, NotAllowed
from reports.model import Claim, DeskGrant, DeskKey, Report, Staff
from reports.vault import Vault

LEASE: Final = timedelta(minutes=20)
"""A little longer than an idle session lives, so that nobody loses it while they think."""


@dataclass(frozen=True)
class ClaimHolder:
    """Who has a report in hand, and until when."""

    staff_id: UUID
    name: str
    until: datetime


def find_holder(session: Session, report_id: UUID, now: datetime) -> ClaimHolder | None:
    """Who has the report in hand; None when nobody has."""
    return find_holders(session, [report_id], now).get(report_id)


def find_holders(
    session: Session, report_ids: Iterable[UUID], now: datetime
) -> Mapping[UUID, ClaimHolder]:
    """Who has which of these reports in hand."""
    query = select(Claim.report_id, Claim.staff_id, Staff.name, Claim.until)
    query = query.join(Staff, Staff.id == Claim.staff_id)
    rows = session.execute(query.where(Claim.report_id.in_(list(report_ids)), Claim.until > now))
    return {row.report_id: ClaimHolder(row.staff_id, row.name, row.until) for row in rows}


def is_free_for(staff_id: UUID, now: datetime) -> ColumnElement[bool]:
    """Whether nobody else has a report in hand: a condition for queries of reports."""
    others = Claim.until > now, Claim.staff_id != staff_id
    return ~select(Claim.report_id).where(Claim.report_id == Report.id, *others).exists()


def acquire(session: Session, report: Report, staff_id: UUID, now: datetime) -> None:
    """Take or renew the claim. Raises `ClaimedByAnother` while somebody else has it.

    One statement decides, so that two who act at once do not both get it.
    """
    held = {"staff_id": staff_id, "until": now + LEASE}
    free = (Claim.staff_id == staff_id) | (Claim.until <= now)
    upsert(session, Claim, {"report_id": report.id, **held}, held, free)
    found = find_holder(session, report.id, now)
    if found is None or found.staff_id != staff_id:
        raise ClaimedByAnother(found.name if found else "", found.until if found else now)


def try_acquire(session: Session, report: Report, staff_id: UUID, now: datetime) -> None:
    """Take or renew the claim where nobody else has it: for who opens a report."""
    try:
        acquire(session, report, staff_id, now)
    except ClaimedByAnother:
        return


def take_over(
    session: Session, vault: Vault, report: Report, staff_id: UUID, now: datetime
) -> None:
    """Make this staff member the one who works on the report, whoever had it before."""
    session.execute(delete(Claim).where(Claim.report_id == report.id))
    acquire(session, report, staff_id, now)
    _assign(session, vault, report, staff_id, staff_id, now)


def release(session: Session, vault: Vault, report: Report, staff_id: UUID, now: datetime) -> None:
    """Put the report back for everybody. Raises `ClaimedByAnother` while somebody else has it."""
    acquire(session, report, staff_id, now)
    session.execute(delete(Claim).where(Claim.report_id == report.id))
    if report.assignee_id is not None:
        custody.append(session, vault, report, "released", now, staff_id=staff_id)
        report.assignee_id = None
        report.updated_day = now.date()


def assign(
    session: Session, vault: Vault, report: Report, to: UUID, now: datetime, *, staff_id: UUID
) -> None:
    """Give the report to a colleague of the desk. Raises `NotAllowed` for anybody else."""
    if to not in {member.id for member in list_colleagues(session, report.desk_id)}:
        raise NotAllowed("not of this desk")
    acquire(session, report, staff_id, now)
    session.execute(delete(Claim).where(Claim.report_id == report.id))
    _assign(session, vault, report, to, staff_id, now)


def list_colleagues(session: Session, desk_id: UUID) -> list[Staff]:
    """The active staff who hold the desk's current key, by name."""
    query = select(Staff).join(DeskGrant, DeskGrant.staff_id == Staff.id)
    query = query.join(DeskKey, DeskKey.id == DeskGrant.desk_key_id)
    query = query.where(DeskKey.desk_id == desk_id, DeskKey.current, Staff.state == "active")
    return list(session.scalars(query.order_by(Staff.folded_name)))


def purge(session: Session, now: datetime) -> None:
    """Erase every claim that is over."""
    session.execute(delete(Claim).where(Claim.until <= now))


def _assign(
    session: Session, vault: Vault, report: Report, to: UUID, by: UUID, now: datetime
) -> None:
    if report.assignee_id != to:
        custody.append(
            session, vault, report, "assigned", now, staff_id=by, detail={"staff": str(to)}
        )
        report.assignee_id = to
        report.updated_day = now.date()
