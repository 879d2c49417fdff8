"""The S/MIME certificate of a contact point: read strictly, refused with the reason when weak."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID

from reports.errors import KeyRefused

LIMIT = 64 * 1024
"""Bytes. One certificate is two or three thousand."""
SHORTEST_RSA = 2048
"""Bits, as for OpenPGP keys."""
_WEAK = ("md5", "sha1")
_MAIL = (ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)


def read(data: bytes, now: datetime) -> x509.Certificate:
    """The one certificate in `data`, PEM or DER, if mail may be encrypted to it.

    Raises `KeyRefused`. Who issued it is not judged: a person compared its fingerprint.
    """
    certificate = _parse(data)
    if not certificate.not_valid_before_utc <= now:
        raise KeyRefused("the certificate is not valid yet")
    if certificate.not_valid_after_utc <= now:
        raise KeyRefused("the certificate has expired")
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise KeyRefused("the certificate has no RSA key")
    if key.key_size < SHORTEST_RSA:
        raise KeyRefused("the key or its signatures are too weak")
    algorithm = certificate.signature_hash_algorithm
    if algorithm is not None and algorithm.name in _WEAK:
        raise KeyRefused("the key or its signatures are too weak")
    _check_use(certificate)
    return certificate


def compute_fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 over the certificate, in hex: what two people compare."""
    return certificate.fingerprint(SHA256()).hex().upper()


def _check_use(certificate: x509.Certificate) -> None:
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.KeyUsage) and not value.key_encipherment:
            raise KeyRefused("the certificate is not meant for encryption")
        if isinstance(value, x509.ExtendedKeyUsage) and not set(_MAIL) & set(value):
            raise KeyRefused("the certificate is not meant for mail")


def _parse(data: bytes) -> x509.Certificate:
    if len(data) > LIMIT:
        raise KeyRefused("the file is too large for a certificate")
    if b"PRIVATE KEY" in data:
        raise KeyRefused("the file holds a secret key; it must never leave its owner")
    try:
        if b"-----BEGIN" not in data:
            return x509.load_der_x509_certificate(data)
        found = x509.load_pem_x509_certificates(data)
    except ValueError as problem:
        raise KeyRefused("the file holds no S/MIME certificate") from problem
    if len(found) > 1:
        raise KeyRefused("the file holds more than one certificate")
    return found[0]
