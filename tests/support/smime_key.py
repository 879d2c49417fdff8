"""The S/MIME key of a contact point in tests, which opens what reaches it."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der

from tests.support.cast import NOW
from tests.support.office import parse

OPENSSL = [
    *("openssl", "cms", "-decrypt", "-in", "mail.eml"),
    *("-inkey", "key.pem", "-recip", "cert.pem"),
]


class SmimeKey:
    """The S/MIME key of a contact point."""

    def __init__(
        self,
        *,
        days: int = 365,
        bits: int = 2048,
        private: ec.EllipticCurvePrivateKey | None = None,
    ) -> None:
        self.private = private or rsa.generate_private_key(65537, bits)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Office")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
        builder = builder.public_key(self.private.public_key()).serial_number(1)
        builder = builder.not_valid_before(NOW - timedelta(days=400))
        made = builder.not_valid_after(NOW + timedelta(days=days)).sign(self.private, SHA256())
        self.certificate = made.public_bytes(Encoding.DER)

    def open(self, mail: bytes, folder: Path) -> bytes:
        """What OpenSSL reads in the mail."""
        files = {"key.pem": self.pem(), "mail.eml": mail, "cert.pem": self.certificate_pem()}
        for name, data in files.items():
            (folder / name).write_bytes(data)
        done = subprocess.run(
            OPENSSL,
            cwd=folder,
            capture_output=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def decrypt(self, mail: bytes) -> bytes:
        """The same, without a program of its own."""
        certificate = x509.load_der_x509_certificate(self.certificate)
        assert isinstance(self.private, rsa.RSAPrivateKey)
        enveloped = cast(bytes, parse(mail).get_payload(decode=True))
        return pkcs7_decrypt_der(enveloped, certificate, self.private, [])

    def pem(self) -> bytes:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def certificate_pem(self) -> bytes:
        return x509.load_der_x509_certificate(self.certificate).public_bytes(Encoding.PEM)
