"""Walks all reports, some at a time, and mends stored turns that differ from what the rules say.

After every act they are equal (`turn_keeper`). But whoever takes over the public site may write
turns, and a hand may write the database: a turn that is gone would hide a report from every list
for good. So the worker comes by each report again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.model import Report
from reports.triage import status
from reports.triage.turns import rules, turn_keeper
from reports.triage.turns.report_facts import gather
from reports.vault import Vault

AT_ONCE: Final = 50
"""The reports of one transaction. A worker has one each minute: ten thousand reports take three and
a half hours, and cost some hundred short queries a minute."""


@dataclass(frozen=True)
class Stretch:
    """What one stretch of the walk came to: its last report (None at the end), and how many reports
    were mended."""

    last: UUID | None
    mended: int


def correct_next(
    session: Session, vault: Vault, now: datetime, after: UUID | None, limit: int = AT_ONCE
) -> Stretch:
    """Mends the turns of the next `limit` reports behind `after`, in the order of their ids.

    A closed report to which something came since is opened again.
    """
    query = select(Report.id).order_by(Report.id).limit(limit)
    ids = session.scalars(query.where(Report.id > after) if after else query).all()
    mended = sum(_mend(session, vault, now, report_id) for report_id in ids)
    return Stretch(ids[-1] if len(ids) == limit else None, mended)


def _mend(session: Session, vault: Vault, now: datetime, report_id: UUID) -> bool:
    report = session.get(Report, report_id, populate_existing=True, with_for_update=True)
    if report is None:
        return False
    before = set(turn_keeper.list_stored(session, report_id)), report.turn, report.turn_place
    if rules.is_unheard(gather(session, report)):
        status.reopen(session, vault, report, now)
        session.flush()
    turn_keeper.settle(session, report_id)
    after = set(turn_keeper.list_stored(session, report_id)), report.turn, report.turn_place
    return before != after
