"""What an instance keeps outside its database, and the slow keys that depend on it.

`keys/pepper` goes into every slow derivation and every keyed hash; `keys/roster.pub` is the pinned
half that checks the signatures of desk and staff keys. Neither opens a report.
"""

from __future__ import annotations

import os
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from reports.errors import NotFounded
from reports.vault.slots import Slots
from reports.vault.wrapping import compute_hmac, derive

_PEPPER = "pepper"
_ROSTER = "roster.pub"


@dataclass(frozen=True)
class Cost:
    """The work of one argon2id derivation."""

    memory_kib: int
    passes: int


PASSWORD_COST = Cost(memory_kib=128 * 1024, passes=3)
RECEIPT_COST = Cost(memory_kib=19 * 1024, passes=2)
"""docs/security-parameters.md, SP-2.1 and SP-2.2; the second is OWASP's figure."""


class Vault:
    """The keys of one instance that lie outside its database."""

    def __init__(
        self,
        folder: Path,
        pepper: bytes,
        *,
        password_cost: Cost = PASSWORD_COST,
        receipt_cost: Cost = RECEIPT_COST,
    ) -> None:
        self._folder = folder
        self._pepper = pepper
        self._purposes: dict[str, bytes] = {}
        self._password_cost = password_cost
        self._receipt_cost = receipt_cost
        self._password_slots = Slots(folder, "password", 2)
        self._receipt_slots = Slots(folder, "receipt", os.cpu_count() or 1)

    @classmethod
    def load(cls, data_dir: Path) -> Vault:
        """The vault of an instance that was founded. Raises `NotFounded`."""
        folder = data_dir / "keys"
        try:
            return cls(folder, (folder / _PEPPER).read_bytes())
        except FileNotFoundError as problem:
            raise NotFounded("no keys in the data folder: run init first") from problem

    @classmethod
    def create(cls, data_dir: Path) -> Vault:
        """The vault of `data_dir`; makes its folder and pepper when they are not there."""
        folder = data_dir / "keys"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / _PEPPER).exists():
            _write_private(folder / _PEPPER, secrets.token_bytes(32))
        return cls.load(data_dir)

    def read_key_files(self) -> dict[str, bytes]:
        """What a backup must hold so that the database can be used again: name and content."""
        names = (_PEPPER, _ROSTER)
        return {name: (self._folder / name).read_bytes() for name in names}

    @classmethod
    def write_key_files(cls, data_dir: Path, files: Mapping[str, bytes]) -> None:
        """Write what `kept_files` gave into `data_dir`, in place of what is there."""
        folder = data_dir / "keys"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (_PEPPER, _ROSTER):
            _write_private(folder / name, files[name])

    def pin_roster(self, public: bytes) -> None:
        """Remember the Ed25519 key that signs desk and staff keys."""
        _write_private(self._folder / _ROSTER, public)

    def read_roster_public(self) -> bytes:
        """The pinned key, read each time: founding again must not need a restart."""
        try:
            return (self._folder / _ROSTER).read_bytes()
        except FileNotFoundError as problem:
            raise NotFounded("no roster key in the data folder: run init first") from problem

    def derive_password_key(self, password: str, salt: bytes) -> bytes:
        """The 32-byte key that a staff password gives. About half a second; raises `Busy`."""
        typed = unicodedata.normalize("NFKC", password).encode()
        peppered = compute_hmac(self._pepper, b"password", typed)
        with self._password_slots.take():
            return _argon2id(peppered, salt, self._password_cost)

    def derive_receipt_key(self, locator: str, secret: str) -> bytes:
        """The 32-byte key that a receipt code gives; its locator is its salt. Raises `Busy`."""
        peppered = compute_hmac(self._pepper, b"receipt", secret.encode())
        salt = compute_hmac(derive(self._pepper, "site salt"), locator.encode())[:16]
        with self._receipt_slots.take():
            return _argon2id(peppered, salt, self._receipt_cost)

    def compute_mac(self, purpose: str, *parts: bytes) -> bytes:
        """A keyed hash for one purpose, worthless without this instance's pepper."""
        if purpose not in self._purposes:
            self._purposes[purpose] = derive(self._pepper, purpose)
        return compute_hmac(self._purposes[purpose], *parts)


def _argon2id(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(
        secret,
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


def _write_private(path: Path, data: bytes) -> None:
    """Write a whole file that only its owner may read, durably, or leave the old one."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
