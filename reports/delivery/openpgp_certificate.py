"""The OpenPGP certificate of a contact point: read strictly, refused with the reason when weak."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from pysequoia import Cert, encrypt
from pysequoia.packet import PacketPile, Tag

from reports.delivery import openpgp_parts
from reports.delivery.key_text import clean_key
from reports.delivery.openpgp_companion import make_companion, needs_companion
from reports.errors import KeyRefused

LIMIT: Final = 1024 * 1024
"""Bytes. A certificate with many signatures of others stays far below."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_SECRET = (Tag.SecretKey, Tag.SecretSubkey)


def read(data: bytes, now: datetime) -> Cert:
    """The one certificate in `data`, if a report may be encrypted to it. Raises `KeyRefused`.

    Sequoia's policy decides what is weak (SHA-1 signatures, RSA under 2048 bits, DSA, ElGamal).
    """
    if len(data) > LIMIT:
        raise KeyRefused("the file is too large for a key")
    certificate = _parse(clean_key(data))
    try:
        expiration, revoked = certificate.expiration, certificate.is_revoked
    except RuntimeError as problem:
        if _has_brainpool_key(certificate):
            raise KeyRefused("keys on Brainpool curves are not supported") from problem
        raise KeyRefused("the key or its signatures are too weak") from problem
    if revoked:
        raise KeyRefused("the key was revoked")
    if expiration is not None and expiration <= now:
        raise KeyRefused("the key has expired")
    _require_living_part(certificate, now)
    encrypt_to(certificate, b"")
    return certificate


def find_end(certificate: Cert) -> datetime | None:
    """Returns when nothing can be encrypted to a certificate any more; None if that is never.

    The earlier one of the end of its primary key and that of the part for encryption that lives
    longest.
    """
    parts = [part.ends for part in openpgp_parts.list_parts(certificate) if not part.revoked]
    last = max(parts, key=lambda end: end or _NEVER, default=None)
    return min((end for end in (certificate.expiration, last) if end), default=None)


def describe(certificate: Cert) -> str:
    """Returns the names in a certificate, for people to see whose it is."""
    return ", ".join(str(each) for each in certificate.user_ids)


def _has_brainpool_key(certificate: Cert) -> bool:
    try:
        return openpgp_parts.has_brainpool_key(bytes(certificate))
    except RuntimeError:
        return False


def _require_living_part(certificate: Cert, now: datetime) -> None:
    try:
        parts = openpgp_parts.list_parts(certificate)
    except RuntimeError as problem:
        # A packet of a type that the library cannot name: damaged, or of a later time.
        raise KeyRefused("the file holds no OpenPGP key") from problem
    if any(part.is_alive(now) for part in parts):
        return
    if not parts:
        raise KeyRefused("the key has no valid part for encryption")
    if all(part.revoked for part in parts):
        raise KeyRefused("the part of the key for encryption was revoked")
    raise KeyRefused("the part of the key for encryption has expired")


def encrypt_to(certificate: Cert, data: bytes) -> bytes:
    """`data` encrypted to the holder of the certificate alone, armored, in a form that they read.

    Raises `KeyRefused`.
    """
    recipients = [certificate]
    if needs_companion(certificate):
        recipients.append(make_companion())
    try:
        return encrypt(data, recipients=recipients)
    except RuntimeError as problem:
        raise KeyRefused("the key has no valid part for encryption") from problem


def _parse(data: bytes) -> Cert:
    try:
        tags = [packet.tag for packet in PacketPile.from_bytes(data)]
        found = Cert.split_bytes(data) if tags else []
    except RuntimeError as problem:
        raise KeyRefused("the file holds no OpenPGP key") from problem
    if any(tag in _SECRET for tag in tags):
        raise KeyRefused("the file holds a secret key; it must never leave its owner")
    if not found:
        raise KeyRefused("the file holds no OpenPGP key")
    if len(found) > 1:
        raise KeyRefused("the file holds more than one key")
    return found[0]
