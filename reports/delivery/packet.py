"""A packet: one report as a finished, encrypted mail to one contact point.

Inside: a text for people and a JSON document for machines, padded, encrypted to the recipient's
OpenPGP certificate. Outside (PGP/MIME, RFC 3156): addresses, a neutral subject, the moment of the
referral, and the delivery's id as Message-ID. Nothing outside tells what the mail is about, when
the report came, or how long it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final
from uuid import UUID

from reports.delivery import contact, wording
from reports.mailbox import Line
from reports.model import ContactSetting
from reports.vault.padding import padded_length

SCHEMA: Final = "wayside-packet/1"
SUBJECT: Final = "Report"
SMALLEST: Final = 16 * 1024
"""Bytes that every packet has at least inside, so that most reports are of one length outside."""
_LONGEST_LINE: Final = 998
"""Octets of a line of mail without its end (RFC 5322, section 2.1.1)."""

_INNER = SMTP.clone(cte_type="8bit")
_OUTER = SMTP.clone(max_line_length=None)  # a Message-ID must not be folded


@dataclass(frozen=True)
class Content:
    """What a packet tells. `thread` is None when the messages could not be opened."""

    answers: Mapping[str, str]
    language: str
    received_at: datetime
    thread: tuple[Line, ...] | None

    def __repr__(self) -> str:
        return "Content(...)"


def make(
    delivery_id: UUID,
    setting: ContactSetting,
    content: Content,
    now: datetime,
    *,
    rule: str,
    why: str,
    mail_from: str,
) -> bytes:
    """The mail, ready to leave. Raises `KeyRefused` when the certificate is no longer usable."""
    certificate = contact.read_certificate(setting.certificate, now)
    inner = _inner(delivery_id, setting.contact_id, content, rule, why)
    encrypted = contact.encrypt_to(certificate, _padded(inner)).decode("ascii")
    mail = EmailMessage(policy=_OUTER)
    mail["From"] = mail_from
    mail["To"] = setting.email
    mail["Subject"] = SUBJECT
    mail["Date"] = now.astimezone(UTC).replace(microsecond=0)
    mail["Message-ID"] = message_id(delivery_id, mail_from)
    mail["MIME-Version"] = "1.0"
    mail.add_header(
        "Content-Type",
        "multipart/encrypted",
        protocol="application/pgp-encrypted",
        boundary=delivery_id.hex,
    )
    mail.attach(_part("application/pgp-encrypted", "Version: 1\n"))
    mail.attach(_part("application/octet-stream", encrypted))
    return mail.as_bytes()


def message_id(delivery_id: UUID, mail_from: str) -> str:
    """The same for every attempt, so that a mail that came twice is known as one."""
    return f"<{delivery_id}@{mail_from.rpartition('@')[2]}>"


def _inner(
    delivery_id: UUID, contact_id: str, content: Content, rule: str, why: str
) -> EmailMessage:
    text = wording.text_of(
        content.answers,
        content.language,
        content.received_at.astimezone(UTC),
        content.thread,
        delivery=str(delivery_id),
        contact_id=contact_id,
        rule=rule,
        why=why,
    )
    document = {
        "schema": SCHEMA,
        "delivery": str(delivery_id),
        "contact": contact_id,
        "rule": rule,
        "why": why,
        "language": content.language,
        "received_at": content.received_at.astimezone(UTC).isoformat(),
        "answers": dict(content.answers),
        "messages": _messages(content.thread),
    }
    inner = EmailMessage(policy=_INNER)
    # Unencoded where lines allow it, so that it can be read with `gpg --decrypt` alone.
    longest = max(len(line.encode()) for line in text.splitlines())
    inner.set_content(text, cte="8bit" if longest <= _LONGEST_LINE else "base64")
    inner.add_attachment(
        json.dumps(document, ensure_ascii=False, indent=2).encode(),
        maintype="application",
        subtype="json",
        filename="report.json",
    )
    return inner


def _messages(thread: tuple[Line, ...] | None) -> list[dict[str, str]] | None:
    if thread is None:
        return None
    return [
        {"author": line.author, "at": line.at.astimezone(UTC).isoformat(), "text": line.text}
        for line in thread
    ]


def _padded(inner: EmailMessage) -> bytes:
    """The part with blanks behind its last boundary, where readers of MIME look no more."""
    data = inner.as_bytes()
    missing = max(padded_length(len(data)), SMALLEST) - len(data)
    line = b" " * wording.WIDTH + b"\r\n"
    return data + (line * (missing // len(line) + 1))[:missing]


def _part(kind: str, payload: str) -> EmailMessage:
    part = EmailMessage(policy=_OUTER)
    part["Content-Type"] = kind
    part.set_payload(payload)
    return part
