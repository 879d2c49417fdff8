"""The one table of a report's statuses, and the only function that changes one.

received: nobody has read it. in_triage: somebody has. ready: read, and somebody chose where it
should go. referred: at least one contact point was decided on; when every one of them returned it,
it is in triage again. closed: the end; retention runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports import custody
from reports.errors import ReasonMissing, StatusRefused
from reports.model import Report
from reports.settings import RETENTION_DAYS
from reports.triage import notes
from reports.vault import Vault

ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "received": frozenset({"in_triage", "closed"}),
    "in_triage": frozenset({"ready", "closed"}),
    "ready": frozenset({"ready", "referred", "closed"}),
    "referred": frozenset({"referred", "in_triage", "closed"}),
    "closed": frozenset(),
}
"""From each status to the next. A status that leads to itself may be reached again, unchanged."""


def move(
    session: Session,
    vault: Vault,
    report: Report,
    to: str,
    now: datetime,
    *,
    staff_id: UUID | None,
    reason: str = "",
    retention_days: int = RETENTION_DAYS,
) -> None:
    """Bring `report` to the status `to`, with a custody line.

    Closing a report that was never referred needs a written `reason`; it becomes a note sealed to
    the desk. `staff_id` is None where a recipient's answer moves it. Raises `StatusRefused`,
    `ReasonMissing` or `TextTooLong`; nothing is then changed.
    """
    if to not in ALLOWED.get(report.status, frozenset()):
        raise StatusRefused(f"{report.status} -> {to}")
    if to == report.status:
        return
    if to == "closed":
        if staff_id is None:
            raise StatusRefused("only staff close a report")
        if report.status != "referred" and not reason.strip():
            raise ReasonMissing("closing without a referral needs a reason")
        if reason.strip():
            notes.add(session, vault, report, reason, now, staff_id=staff_id)
        report.retention_day = (now + timedelta(days=retention_days)).date()
    custody.append(
        session,
        vault,
        report,
        "moved",
        now,
        staff_id=staff_id,
        detail={"from": report.status, "to": to},
    )
    report.status = to
    report.updated_day = now.date()
