"""The one table of a report's statuses, and the only functions that change one.

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
from reports.act import Act
from reports.custody import CustodyEntry
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


def move(act: Act, report: Report, to: str) -> None:
    """Brings `report` to the status `to`, with a custody line; closing is for `close`.

    Raises `StatusRefused`; nothing is then changed.
    """
    if to == "closed":
        raise StatusRefused("closing needs more than a move")
    _require_allowed(report, to)
    if to == report.status:
        return
    act.record(report, "moved", _describe(report, to))
    report.status = to


def close(
    act: Act, report: Report, reason: str = "", *, retention_days: int = RETENTION_DAYS
) -> None:
    """Ends the work on `report`; it is erased `retention_days` later.

    A report that was never referred needs a written `reason`, which becomes a note sealed to the
    desk. Raises `StatusRefused`, `ReasonMissing` or `TextTooLong`; nothing is then changed.
    """
    _require_allowed(report, "closed")
    if report.status != "referred" and not reason.strip():
        raise ReasonMissing("closing without a referral needs a reason")
    if reason.strip():
        notes.add(act, report, reason)
    report.retention_day = (act.now + timedelta(days=retention_days)).date()
    act.record(report, "moved", _describe(report, "closed"))
    report.status = "closed"


def take_back(
    session: Session, vault: Vault, report: Report, now: datetime, staff_id: UUID | None
) -> None:
    """Brings back into triage what every recipient returned.

    `staff_id` is who wrote the last answer down; None where the recipient did. Raises
    `StatusRefused`.
    """
    _require_allowed(report, "in_triage")
    entry = CustodyEntry("moved", _describe(report, "in_triage"), staff_id)
    custody.append(session, vault, report, entry, now)
    report.status, report.updated_day = "in_triage", now.date()


def _require_allowed(report: Report, to: str) -> None:
    if to not in ALLOWED.get(report.status, frozenset()):
        raise StatusRefused(f"{report.status} -> {to}")


def _describe(report: Report, to: str) -> dict[str, str]:
    return {"from": report.status, "to": to}
