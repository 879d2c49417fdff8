"""One MIME part as an S/MIME mail: enveloped data (RFC 8551), AES-256, to one RSA certificate.

The envelope keeps others from reading and does not say who wrote: like our OpenPGP mail it is not
signed. What is inside loads nothing from anywhere, which is what changed envelopes are made for.
"""

from __future__ import annotations

import base64
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7EnvelopeBuilder,
    PKCS7Options,
)

from reports.delivery import smime_certificate
from reports.delivery.envelopes.mail_headers import MailHeaders


def encrypt_mail(outside: MailHeaders, inside: bytes, certificate: bytes, now: datetime) -> bytes:
    """The mail, ready to leave. Raises `KeyRefused` when the certificate is no longer usable."""
    key = smime_certificate.read(certificate, now)
    builder = PKCS7EnvelopeBuilder().set_data(inside).add_recipient(key)
    builder = builder.set_content_encryption_algorithm(AES256)
    sealed = builder.encrypt(Encoding.DER, [PKCS7Options.Binary])
    mail = outside.build_mail()
    mail.add_header(
        "Content-Type", "application/pkcs7-mime", smime_type="enveloped-data", name="smime.p7m"
    )
    mail.add_header("Content-Disposition", "attachment", filename="smime.p7m")
    mail["Content-Transfer-Encoding"] = "base64"
    mail.set_payload(base64.encodebytes(sealed).decode("ascii"))
    return mail.as_bytes()
