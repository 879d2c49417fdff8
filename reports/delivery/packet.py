"""Builds a packet: one report for one contact point, as text, PDF, JSON and files.

A packet is one padded MIME part, which a channel then encrypts (`reports/delivery/channels`). The
outside reveals neither the subject, nor when the report came, nor its length.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from reports.delivery import packet_pdf, packet_text
from reports.delivery.packet_content import ENGLISH, Content, PacketLanguage, Slip
from reports.mailbox import OpenMessage
from reports.vault.padding import compute_padded_length

SCHEMA: Final = "wayside-packet/1"
"""The schema identifier in the JSON document; `docs/packet.schema.json` describes it."""
SMALLEST: Final = 128 * 1024
"""The least size of a packet in bytes, so that most reports have the same length outside."""
DOCUMENT, READABLE, HISTORY = "report.json", "report.pdf", "custody.json"
"""File names of the parts."""
_LONGEST_LINE: Final = 998
"""The most octets in a line of mail, without its line end (RFC 5322, section 2.1.1)."""
_BLANKS: Final = b" " * 76 + b"\r\n"

_INNER = SMTP.clone(cte_type="8bit")


def build_part(
    content: Content, slip: Slip, now: datetime, words: PacketLanguage = ENGLISH
) -> bytes:
    """Returns the padded MIME part that only the recipient can read."""
    text = packet_text.render_text(content, slip, words)
    inner = EmailMessage(policy=_INNER)
    # Unencoded if line lengths allow, so that `gpg --decrypt` alone shows readable text.
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
    """Returns the machine-readable document, as `docs/packet.schema.json` describes it."""
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
    """Returns the part, padded with blanks after the last boundary, where MIME parsers ignore
    them."""
    missing = max(compute_padded_length(len(data)), SMALLEST) - len(data)
    return data + (_BLANKS * (missing // len(_BLANKS) + 1))[:missing]
