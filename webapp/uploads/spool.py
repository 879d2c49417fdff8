"""An encrypted temporary file.

Data is encrypted as it is written, in frames of 64 KiB, under a key that exists only in this
object: the disk holds only ciphertext, in an unnamed file that vanishes with the process. Memory
use is constant.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

FRAME: Final = 64 * 1024
_TAG: Final = 16


class Spool:
    """A file that is written once, from start to end, and can then be read repeatedly."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cipher = ChaCha20Poly1305(secrets.token_bytes(32))
        self._file: IO[bytes] | None = None
        self._frames = 0
        self._tail = bytearray()
        self._at = 0
        self._known: tuple[int, bytes] = (-1, b"")

    def __len__(self) -> int:
        return self._frames * FRAME + len(self._tail)

    def __bool__(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        """Appends `data` and returns its length."""
        self._tail += data
        while len(self._tail) >= FRAME:
            self._put(bytes(self._tail[:FRAME]))
            del self._tail[:FRAME]
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Sets the position for reading and returns it; writing always appends."""
        self._at = offset + (0, self._at, len(self))[whence]
        return self._at

    def tell(self) -> int:
        """Returns the position for reading."""
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Returns the next `size` bytes, or all remaining ones without a size."""
        wanted = len(self) - self._at if size is None or size < 0 else size
        out = bytearray()
        while wanted > len(out):
            frame, inside = divmod(self._at, FRAME)
            piece = self._frame(frame)[inside : inside + wanted - len(out)]
            if not piece:
                break
            out += piece
            self._at += len(piece)
        return bytes(out)

    def readline(self, size: int | None = -1) -> bytes:
        """Returns the next line, or its first `size` bytes."""
        start = self._at
        wanted = len(self) - start if size is None or size < 0 else size
        held = self.read(min(wanted, FRAME))
        line = held[: held.find(b"\n") + 1] or held
        self._at = start + len(line)
        return line

    def close(self) -> None:
        """Deletes all data."""
        if self._file is not None:
            self._file.close()
        self._file, self._frames, self._at = None, 0, 0
        self._tail.clear()
        self._known = (-1, b"")

    def _put(self, frame: bytes) -> None:
        if self._file is None:
            # Closed by `close`, or with this object: it outlives the function.
            self._file = TemporaryFile("w+b", dir=self._folder, buffering=0)  # noqa: SIM115  as said above
        self._file.seek(self._frames * (FRAME + _TAG))
        self._file.write(self._cipher.encrypt(self._nonce(self._frames), frame, None))
        self._frames += 1

    def _frame(self, number: int) -> bytes:
        if number >= self._frames:
            return bytes(self._tail) if number == self._frames else b""
        if self._known[0] != number and self._file is not None:
            self._file.seek(number * (FRAME + _TAG))
            sealed = self._file.read(FRAME + _TAG)
            self._known = (number, self._cipher.decrypt(self._nonce(number), sealed, None))
        return self._known[1]

    def _nonce(self, number: int) -> bytes:
        return number.to_bytes(12, "big")
