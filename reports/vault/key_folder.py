"""The folder of the keys: two files, and a marker that says which instance they belong to.

Two more files are no keys. `signing` says that nothing of staff is taken without their signature;
`contacts` holds digests of contact points that were set at the command line while trying. Both lie
here because whoever can write the database must not be able to write them. They are no secrets, and
every process reads them.

`founding` in the marker says that a founding began here. Until it is over the folder claims
nothing: whoever was cut off may found again, with the same id and the same pepper.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from reports.errors import KeysDamaged, KeysMissing, MarkerDamaged, PurposeMissing, RosterWritable
from reports.vault.purposes import format_files, parse_file

PEPPER: Final = "pepper"
ROSTER: Final = "roster.pub"
MARKER: Final = "instance"
SIGNING: Final = "signing"
CONTACTS: Final = "contacts"
KEPT_BESIDE: Final = (SIGNING, CONTACTS)
"""Files beside the keys that go with them into a backup, where they are there."""
KEY_BYTES: Final = 32
"""The length of either key (docs/security-parameters.md#SP-1.10)."""
WRITABLE: Final = 0o222
"""The bits of a file's mode that let somebody write."""
_PRIVATE, _PUBLIC, _BY_GROUP = 0o600, 0o444, 0o040
_LOCK: Final = "founding.lock"
_TEXT: Final = re.compile(rb"(founding )?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n")


@dataclass(frozen=True)
class Marker:
    """Whose keys these are, or, while `founding`, whose they will be."""

    instance_id: UUID
    founding: bool = False


@dataclass(frozen=True)
class KeyFolder:
    """The keys folder at `path`, which may not be there."""

    path: Path

    def has_keys(self) -> bool:
        """Tells whether one of the key files is there, whole or not."""
        return any((self.path / name).exists() for name in (PEPPER, ROSTER))

    def read_marker(self) -> Marker | None:
        """Returns what the marker says; None where there is none. Raises `MarkerDamaged`."""
        file = self.path / MARKER
        try:
            told = _TEXT.fullmatch(file.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise MarkerDamaged(file) from problem
        if told is None:
            raise MarkerDamaged(file)
        return Marker(UUID(told[2].decode()), founding=told[1] is not None)

    def write_marker(self, marker: Marker) -> None:
        """Writes the marker durably, for everybody to read; one that says the same stays."""
        if self.read_marker() != marker:
            begun = "founding " if marker.founding else ""
            # It is no secret, and every process reads it.
            told = f"{begun}{marker.instance_id}\n".encode()
            _write_private(self.path / MARKER, told, _PUBLIC)

    def read_key(self, name: str) -> bytes:
        """Returns one key. Raises `KeysMissing`, and `KeysDamaged` where it is no whole key."""
        file = self.path / name
        try:
            found = file.read_bytes()
        except FileNotFoundError as problem:
            raise KeysMissing(file) from problem
        except OSError as problem:
            raise KeysDamaged(file) from problem
        if len(found) != KEY_BYTES:
            raise KeysDamaged(file)
        return found

    def read_purpose(self, name: str) -> dict[str, bytes]:
        """Returns the keys of one purpose by label. Raises `PurposeMissing`."""
        file = self.path / name
        try:
            return parse_file(name, file.read_bytes())
        except (OSError, ValueError) as problem:
            raise PurposeMissing(file) from problem

    def write_purposes(self) -> None:
        """Writes the file of each purpose from the pepper; one that says the same stays."""
        for name, content in format_files(self.read_key(PEPPER)).items():
            file = self.path / name
            if not file.exists() or file.read_bytes() != content:
                _write_private(file, content)

    def is_roster_fixed(self) -> bool:
        """Tells whether nobody may write the key of the roster, where there is one."""
        file = self.path / ROSTER
        return not file.exists() or not file.stat().st_mode & WRITABLE

    def require_roster_fixed(self) -> None:
        """Returns when nobody may write the key of the roster. Raises `RosterWritable`."""
        if not self.is_roster_fixed():
            raise RosterWritable(self.path / ROSTER)

    def write_keys(self, keys: Mapping[str, bytes]) -> None:
        """Writes key files durably, in place of what is there: the pepper for its owner alone,
        others for everybody to read and nobody to write."""
        self._make()
        for name, content in keys.items():
            _write_private(self.path / name, content, _PRIVATE if name == PEPPER else _PUBLIC)

    def replace_keys(self, keys: Mapping[str, bytes]) -> None:
        """Writes the key files of an instance; a file beside them that it has not goes."""
        for name in KEPT_BESIDE:
            if name not in keys:
                (self.path / name).unlink(missing_ok=True)
        self.write_keys(keys)

    def has_signing_mark(self) -> bool:
        """Tells whether the folder says that nothing of staff is taken without a signature."""
        return (self.path / SIGNING).exists()

    def write_signing_mark(self) -> None:
        """Says so from now on; a mark that is there stays. Raises `OSError`."""
        if not self.has_signing_mark():
            told = b"What staff say is taken with their signature.\n"
            _write_private(self.path / SIGNING, told, _PUBLIC)

    def read_contact_digests(self) -> dict[str, str]:
        """Returns the digest of each contact point that was set at the command line, by its id."""
        try:
            text = (self.path / CONTACTS).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return {}
        return dict(line.split(" ") for line in text.splitlines() if line.count(" ") == 1)

    def write_contact_digest(self, contact_id: str, digest: str) -> None:
        """Remembers the digest of a contact point, in place of an earlier one. Raises `OSError`."""
        told = self.read_contact_digests() | {contact_id: digest}
        text = "".join(f"{name} {value}\n" for name, value in sorted(told.items()))
        _write_private(self.path / CONTACTS, text.encode(), _PUBLIC)

    def begin_founding(self) -> None:
        """Makes the pepper of an instance that is about to be founded; one that is there stays.

        Of several who found at once here, all find the same one. Raises `KeysMissing` where the
        folder belongs to an instance already.
        """
        self._make()
        lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(lock) as line:
            fcntl.flock(line, fcntl.LOCK_EX)
            if (self.path / PEPPER).exists():
                return
            marker = self.read_marker()
            if marker is None:
                self.write_marker(Marker(uuid4(), founding=True))
            elif not marker.founding:
                raise KeysMissing(self.path / PEPPER)
            _write_private(self.path / PEPPER, secrets.token_bytes(KEY_BYTES))

    def _make(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)


def find_key_folder(data_dir: Path) -> KeyFolder:
    """Returns the keys folder of a data folder."""
    return KeyFolder(data_dir / "keys")


def _write_private(path: Path, data: bytes, mode: int = _PRIVATE) -> None:
    """Write a whole file that only its owner may read, durably, or leave the old one.

    Where one was given to the user or group of a process, the new one is theirs as well.
    """
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    before = path.stat() if path.exists() else None
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        if before is not None:
            with suppress(PermissionError):
                os.fchown(descriptor, before.st_uid, before.st_gid)
            mode |= before.st_mode & _BY_GROUP
        os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
