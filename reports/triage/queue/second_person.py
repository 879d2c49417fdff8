"""What waits for a second person at the desk: referrals, legal holds, and less protection.

Small on purpose: found by clear columns alone, so that no report is opened to list it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from reports.model import Finding, LegalHold, Proposal, Report
from reports.roster.keyring import Keyring
from reports.triage.findings.judgement import LOWERING, SETTLED

MOST: Final = 50
"""The most that are listed of each kind."""


@dataclass(frozen=True)
class WaitingForSecond:
    """One thing that a second person settles: "referral", "hold" or "lowering".

    `staff_id` is who asked for it; None where several people did.
    """

    report_id: UUID
    what: str
    staff_id: UUID | None
    day: date


def list_waiting(session: Session, keyring: Keyring) -> list[WaitingForSecond]:
    """Returns what waits at this person's desks, the longest first."""
    here = Report.desk_id.in_(keyring.list_desk_ids(session))
    queries: Mapping[str, Select[UUID, UUID, date]] = {
        "referral": select(Proposal.report_id, Proposal.staff_id, Proposal.day).join(
            Report, Report.id == Proposal.report_id
        ),
        "hold": select(LegalHold.report_id, LegalHold.staff_id, LegalHold.day)
        .join(Report, Report.id == LegalHold.report_id)
        .where(LegalHold.state != "held"),
    }
    found = [
        WaitingForSecond(report_id, what, staff_id, day)
        for what, query in queries.items()
        for report_id, staff_id, day in session.execute(query.where(here).limit(MOST))
    ]
    return sorted((*found, *_list_lowerings(session, keyring)), key=lambda each: each.day)


def _list_lowerings(session: Session, keyring: Keyring) -> list[WaitingForSecond]:
    """The reports with more lowerings than were settled; what they say stays sealed."""
    asked = func.count().filter(Finding.kind == LOWERING)
    settled = func.count().filter(Finding.kind == SETTLED)
    days = func.max(Finding.day).filter(Finding.kind == LOWERING)
    query = (
        select(Finding.report_id, days)
        .join(Report, Report.id == Finding.report_id)
        .where(Finding.kind.in_((LOWERING, SETTLED)), Report.status != "closed")
        .where(Report.desk_id.in_(keyring.list_desk_ids(session)))
        .group_by(Finding.report_id)
        .having(asked > settled)
        .limit(MOST)
    )
    waiting = dict(session.execute(query).all())
    rows = session.execute(
        select(Finding.report_id, Finding.staff_id).where(
            Finding.report_id.in_(waiting), Finding.kind == LOWERING
        )
    )
    people: dict[UUID, set[UUID]] = {}
    for report_id, staff_id in rows:
        people.setdefault(report_id, set()).add(staff_id)
    return [
        WaitingForSecond(
            *(report_id, "lowering"),
            next(iter(people[report_id])) if len(people[report_id]) == 1 else None,
            day,
        )
        for report_id, day in waiting.items()
    ]
