"""Outer keys: 32 random bytes for each report in a file outside the database, overwritten in place.

What a database erases may lie on for a while: in blocks of the disk that its journal gave back, in
pages that nobody has used again. A report's case key is wrapped once more under an outer key, and
the outer key is overwritten when the report is erased: then none of those copies opens any more,
whoever has the desk's key or the receipt code.

Every slot of the file holds random bytes at all times. A report takes those of a free slot as they
are, so that storing one writes nothing here, and the file does not tell how many slots are in use.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reports.errors import SealBroken

KEY_BYTES: Final = 32
BEGINNING: Final = 1024
"""Slots of a new file."""
_MODE: Final = 0o660


class OuterKeys:
    """The file of one instance. Any number of processes read and overwrite at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "keys"

    def count(self) -> int:
        """Returns how many slots there are."""
        try:
            return self.path.stat().st_size // KEY_BYTES
        except FileNotFoundError:
            return 0

    def read(self, slot: int) -> bytes:
        """Returns the key in a slot. Raises `SealBroken` where the file has none."""
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as problem:
            raise SealBroken("the file of outer keys cannot be read") from problem
        try:
            key = os.pread(file, KEY_BYTES, slot * KEY_BYTES)
        finally:
            os.close(file)
        if len(key) != KEY_BYTES:
            raise SealBroken("the file of outer keys is too short")
        return key

    def grow(self) -> int:
        """Makes at least as many slots again, durably; returns how many there are then.

        The new ones may be used once it returns. Raises `OSError`.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o770)
        with self._open() as file:
            held = os.fstat(file).st_size // KEY_BYTES
            wanted = max(BEGINNING, 2 * held)
            _write(file, held * KEY_BYTES, secrets.token_bytes((wanted - held) * KEY_BYTES))
            os.fsync(file)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return wanted

    def overwrite(self, slots: Iterable[int]) -> None:
        """Puts other random bytes in place of these keys; they are on the disk when it returns.

        A slot behind the end is none. Raises `OSError`.
        """
        with self._open() as file:
            held = os.fstat(file).st_size // KEY_BYTES
            for slot in slots:
                if slot < held:
                    _write(file, slot * KEY_BYTES, secrets.token_bytes(KEY_BYTES))
            os.fsync(file)

    @contextmanager
    def _open(self) -> Iterator[int]:
        """The file, while no other process of ours writes to it."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _write(file: int, at: int, data: bytes) -> None:
    while data:
        done = os.pwrite(file, data, at)
        at, data = at + done, data[done:]
