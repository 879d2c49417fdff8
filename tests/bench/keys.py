"""Slow keys and seals beside the bare library calls that they are made of."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from reports.vault import Vault, make_pair, open_sealed, seal
from reports.vault.vault import PASSWORD_COST, RECEIPT_COST, Cost
from tests.bench.measure import Ratio, medians

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
SLOTS = "the same work, and a moment for the pepper and for a place among the slots"


def measure(folder: Path) -> Iterator[Ratio]:
    """Four rows."""
    vault = Vault.create(folder)
    salt = secrets.token_bytes(16)

    def staff() -> None:
        vault.derive_password_key("seven quiet herons", salt)

    def receipt() -> None:
        vault.derive_receipt_key("0123456", "0123456789012345")

    ours, bare = medians(staff, lambda: argon2id(PASSWORD_COST, salt), rounds=7)
    yield Ratio("a staff password's key", "bare argon2id", ours, bare, 1.1, 1.6, SLOTS)
    ours, bare = medians(receipt, lambda: argon2id(RECEIPT_COST, salt), rounds=40)
    yield Ratio("a receipt code's key", "bare argon2id", ours, bare, 1.1, 1.6, SLOTS)
    yield from seals()


def seals() -> Iterator[Ratio]:
    pair, id, body = make_pair(), secrets.token_bytes(16), secrets.token_bytes(4096)
    mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    key = MLKEM768X25519PrivateKey(mlkem, x25519)
    public = key.public_key()
    sealed = seal(pair.public, body, kind="bench", id=id)
    bare_sealed = SUITE.encrypt(body, public, b"bench")

    ours, bare = medians(
        lambda: seal(pair.public, body, kind="bench", id=id),
        lambda: SUITE.encrypt(body, public, b"bench"),
        rounds=30,
        each=50,
    )
    why = "the same, and the public key read from its bytes each time"
    yield Ratio("seal 4 KiB", "bare HPKE", ours, bare, 1.5, 3, why)
    ours, bare = medians(
        lambda: open_sealed(pair.private, sealed, kind="bench", id=id),
        lambda: SUITE.decrypt(bare_sealed, key, b"bench"),
        rounds=30,
        each=50,
    )
    why = "the same, and the private key grown from its 32 bytes each time"
    yield Ratio("open 4 KiB", "bare HPKE", ours, bare, 3, 6, why)


def argon2id(cost: Cost, salt: bytes) -> bytes:
    """One bare call of the same parameters."""
    return hash_secret_raw(
        b"x" * 32,
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
