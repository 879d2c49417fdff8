"""Seals to a public key: HPKE (RFC 9180) with a suite byte in front of every key and every seal.

Suite 1 is X25519, suite 2 is X-Wing (ML-KEM-768 with X25519, draft-connolly-cfrg-xwing-kem), the
default: a stolen backup waits for quantum computers. Both use HKDF-SHA256 and ChaCha20-Poly1305.
The kind and the id of the sealed object are bound in, so that swapped rows do not open.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from reports.errors import SealBroken

X25519 = 1
X_WING = 2
_SEED = 32
_MLKEM_PUBLIC = 1184

_SUITES = {
    X25519: Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305),
    X_WING: Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305),
}


@dataclass(frozen=True)
class KeyPair:
    """Both halves as bytes, each with its suite byte in front; `private` is a 32-byte seed."""

    public: bytes
    private: bytes

    def __repr__(self) -> str:
        return "KeyPair(...)"


def make_pair(suite: int = X_WING) -> KeyPair:
    """A new random key pair."""
    private = bytes([suite]) + secrets.token_bytes(_SEED)
    return KeyPair(public=derive_public(private), private=private)


def derive_public(private: bytes) -> bytes:
    """The public half that belongs to a private half. Raises `SealBroken` on damaged bytes."""
    suite = _suite_of(private)
    if suite == X25519:
        return bytes([suite]) + _x25519(private).public_key().public_bytes_raw()
    mlkem, x25519 = _x_wing_parts(private)
    return (
        bytes([suite])
        + mlkem.public_key().public_bytes_raw()
        + x25519.public_key().public_bytes_raw()
    )


def seal(public: bytes, data: bytes, *, kind: str, id: bytes) -> bytes:
    """Seal `data` so that only the private half of `public` opens it, and only as `kind`, `id`."""
    suite = _suite_of(public)
    return bytes([suite]) + _SUITES[suite].encrypt(data, _public(public), _context(kind, id))


def open_sealed(private: bytes, sealed: bytes, *, kind: str, id: bytes) -> bytes:
    """Open what `seal` made for this key, kind and id. Raises `SealBroken` for anything else."""
    return Opener(private).open(sealed, kind=kind, id=id)


class Opener:
    """A private key made ready once, for opening many seals: that is half of what one costs."""

    def __init__(self, private: bytes) -> None:
        """Raises `SealBroken` on damaged bytes."""
        self._suite = _suite_of(private)
        self._key = (
            _x25519(private)
            if self._suite == X25519
            else MLKEM768X25519PrivateKey(*_x_wing_parts(private))
        )

    def __repr__(self) -> str:
        return "Opener(...)"

    def open(self, sealed: bytes, *, kind: str, id: bytes) -> bytes:
        """As `open_sealed`."""
        if not sealed or sealed[0] != self._suite:
            raise SealBroken("sealed under another suite")
        try:
            return _SUITES[self._suite].decrypt(sealed[1:], self._key, _context(kind, id))
        except (InvalidTag, ValueError) as problem:
            raise SealBroken(f"a sealed {kind} does not open") from problem


def _context(kind: str, id: bytes) -> bytes:
    return b"wayside seal 1\0" + kind.encode() + b"\0" + id


def _suite_of(key: bytes) -> int:
    if not key or key[0] not in _SUITES:
        raise SealBroken("unknown suite")
    return key[0]


def _public(public: bytes) -> X25519PublicKey | MLKEM768X25519PublicKey:
    raw = public[1:]
    try:
        if public[0] == X25519:
            return X25519PublicKey.from_public_bytes(raw)
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC:]),
        )
    except ValueError as problem:
        raise SealBroken("damaged public key") from problem


def _x25519(private: bytes) -> X25519PrivateKey:
    if len(private) != 1 + _SEED:
        raise SealBroken("damaged private key")
    return X25519PrivateKey.from_private_bytes(private[1:])


def _x_wing_parts(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """Expand the seed as X-Wing does: SHAKE-256 to 96 bytes, 64 for ML-KEM and 32 for X25519."""
    if len(private) != 1 + _SEED:
        raise SealBroken("damaged private key")
    expanded = hashlib.shake_256(private[1:]).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )
