"""What an instance keeps outside its database, and the slow keys that depend on it.

`keys/pepper` goes into every slow derivation and every keyed hash; a process that serves one face
alone has files with what it needs of it (`reports/vault/purposes.py`). `keys/roster.pub` is the
pinned half that checks the signatures of desk and staff keys. None opens a report. Whose they are
says the marker beside them (`reports/vault/key_folder.py`).
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from reports.errors import NotFounded
from reports.vault.key_folder import KEPT_BESIDE, PEPPER, ROSTER, KeyFolder, find_key_folder
from reports.vault.outer_keys import OuterKeys
from reports.vault.purposes import PASSWORD, RECEIPT, SITE_SALT, KeySource, Pepper, PurposeKeys
from reports.vault.slots import Slots
from reports.vault.wrapping import compute_hmac


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
        keys: bytes | KeySource,
        *,
        password_cost: Cost = PASSWORD_COST,
        receipt_cost: Cost = RECEIPT_COST,
    ) -> None:
        self.key_folder = KeyFolder(folder)
        self._keys = Pepper(keys) if isinstance(keys, bytes) else keys
        self._purposes: dict[str, bytes] = {}
        self._password_cost = password_cost
        self._receipt_cost = receipt_cost
        # Beside the keys and not among them: keys may be where no process can write.
        self.slot_folder = folder.parent / "slots"
        # Beside them too: who erases a report overwrites its outer key.
        self.outer_keys = OuterKeys(folder.parent / "outer")
        self._password_slots = Slots(self.slot_folder, "password", 2)
        self._receipt_slots = Slots(self.slot_folder, "receipt", os.cpu_count() or 1)
        self._sending_slots = Slots(self.slot_folder, "sending", 1, common=self._receipt_slots)

    @classmethod
    def load(cls, data_dir: Path) -> Vault:
        """The vault of an instance that was founded. Raises `NotFounded`."""
        folder = find_key_folder(data_dir).path
        try:
            return cls(folder, (folder / PEPPER).read_bytes())
        except FileNotFoundError as problem:
            raise NotFounded("no keys in the data folder: run init first") from problem

    @classmethod
    def load_purposes(cls, data_dir: Path, purposes: Iterable[str]) -> Vault:
        """The vault of a process that holds these files and no pepper; with none of them, `load`.

        Raises `PurposeMissing` where one is not there, not whole, or not for it to read.
        """
        names = tuple(purposes)
        if not names:
            return cls.load(data_dir)
        folder = find_key_folder(data_dir)
        return cls(folder.path, PurposeKeys({name: folder.read_purpose(name) for name in names}))

    @classmethod
    def create(cls, data_dir: Path) -> Vault:
        """The vault of an instance that is about to be founded; makes folder, pepper and marker.

        Raises `KeysMissing` where the folder belongs to an instance and has lost its pepper.
        """
        find_key_folder(data_dir).begin_founding()
        return cls.load(data_dir)

    def read_key_files(self) -> dict[str, bytes]:
        """What a backup must hold so that the database can be used again: name and content."""
        folder = self.key_folder.path
        beside = (name for name in KEPT_BESIDE if (folder / name).exists())
        return {name: (folder / name).read_bytes() for name in (PEPPER, ROSTER, *beside)}

    @classmethod
    def write_key_files(cls, data_dir: Path, files: Mapping[str, bytes]) -> None:
        """Write what `read_key_files` gave into `data_dir`, in place of what is there."""
        beside = (name for name in KEPT_BESIDE if name in files)
        kept = {name: files[name] for name in (PEPPER, ROSTER, *beside)}
        find_key_folder(data_dir).replace_keys(kept)

    def pin_roster(self, public: bytes) -> None:
        """Remember the Ed25519 key that signs desk and staff keys."""
        self.key_folder.write_keys({ROSTER: public})

    def read_roster_public(self) -> bytes:
        """The pinned key, read each time: founding again must not need a restart."""
        try:
            return (self.key_folder.path / ROSTER).read_bytes()
        except FileNotFoundError as problem:
            raise NotFounded("no roster key in the data folder: run init first") from problem

    def derive_password_key(self, password: str, salt: bytes) -> bytes:
        """The 32-byte key that a staff password gives. About half a second; raises `Busy`."""
        typed = unicodedata.normalize("NFKC", password).encode()
        peppered = self._keys.compute_typed(PASSWORD, typed)
        with self._password_slots.take():
            return _argon2id(peppered, salt, self._password_cost)

    def derive_receipt_key(self, locator: str, secret: str, *, sending: bool = False) -> bytes:
        """The 32-byte key that a receipt code gives; its locator is its salt. Raises `Busy`.

        `sending`: for a code that was just made, not for one that somebody typed. It has a place
        that typed codes never take, so that who tries codes keeps no report out.
        """
        peppered = self._keys.compute_typed(RECEIPT, secret.encode())
        salt = compute_hmac(self._keys.get(SITE_SALT), locator.encode())[:16]
        slots = self._sending_slots if sending else self._receipt_slots
        with slots.take():
            return _argon2id(peppered, salt, self._receipt_cost)

    def compute_mac(self, purpose: str, *parts: bytes) -> bytes:
        """A keyed hash for one purpose, worthless without this instance's keys.

        Raises `KeyNotHeld` where this process has no key for it.
        """
        if purpose not in self._purposes:
            self._purposes[purpose] = self._keys.get(purpose)
        return compute_hmac(self._purposes[purpose], *parts)

    def compute_checks(self, told: bytes) -> Mapping[str, bytes]:
        """What proves whose keys these are, by each file that they came from."""
        return self._keys.compute_checks(told)


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
