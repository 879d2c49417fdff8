"""Wraps under a symmetric key, labelled derivation, and keyed hashes.

Wraps are ChaCha20-Poly1305 with a random nonce in front; the object's kind and id are associated
data, so that a wrap moved to another row does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reports.errors import SealBroken

_NONCE = 12


def wrap(key: bytes, data: bytes, *, kind: str, id: bytes) -> bytes:
    """Encrypt `data` under the 32-byte `key` for this kind and id."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, data, _context(kind, id))


def unwrap(key: bytes, wrapped: bytes, *, kind: str, id: bytes) -> bytes:
    """Open what `wrap` made. Raises `SealBroken` for another key, kind, id or damaged bytes."""
    nonce, sealed = wrapped[:_NONCE], wrapped[_NONCE:]
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, sealed, _context(kind, id))
    except (InvalidTag, ValueError) as problem:
        raise SealBroken(f"a wrapped {kind} does not open") from problem


def derive(secret: bytes, label: str, length: int = 32) -> bytes:
    """`length` bytes from a strong secret, by HKDF-SHA256 under a label."""
    hkdf = HKDF(algorithm=SHA256(), length=length, salt=None, info=b"wayside " + label.encode())
    return hkdf.derive(secret)


def compute_hmac(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA256 over the parts, each preceded by its length, so that no two lists collide."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.digest()


def _context(kind: str, id: bytes) -> bytes:
    return b"wayside wrap 1\0" + kind.encode() + b"\0" + id
