"""The body of a request while it comes in: encrypted above 64 KiB, and never waited for forever."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reports.errors import NoRoom
from webapp.uploads.spool import Spool

MOST_BYTES: Final = 64 * 1024 * 1024
"""The largest body read. Above what any page accepts, so that the page itself refuses a body that
is too large, in the reader's language."""
MOST_HEARD: Final = 4 * MOST_BYTES
"""The bytes of a body too large that are heard and forgotten. Whoever sends does not look for an
answer before the end, and one that came earlier would be lost with the connection."""
BEGINNING: Final = 1024 * 1024
"""Bytes that are kept of a form with files that is too large: its fields stand before the files, so
that the form comes back and only the files do not."""
FIRST_SECONDS: Final = 20.0
"""Seconds for a body to begin with (docs/security-parameters.md#SP-4.20). As Apache's
mod_reqtimeout has it by default (`body=20,MinRate=500`)."""
BYTES_FOR_A_SECOND: Final = 500
"""Bytes that earn one second more (docs/security-parameters.md#SP-4.20)."""


class RequestBody:
    """A file-like body, written once and then read by the application.

    Memory stays flat however many bodies come in at once, and nothing lies on the disk in the
    clear: each is encrypted under a key of its own. Where the disk takes no more, the rest is
    counted and dropped, and reading raises `NoRoom`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spool: Spool | None = None
        self._length = 0
        self._most: int | None = None
        self._written = 0
        self._dropped = False

    def __len__(self) -> int:
        return self._length

    @property
    def is_cut(self) -> bool:
        """Whether only its beginning can be read."""
        return self._most is not None

    @property
    def readable(self) -> int:
        """How many bytes of it can be read."""
        return self._written

    def append(self, data: bytes) -> None:
        """Adds what came."""
        self._length += len(data)
        if self._dropped:
            return
        if self._most is not None:
            data = data[: max(0, self._most - self._written)]
        self._written += len(data)
        try:
            self._kept.write(data)
        except OSError:
            self.drop()

    def cut(self, most: int) -> None:
        """Keeps at most `most` bytes of it, or what is there already, and only counts the rest."""
        self._most = most

    def drop(self) -> None:
        """Forgets what came, and only counts what comes."""
        self.close()
        self._dropped = True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Sets the position for reading and returns it."""
        return self._kept.seek(offset, whence)

    def tell(self) -> int:
        """Returns the position for reading."""
        return self._kept.tell()

    def read(self, size: int = -1) -> bytes:
        """Returns the next `size` bytes, or the rest. Raises `NoRoom`."""
        return self._kept.read(size)

    def readline(self, size: int = -1) -> bytes:
        """Returns the next line, or its first `size` bytes. Raises `NoRoom`."""
        return self._kept.readline(size)

    def close(self) -> None:
        """Forgets it."""
        if self._spool is not None:
            self._spool.close()

    @property
    def _kept(self) -> Spool:
        if self._dropped:
            raise NoRoom("a body did not fit on the disk")
        if self._spool is None:
            self._spool = Spool(self._folder)
        return self._spool


def compute_patience(received: int) -> float:
    """Returns the seconds that a body may have taken when `received` bytes of it are there."""
    return FIRST_SECONDS + received / BYTES_FOR_A_SECOND
