"""What a mail server reports later: that a mail arrived, or came back (RFC 3464).

Whoever knows a delivery's Message-ID could forge such a report, and would reach only that staff
look after one delivery sooner; nothing is sent by it and nothing erased.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Final, Literal
from uuid import UUID

_ID: Final = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
_OTHER_LINE: Final = re.compile(r"^(?!message-id:).*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class MailReport:
    """What became of one delivery."""

    delivery_id: UUID
    outcome: Literal["bounced", "arrived"]


def read(data: bytes) -> MailReport | None:
    """The report in a mail; None for any other mail, and for one that is only late."""
    mail = BytesParser(policy=policy.compat32).parsebytes(data)
    outcome: Literal["bounced", "arrived"] | None = None
    found: UUID | None = None
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            outcome = _outcome(part) or outcome
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            found = _id(part) or found
    return MailReport(found, outcome) if found and outcome else None


def _outcome(part: Message) -> Literal["bounced", "arrived"] | None:
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        action = str(block.get("Action", "")).strip().lower() if isinstance(block, Message) else ""
        if action == "failed":
            return "bounced"
        if action == "delivered":
            return "arrived"
    return None


def _id(part: Message) -> UUID | None:
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else inner
    text = first.as_string() if isinstance(first, Message) else str(first)
    headers = text.partition("\n\n")[0]
    found = _ID.search(_OTHER_LINE.sub("", headers))
    return UUID(found.group(1)) if found else None
