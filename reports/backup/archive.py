"""The file of a backup: a tar whose last member lists the digest of every other one.

Tar is read by anybody's tools in twenty years. The list at the end tells a whole file from one
that a full disk or a broken line cut off; it is checked before anything is restored.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reports.errors import BackupDamaged

DIGESTS = "digests.json"


class Archive:
    """Members are added one after the other; their digests are kept for the end."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._digests: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        """Add one member, whole."""
        self._digests[name] = hashlib.sha256(data).hexdigest()
        member = tarfile.TarInfo(name)
        member.size = len(data)
        member.mode = 0o600
        self._tar.addfile(member, io.BytesIO(data))

    def close(self) -> None:
        """Add the list of digests."""
        self.add(DIGESTS, json.dumps(self._digests, indent=0, sort_keys=True).encode())


@contextmanager
def create(path: Path) -> Iterator[Archive]:
    """Write the file `path`, readable by its owner alone: the whole of it durably, or nothing.

    An older file of that name stays until the new one is whole.
    """
    fresh = path.with_name(f"{path.name}.partial")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                archive = Archive(tar)
                yield archive
                archive.close()
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def verify(path: Path) -> dict[str, str]:
    """The digest of every member of the file `path`, each compared. Raises `BackupDamaged`."""
    found: dict[str, str] = {}
    listed: bytes | None = None
    for name, data in read_members(path):
        if name == DIGESTS:
            listed = data
        else:
            found[name] = hashlib.sha256(data).hexdigest()
    if listed is None:
        raise BackupDamaged("the end is missing")
    try:
        wanted = json.loads(listed)
    except ValueError as problem:
        raise BackupDamaged(DIGESTS) from problem
    if wanted != found:
        wrong = {name for name in {*wanted, *found} if wanted.get(name) != found.get(name)}
        raise BackupDamaged(min(wrong))
    return found


def read_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each member, in the order of the file. Raises `BackupDamaged`."""
    with path.open("rb") as file:
        try:
            with tarfile.open(fileobj=file, mode="r:") as tar:
                for member in tar:
                    content = tar.extractfile(member)
                    if content is None:
                        raise BackupDamaged(member.name)
                    yield member.name, _whole(content, member)
        except (tarfile.TarError, EOFError) as problem:
            raise BackupDamaged("it is not a backup, or was cut off") from problem


def _whole(content: IO[bytes], member: tarfile.TarInfo) -> bytes:
    data = content.read()
    if len(data) != member.size:
        raise BackupDamaged(member.name)
    return data
