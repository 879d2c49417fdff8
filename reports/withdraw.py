"""Withdrawing: the reporter erases the whole report, at any time, for good.

It goes as an expired one does (`reports.retention`): the wraps first, then every row, the sealed
mails that have not left among them. What a mail server took is out of our hands. The instance's
custody keeps one line that says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import custody, mailbox, retention
from reports.custody import CustodyEntry
from reports.model import Delivery, Organisation, Referral, Report
from reports.vault import Vault

LEFT: Final = ("sent", "claimed", "delivered")


def has_left(session: Session, report: Report) -> bool:
    """Whether a mail about the report has left, or may be leaving at this moment."""
    # Named, because the public site may read these columns and no others.
    gone = (
        select(Referral.id)
        .where(
            Referral.report_id == report.id,
            Delivery.referral_id == Referral.id,
            Delivery.state.in_(LEFT),
        )
        .exists()
    )
    return bool(session.scalar(select(gone)))


def withdraw(session: Session, vault: Vault, token_text: str, now: datetime) -> None:
    """Erase the report whose mailbox this visit opened. Raises `MailboxClosed`.

    A worker that carries one of its mails at this moment finds its claim gone afterwards.
    """
    report_id = mailbox.resume(session, token_text, now).report.id
    # Whoever writes to the report at this moment finishes first; whoever comes later finds nothing.
    session.get(Report, report_id, with_for_update=True, populate_existing=True)
    retention.erase(session, report_id)
    entry = CustodyEntry("withdrawn", {"report": str(report_id)})
    custody.append(session, vault, session.get_one(Organisation, 1), entry, now)
