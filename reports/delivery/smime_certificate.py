"""The S/MIME certificate of a contact point: read strictly, refused with the reason when weak.

What people send is taken as it comes: one certificate or its whole chain, in PEM, in DER, as PKCS#7
(.p7b) or as bare base64. Of several the one that mail is encrypted to is chosen, by what it says of
itself; it is named to whoever compares it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from reports.delivery.key_text import clean_key
from reports.errors import KeyRefused

LIMIT = 256 * 1024
"""Bytes. One certificate is two or three thousand; a chain in UTF-16 has some of them, twice."""
SHORTEST_RSA = 2048
"""Bits, as for OpenPGP keys."""
SHORTEST_CURVE = 256
"""Bits, which stand for as much as RSA with 3072."""
_WEAK = ("md5", "sha1")
_MAIL = (ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
_MOST: Final = 20
"""Certificates in one file; chains have three or four."""
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_KINDS: Final = ("CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE", "PKCS7", "CMS")
_PKCS12: Final = re.compile(
    rb"\A\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...)\x02\x01\x03\x30", re.DOTALL
)
"""How a PKCS#12 file begins (RFC 7292, section 4): it is made to carry a secret key."""


def read(data: bytes, now: datetime) -> x509.Certificate:
    """The certificate in `data` that mail may be encrypted to. Raises `KeyRefused`.

    Who issued it is not judged: a person compared its fingerprint.
    """
    found = _parse(data)
    ends = found if len(found) == 1 else [each for each in found if not _is_issuer(each)]
    if not ends:
        raise KeyRefused("the file holds certificates of issuers alone")
    good, refused = [], []
    for certificate in ends:
        try:
            _check(certificate, now)
            good.append(certificate)
        except KeyRefused as refusal:
            refused.append(refusal)
    if not good:
        raise refused[0]
    if len(good) > 1:
        raise KeyRefused("the file holds more than one certificate")
    return good[0]


def describe(certificate: x509.Certificate) -> str:
    """Returns whose certificate it is and who issued it, for people to see which was chosen."""
    return f"{_name(certificate.subject, certificate)} ({_name(certificate.issuer)})"


def compute_fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 over the certificate, in hex: what two people compare."""
    return certificate.fingerprint(SHA256()).hex().upper()


def _name(name: x509.Name, certificate: x509.Certificate | None = None) -> str:
    """Returns the addresses and the common name, or the whole name where it has none."""
    said = [str(each.value) for each in name.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if certificate is not None:
        said += [each for each in _list_addresses(certificate) if each not in said]
    return ", ".join(said) or name.rfc4514_string()


def _list_addresses(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return []
    return names.value.get_values_for_type(x509.RFC822Name)


def _check(certificate: x509.Certificate, now: datetime) -> None:
    """Raises `KeyRefused` unless mail may be encrypted to it now."""
    if not certificate.not_valid_before_utc <= now:
        raise KeyRefused("the certificate is not valid yet")
    if certificate.not_valid_after_utc <= now:
        raise KeyRefused("the certificate has expired")
    try:
        key = certificate.public_key()
        extensions = certificate.extensions
    except ValueError as problem:
        raise KeyRefused("the file holds no S/MIME certificate") from problem
    if isinstance(key, RSAPublicKey):
        strong = key.key_size >= SHORTEST_RSA
    elif isinstance(key, EllipticCurvePublicKey):
        strong = key.curve.key_size >= SHORTEST_CURVE
    else:
        raise KeyRefused("the certificate has neither an RSA nor an EC key")
    algorithm = certificate.signature_hash_algorithm
    if not strong or (algorithm is not None and algorithm.name in _WEAK):
        raise KeyRefused("the key or its signatures are too weak")
    for extension in extensions:
        _check_use(extension.value, by_agreement=not isinstance(key, RSAPublicKey))


def _check_use(value: x509.ExtensionType, *, by_agreement: bool) -> None:
    """Refuses a certificate for other uses. RSA encrypts a key, a curve agrees on one."""
    if isinstance(value, x509.KeyUsage):
        meant = value.key_agreement if by_agreement else value.key_encipherment
        if not meant:
            raise KeyRefused("the certificate is not meant for encryption")
    if isinstance(value, x509.ExtendedKeyUsage) and not set(_MAIL) & set(value):
        raise KeyRefused("the certificate is not meant for mail")


def _is_issuer(certificate: x509.Certificate) -> bool:
    try:
        limits = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return limits.value.ca


def _parse(data: bytes) -> Sequence[x509.Certificate]:
    """Returns every certificate in a file, each once."""
    if len(data) > LIMIT:
        raise KeyRefused("the file is too large for a certificate")
    cleaned = clean_key(data)
    if b"PRIVATE KEY" in cleaned or _PKCS12.match(data):
        raise KeyRefused("the file holds a secret key; it must never leave its owner")
    found: dict[bytes, x509.Certificate] = {}
    for der in _list_values(cleaned):
        for certificate in _load(der):
            found[certificate.fingerprint(SHA256())] = certificate
    if not found:
        raise KeyRefused("the file holds no S/MIME certificate")
    if len(found) > _MOST:
        raise KeyRefused("the file holds more than one certificate")
    return list(found.values())


def _list_values(data: bytes) -> Iterator[bytes]:
    """Yields what may be a certificate or PKCS#7, in DER: of armour, of base64, or as it is."""
    blocks = list(_BLOCK.finditer(data))
    for block in blocks:
        if block[1].decode() in _KINDS:
            yield from _decode(block[2])
    if not blocks:
        yield data
        yield from _decode(data)


def _decode(text: bytes) -> Iterator[bytes]:
    try:
        yield base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return


def _load(der: bytes) -> Sequence[x509.Certificate]:
    loaders: tuple[Callable[[bytes], Sequence[x509.Certificate]], ...] = (
        lambda one: [x509.load_der_x509_certificate(one)],
        load_der_pkcs7_certificates,
    )
    for load in loaders:
        try:
            return load(der)
        except ValueError:
            continue
    return ()
