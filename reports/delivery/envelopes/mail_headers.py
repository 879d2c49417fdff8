"""The outer headers of every mail: addresses, a neutral subject, date and Message-ID.

Small on purpose: both envelopes need it, and neither imports the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final
from uuid import UUID

SUBJECT: Final = "Report"
OUTER: Final = SMTP.clone(max_line_length=None)  # a Message-ID must not be folded


@dataclass(frozen=True)
class MailHeaders:
    """The id, sender, recipient and date of one mail."""

    id: UUID
    mail_from: str
    to: str
    moment: datetime

    def build_mail(self) -> EmailMessage:
        """Returns a mail with these headers and no content."""
        made = EmailMessage(policy=OUTER)
        made["From"] = self.mail_from
        made["To"] = self.to
        made["Subject"] = SUBJECT
        made["Date"] = self.moment.astimezone(UTC).replace(microsecond=0)
        made["Message-ID"] = format_message_id(self.id, self.mail_from)
        made["MIME-Version"] = "1.0"
        return made


def format_message_id(id: UUID, mail_from: str) -> str:
    """Returns the Message-ID, which is the same for every attempt, so that duplicates are
    recognised."""
    return f"<{id}@{mail_from.rpartition('@')[2]}>"
