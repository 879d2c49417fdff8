"""One MIME part as an OpenPGP mail: PGP/MIME (RFC 3156), to one certificate."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from reports.delivery import contact_settings
from reports.delivery.envelopes.mail_headers import OUTER, MailHeaders


def encrypt_mail(outside: MailHeaders, inside: bytes, certificate: bytes, now: datetime) -> bytes:
    """The mail, ready to leave. Raises `KeyRefused` when the certificate is no longer usable."""
    key = contact_settings.read_certificate(certificate, now)
    encrypted = contact_settings.encrypt_to(key, inside).decode("ascii")
    mail = outside.build_mail()
    mail.add_header(
        "Content-Type",
        "multipart/encrypted",
        protocol="application/pgp-encrypted",
        boundary=outside.id.hex,
    )
    mail.attach(_part("application/pgp-encrypted", "Version: 1\n"))
    mail.attach(_part("application/octet-stream", encrypted))
    return mail.as_bytes()


def _part(kind: str, payload: str) -> EmailMessage:
    part = EmailMessage(policy=OUTER)
    part["Content-Type"] = kind
    part.set_payload(payload)
    return part
