"""Encrypts one MIME part to one certificate as an S/MIME mail: AES-256 (RFC 8551).

The envelope gives confidentiality and not authenticity: like our OpenPGP mail it is not signed. The
content loads nothing remote, which is what attacks with altered envelopes rely on.

Small on purpose: one kind of envelope in each file, with the library that it needs.
"""

from __future__ import annotations

import base64
from datetime import date, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7EnvelopeBuilder,
    PKCS7Options,
)

from reports.delivery import smime_certificate
from reports.delivery.envelopes.envelope import KeyField, KeyHolder
from reports.delivery.envelopes.key_agreement import seal_for_curve
from reports.delivery.envelopes.mail_headers import MailHeaders


class SmimeEnvelope:
    """S/MIME encryption to the one certificate of a contact point."""

    key_field: KeyField = "smime"

    def get_key(self, holder: KeyHolder) -> bytes:
        """Returns the S/MIME certificate."""
        return holder.smime

    def check_key(self, data: bytes, now: datetime) -> tuple[bytes, str]:
        """Returns the certificate as DER and its fingerprint. Raises `KeyRefused`."""
        certificate = smime_certificate.read(data, now)
        fingerprint = smime_certificate.compute_fingerprint(certificate)
        return certificate.public_bytes(Encoding.DER), fingerprint

    def find_expiry(self, key: bytes) -> date | None:
        """Returns the last day on which the certificate is valid."""
        return x509.load_der_x509_certificate(key).not_valid_after_utc.date()

    def describe_key(self, key: bytes) -> str:
        """Returns whose certificate it is, and who issued it."""
        return smime_certificate.describe(x509.load_der_x509_certificate(key))

    def encrypt_mail(self, outside: MailHeaders, inside: bytes, key: bytes) -> bytes:
        """Returns the encrypted mail as bytes. Raises `KeyRefused` if the key is unusable at its
        date."""
        certificate = smime_certificate.read(key, outside.moment)
        sealed = _seal(certificate, inside)
        mail = outside.build_mail()
        mail.add_header(
            "Content-Type", "application/pkcs7-mime", smime_type="enveloped-data", name="smime.p7m"
        )
        mail.add_header("Content-Disposition", "attachment", filename="smime.p7m")
        mail["Content-Transfer-Encoding"] = "base64"
        mail.set_payload(base64.encodebytes(sealed).decode("ascii"))
        return mail.as_bytes()


def _seal(certificate: x509.Certificate, inside: bytes) -> bytes:
    if not isinstance(certificate.public_key(), RSAPublicKey):
        return seal_for_curve(certificate, inside)
    builder = PKCS7EnvelopeBuilder().set_data(inside).add_recipient(certificate)
    builder = builder.set_content_encryption_algorithm(AES256)
    return builder.encrypt(Encoding.DER, [PKCS7Options.Binary])
