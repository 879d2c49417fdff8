"""Failures of the files that reporters send."""

from __future__ import annotations

from reports.errors.base import WaysideError


class FileRefused(WaysideError):
    """A file is not taken; nothing else is lost.

    `code`: "empty", "large", "many", "bomb" (an archive that grows), "pixels", "unclean" (its
    hidden details could not be taken out), "unknown" (no such file), "part" (a part of no
    right size).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OffsetWrong(WaysideError):
    """A part of a file does not begin where the last one ended; `offset` is where it should."""

    def __init__(self, offset: int) -> None:
        super().__init__(str(offset))
        self.offset = offset


class StoreFailed(WaysideError):
    """The place where files are kept could not write, read or erase."""


class NoRoomForFiles(WaysideError):
    """Too little is free on the disk for files; text is still taken."""
