"""The OpenPGP certificate of a contact point: read strictly, refused with the reason when weak."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pysequoia import Cert, encrypt
from pysequoia.packet import PacketPile, Tag

from reports.errors import KeyRefused

LIMIT: Final = 1024 * 1024
"""Bytes. A certificate with many signatures of others stays far below."""
_SECRET = (Tag.SecretKey, Tag.SecretSubkey)


def read(data: bytes, now: datetime) -> Cert:
    """The one certificate in `data`, if a report may be encrypted to it. Raises `KeyRefused`.

    Sequoia's policy decides what is weak (SHA-1 signatures, RSA under 2048 bits, DSA, ElGamal).
    """
    certificate = _parse(data)
    try:
        expiration, revoked = certificate.expiration, certificate.is_revoked
    except RuntimeError as problem:
        raise KeyRefused("the key or its signatures are too weak") from problem
    if revoked:
        raise KeyRefused("the key was revoked")
    if expiration is not None and expiration <= now:
        raise KeyRefused("the key has expired")
    encrypt_to(certificate, b"")
    return certificate


def encrypt_to(certificate: Cert, data: bytes) -> bytes:
    """`data` encrypted to the holder of the certificate, armored. Raises `KeyRefused`."""
    try:
        return encrypt(data, recipients=[certificate])
    except RuntimeError as problem:
        raise KeyRefused("the key has no valid part for encryption") from problem


def _parse(data: bytes) -> Cert:
    if len(data) > LIMIT:
        raise KeyRefused("the file is too large for a key")
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
