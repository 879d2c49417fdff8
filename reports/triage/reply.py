"""What the desk writes to the reporter, whom it does not know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from reports import custody, mailbox
from reports.model import Report
from reports.vault import Vault


def reply(
    session: Session,
    vault: Vault,
    report: Report,
    typed: str,
    now: datetime,
    *,
    staff_id: UUID,
    once: bytes,
) -> None:
    """Seal a message of the desk into the thread; the same form sent twice gives one.

    Raises `TextEmpty`, `TextTooLong`, or `RosterBroken` when the report's key was changed.
    """
    if mailbox.add_message(session, vault, report, "desk", typed, now, once=once):
        custody.append(session, vault, report, "replied", now, staff_id=staff_id)
