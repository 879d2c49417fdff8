"""A packet: one report for one contact point, as a text, a PDF, a JSON document and files.

It is one MIME part, padded, and leaves inside an encrypted mail (`channels/openpgp`,
`channels/smime`) or rests sealed to a liaison (`channels/portal`). Nothing outside tells what it is
about, when the report came, or how long it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from reports.delivery import packet_pdf, packet_text
from reports.delivery.envelopes import openpgp, smime
from reports.delivery.envelopes.mail_headers import MailHeaders
from reports.delivery.packet_content import ENGLISH, Content, PacketLanguage, Slip
from reports.errors import PacketTooLarge
from reports.mailbox import OpenMessage
from reports.model import ContactSetting
from reports.vault.padding import compute_padded_length

SCHEMA: Final = "wayside-packet/1"
"""What the JSON document says it is; `docs/packet.schema.json` describes it."""
SMALLEST: Final = 128 * 1024
"""Bytes that every packet has at least inside, so that most reports are of one length outside."""
MAIL_LIMIT: Final = 14 * 1024 * 1024
"""Bytes inside a mail: encoded for mail it grows by a third, and many servers stop at 20 MB."""
DOCUMENT, READABLE, HISTORY = "report.json", "report.pdf", "custody.json"
"""Names of the parts."""
_LONGEST_LINE: Final = 998
"""Octets of a line of mail without its end (RFC 5322, section 2.1.1)."""
_BLANKS: Final = b" " * 76 + b"\r\n"

_INNER = SMTP.clone(cte_type="8bit")


def make(
    setting: ContactSetting,
    content: Content,
    slip: Slip,
    now: datetime,
    *,
    mail_from: str,
    words: PacketLanguage = ENGLISH,
) -> bytes:
    """The mail to a contact point that is written to, ready to leave.

    Raises `KeyRefused` when the certificate is no longer usable, `PacketTooLarge`.
    """
    return encrypt_mail(
        setting, build_part(content, slip, now, words), slip, now, mail_from=mail_from
    )


def encrypt_mail(
    setting: ContactSetting, inner: bytes, slip: Slip, now: datetime, *, mail_from: str
) -> bytes:
    """A finished MIME part as an encrypted mail. Raises as `make` does."""
    if len(inner) > MAIL_LIMIT:
        raise PacketTooLarge(len(inner), MAIL_LIMIT)
    outside = MailHeaders(slip.delivery_id, mail_from, setting.email, now)
    if setting.channel == "smime":
        return smime.encrypt_mail(outside, inner, setting.smime, now)
    return openpgp.encrypt_mail(outside, inner, setting.certificate, now)


def build_part(
    content: Content, slip: Slip, now: datetime, words: PacketLanguage = ENGLISH
) -> bytes:
    """The MIME part that only the recipient reads, padded."""
    text = packet_text.render_text(content, slip, words)
    inner = EmailMessage(policy=_INNER)
    # Unencoded where lines allow it, so that it can be read with `gpg --decrypt` alone.
    longest = max(len(line.encode()) for line in text.splitlines())
    inner.set_content(text, cte="8bit" if longest <= _LONGEST_LINE else "base64")
    _attach(inner, DOCUMENT, "application/json", _json(build_document(content, slip, words)))
    pdf = packet_pdf.render(packet_text.build_blocks(content, slip, words), words.tag, now)
    _attach(inner, READABLE, "application/pdf", pdf)
    for file in content.files:
        _attach(inner, file.name, file.media_type, file.data)
    if content.history is not None:
        _attach(inner, HISTORY, "application/json", _json({"lines": list(content.history)}))
    return pad_part(inner.as_bytes())


def build_document(
    content: Content, slip: Slip, words: PacketLanguage = ENGLISH
) -> dict[str, object]:
    """What machines read; `docs/packet.schema.json` describes it."""
    return {
        "schema": SCHEMA,
        "delivery": str(slip.delivery_id),
        "contact": slip.contact_id,
        "rule": slip.rule,
        "why": slip.why,
        "packet_language": words.tag,
        "language": content.language,
        "received_at": content.received_at.astimezone(UTC).isoformat(),
        "note": content.note,
        "answers": {
            name: value for name, value in content.answers.items() if name not in content.left_out
        },
        "reported": dict(content.reported),
        "left_out": list(content.left_out),
        "redacted": content.redacted,
        "messages": _messages(content.thread),
        "files": [
            {"name": file.name, "media_type": file.media_type, "bytes": len(file.data)}
            for file in content.files
        ],
    }


def _messages(thread: tuple[OpenMessage, ...] | None) -> list[dict[str, str]] | None:
    if thread is None:
        return None
    return [
        {"author": line.author, "at": line.at.astimezone(UTC).isoformat(), "text": line.text}
        for line in thread
    ]


def _json(told: Mapping[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def _attach(inner: EmailMessage, name: str, kind: str, data: bytes) -> None:
    main, _, sub = kind.partition("/")
    inner.add_attachment(data, maintype=main, subtype=sub, filename=name)


def pad_part(data: bytes) -> bytes:
    """The part with blanks behind its last boundary, where readers of MIME look no more."""
    missing = max(compute_padded_length(len(data)), SMALLEST) - len(data)
    return data + (_BLANKS * (missing // len(_BLANKS) + 1))[:missing]
