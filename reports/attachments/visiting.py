"""Files that a reporter sends later, through the mailbox: held for the visit, then the report's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from reports import custody, mailbox
from reports.attachments import attached
from reports.attachments.pending import Holder
from reports.vault import Vault


def holder_of(session: Session, token_text: str, now: datetime) -> Holder:
    """What finds and opens the files of an open visit. Raises `MailboxClosed`."""
    mailbox.resume(session, token_text, now)
    return Holder.of(token_text.encode())


def send(session: Session, vault: Vault, token_text: str, now: datetime) -> int:
    """Make the whole files of a visit the report's; how many. The desk sees that there is news.

    Raises `MailboxClosed`, `FileRefused` where the report has too many already, `RosterBroken`.
    """
    report = mailbox.resume(session, token_text, now).report
    holder = Holder.of(token_text.encode())
    count = attached.attach(session, vault, report, holder, now)
    if count:
        report.unread, report.updated_day = True, now.date()
        custody.append(session, vault, report, "files_added", now)
    return count
