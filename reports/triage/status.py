"""The status table of a report, and the only functions that change a status.

received: nobody has read it. in_triage: somebody has. ready: read, and a recipient was chosen.
referred: at least one referral was decided on; when every recipient has returned it, it is in
triage again. closed: the end; retention begins. What the reporter adds afterwards opens it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from reports import clock_record, custody
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
    "closed": frozenset({"in_triage"}),
}
"""The allowed transitions. A status that leads to itself may be set again without effect."""


def move(act: Act, report: Report, to: str) -> None:
    """Moves `report` to the status `to`, with a custody line; use `close` for closing.

    Raises `StatusRefused`; nothing is then changed.
    """
    if "closed" in (to, report.status):
        raise StatusRefused("closing, and what ends it, need more than a move")
    _require_allowed(report, to)
    if to == report.status:
        return
    act.record(report, "moved", _describe(report, to))
    report.status = to


def close(
    act: Act, report: Report, reason: str = "", *, retention_days: int = RETENTION_DAYS
) -> None:
    """Closes `report`; it is erased `retention_days` later.

    A report that was never referred needs a `reason`. A reason becomes a note, sealed to the desk.
    Raises `StatusRefused`, `ReasonMissing` or `TextTooLong`; nothing is then changed.
    """
    _require_allowed(report, "closed")
    if report.status != "referred" and not reason.strip():
        raise ReasonMissing("closing without a referral needs a reason")
    if reason.strip():
        notes.add(act, report, reason)
    closed_at = clock_record.correct(act.session, act.now)
    report.retention_day = (closed_at + timedelta(days=retention_days)).date()
    act.record(report, "moved", _describe(report, "closed"))
    report.status = "closed"


def take_back(
    session: Session, vault: Vault, report: Report, now: datetime, staff_id: UUID | None
) -> None:
    """Returns a report to triage after every recipient has returned it.

    `staff_id` is who recorded the last answer; None when the recipient did. Raises `StatusRefused`.
    """
    _require_allowed(report, "in_triage")
    entry = CustodyEntry("moved", _describe(report, "in_triage"), staff_id)
    custody.append(session, vault, report, entry, now)
    report.status = "in_triage"
    report.updated_day = clock_record.correct(session, now).date()


def reopen(session: Session, vault: Vault, report: Report, now: datetime) -> None:
    """Opens a closed report again, because something came from the reporter; the line says so.

    It is no longer due to be erased. A report that is open stays as it is.
    """
    if report.status != "closed":
        return
    detail = _describe(report, "in_triage") | {"why": "reporter_wrote"}
    custody.append(session, vault, report, CustodyEntry("moved", detail), now)
    report.status, report.retention_day = "in_triage", None


def _require_allowed(report: Report, to: str) -> None:
    if to not in ALLOWED.get(report.status, frozenset()):
        raise StatusRefused(f"{report.status} -> {to}")


def _describe(report: Report, to: str) -> dict[str, str]:
    return {"from": report.status, "to": to}
