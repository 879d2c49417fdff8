"""The embedded store: one folder, one file an object.

A file is written under another name, made durable and then given its own: after a crash it is whole
or not there. Its times are set to the first second of 1970, so that a copy of the folder does not
tell when somebody reported.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from reports.blobs.marker import is_reserved
from reports.errors import ObjectMissing, StoreFailed
from reports.room import measure_disk

_HALF: Final = ".half"
_PIECE: Final = 256 * 1024


class Folder:
    """Objects as files of `path`, which is made when the first one comes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write `name` whole and durably, or not at all. Raises `StoreFailed`."""
        half = self._path / (name + _HALF)
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(half, chunks)
            os.utime(half, (0, 0))
            half.replace(self._path / name)
            self._sync()
        except OSError as problem:
            raise StoreFailed("a file could not be written") from problem
        finally:
            half.unlink(missing_ok=True)

    def get(self, name: str) -> Iterator[bytes]:
        """The object in pieces. Raises `ObjectMissing` and `StoreFailed`."""
        try:
            with (self._path / name).open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece
        except FileNotFoundError as problem:
            raise ObjectMissing("there is no such file") from problem
        except OSError as problem:
            raise StoreFailed("a file could not be read") from problem

    def list_names(self) -> set[str]:
        """All objects, also those that are half written."""
        try:
            names = (entry.name for entry in os.scandir(self._path))
            return {name for name in names if not is_reserved(name)}
        except FileNotFoundError:
            return set()
        except OSError as problem:
            raise StoreFailed("the folder could not be read") from problem

    def find_beginning(self, beginnings: Collection[str]) -> set[str]:
        """All objects whose names begin with one of these, also those that are half written."""
        wanted = tuple(beginnings)
        return {name for name in self.list_names() if name.startswith(wanted)}

    def read_times(self) -> dict[str, datetime]:
        """All objects, and when each came into this folder: what was copied came with the copy."""
        found = {}
        for name in self.list_names():
            # One that goes at this moment is none that there is.
            with suppress(FileNotFoundError):
                changed = (self._path / name).stat().st_ctime
                found[name] = datetime.fromtimestamp(changed, UTC)
        return found

    def require_answer(self) -> None:
        """Return when files can be written, or their folder made. Raises `StoreFailed`."""
        place = self._path if self._path.exists() else self._path.parent
        if not (place.is_dir() and os.access(place, os.R_OK | os.W_OK | os.X_OK)):
            raise StoreFailed("the folder for files cannot be written")

    def measure_room(self) -> int:
        """How many bytes are free on its disk. Raises `StoreFailed`."""
        try:
            return measure_disk(self._path)
        except OSError as problem:
            raise StoreFailed("the folder could not be measured") from problem

    def delete(self, names: Collection[str]) -> None:
        """Erase `names`. Raises `StoreFailed`."""
        try:
            for name in names:
                (self._path / name).unlink(missing_ok=True)
            if names:
                self._sync()
        except OSError as problem:
            raise StoreFailed("a file could not be erased") from problem

    def _write(self, path: Path, chunks: Iterable[bytes]) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def _sync(self) -> None:
        if not self._path.is_dir():
            return
        folder = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
