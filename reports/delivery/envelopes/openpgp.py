"""Encrypts one MIME part to one certificate as an OpenPGP mail: PGP/MIME (RFC 3156).

Small on purpose: one kind of envelope in each file, with the library that it needs.
"""

from __future__ import annotations

from datetime import date, datetime
from email.message import EmailMessage

from pysequoia import Cert

from reports.delivery import openpgp_certificate
from reports.delivery.envelopes.envelope import KeyField, KeyHolder
from reports.delivery.envelopes.mail_headers import OUTER, MailHeaders


class OpenPgpEnvelope:
    """OpenPGP encryption to the one certificate of a contact point."""

    key_field: KeyField = "certificate"

    def get_key(self, holder: KeyHolder) -> bytes:
        """Returns the OpenPGP certificate."""
        return holder.certificate

    def check_key(self, data: bytes, now: datetime) -> tuple[bytes, str]:
        """Returns the certificate and its fingerprint. Raises `KeyRefused`."""
        certificate = openpgp_certificate.read(data, now)
        return bytes(certificate), certificate.fingerprint.upper()

    def find_expiry(self, key: bytes) -> date | None:
        """Returns the last day on which something can be encrypted to the certificate, or None if
        that never ends."""
        ends = openpgp_certificate.find_end(Cert.from_bytes(key))
        return ends.date() if ends else None

    def describe_key(self, key: bytes) -> str:
        """Returns the names in the certificate."""
        return openpgp_certificate.describe(Cert.from_bytes(key))

    def encrypt_mail(self, outside: MailHeaders, inside: bytes, key: bytes) -> bytes:
        """Returns the encrypted mail as bytes. Raises `KeyRefused` if the key is unusable at its
        date."""
        certificate = openpgp_certificate.read(key, outside.moment)
        encrypted = openpgp_certificate.encrypt_to(certificate, inside).decode("ascii")
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
