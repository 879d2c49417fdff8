"""Files that a reporter sends later, through the mailbox: held for the visit, then the report's.

Small on purpose: the only place where files meet the mailbox.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from reports import clock_record, mailbox
from reports.attachments import report_files
from reports.attachments.uploads import UploadOwner
from reports.vault import Vault


def find_owner(session: Session, token_text: str, now: datetime) -> UploadOwner:
    """What finds and opens the files of an open visit. Raises `MailboxClosed`."""
    mailbox.resume(session, token_text, now)
    return UploadOwner.from_secret(token_text.encode())


def send(session: Session, vault: Vault, token_text: str, now: datetime) -> int:
    """Make the whole files of a visit the report's; how many. The desk sees that there is news.

    Raises `MailboxClosed`, `FileRefused` where the report has too many already, `RosterBroken`.
    """
    report = mailbox.resume(session, token_text, now).report
    holder = UploadOwner.from_secret(token_text.encode())
    count = report_files.attach(session, vault, report, holder, now)
    if count:
        report.updated_day = clock_record.correct(session, now).date()
        mailbox.record_news(session, vault, report, "files_added", now)
    return count
