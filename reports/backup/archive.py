"""The file of a backup: a tar whose last member lists the digest of every other one.

Tar is read by anybody's tools in twenty years. The list at the end tells a whole file from one
that a full disk or a broken line cut off; it is checked before anything is restored.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from reports.errors import BackupDamaged

DIGESTS = "digests.json"
_BEGINNING, _PARTIAL = ".wayside-", ".partial"
"""How the name of a file begins and ends that is not whole yet."""


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

    An older file of that name stays until the new one is whole. Who is cut off leaves two files
    behind, which the next backup into the same folder removes. Raises `OSError`, also where another
    process is at the same file.
    """
    for left in path.parent.glob(f"{_BEGINNING}*{_PARTIAL}"):
        if left != _partial(path):
            _remove_left(left)
    fresh = _partial(path)
    descriptor = _claim(fresh)
    if descriptor is None:
        raise OSError(errno.EBUSY, "another backup is being written to it")
    with os.fdopen(descriptor, "wb") as file:
        try:
            file.truncate()
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                archive = Archive(tar)
                yield archive
                archive.close()
            file.flush()
            os.fsync(file.fileno())
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def make_room_beside(path: Path) -> Iterator[Path]:
    """The name of a file that may lie beside `path` while it is created, and is gone afterwards."""
    beside = _beside(_partial(path))
    _remove(beside)
    try:
        yield beside
    finally:
        _remove(beside)


def _partial(path: Path) -> Path:
    return path.with_name(f"{_BEGINNING}{path.name}{_PARTIAL}")


def _beside(partial: Path) -> Path:
    return partial.with_suffix(".copy")


def _claim(partial: Path) -> int | None:
    """Opens this file for this process alone; None where another one has it."""
    while True:
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(partial, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = os.fstat(descriptor)
            with suppress(FileNotFoundError):
                if os.path.samestat(held, partial.stat()):
                    return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        # Who had it until now has given it its name, or removed it.
        os.close(descriptor)


def _remove_left(partial: Path) -> None:
    """Removes what a process left that was cut off; nothing of one that is at it."""
    descriptor = _claim(partial)
    if descriptor is not None:
        _remove(_beside(partial))
        partial.unlink(missing_ok=True)
        os.close(descriptor)


def _remove(database: Path) -> None:
    for name in (database, database.with_name(f"{database.name}-journal")):
        name.unlink(missing_ok=True)


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
