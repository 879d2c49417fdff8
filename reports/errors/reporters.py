"""Failures that a reporter may meet: codes, forms, texts, files."""

from __future__ import annotations

from collections.abc import Sequence

from reports.errors.base import WaysideError


class CodeMalformed(WaysideError):
    """What was typed cannot be a receipt code: not 24 digits, or the check digit is wrong.

    `found`: how many digits it has.
    """

    def __init__(self, reason: str, found: int = 0) -> None:
        super().__init__(reason)
        self.found = found


class CodeRefused(WaysideError):
    """No mailbox opens with this code. Says nothing about which part was wrong."""


class TooManyGuesses(WaysideError):
    """This locator or name was tried too often in the last minute or day."""


class TokenInvalid(WaysideError):
    """A form's token is forged, damaged or not one of ours."""


class TokenExpired(WaysideError):
    """A form's token is genuine and too old."""


class DraftIncomplete(WaysideError):
    """A draft lacks an answer that a report cannot do without; `fields` names them."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = tuple(fields)


class TextTooLong(WaysideError):
    """A text has more than `limit` characters; it had `length`."""

    def __init__(self, limit: int, length: int) -> None:
        super().__init__(f"{length} characters, at most {limit}")
        self.limit = limit
        self.length = length


class TextEmpty(WaysideError):
    """A text that was needed is empty."""


class MailboxClosed(WaysideError):
    """The reporter's session has ended: idle, too long, or never begun."""


class FileRefused(WaysideError):
    """A file is not taken; nothing else is lost.

    `code`: "empty", "large", "many", "bomb" (an archive that grows), "pixels", "locked" (it needs a
    password), "unclean" (its hidden details could not be taken out), "unknown" (no such file),
    "part" (a part of no right size).
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


class ObjectMissing(StoreFailed):
    """The place where files are kept answers, and has no object of this name."""


class NoRoomForFiles(WaysideError):
    """Too little is free on the disk for files; text is still taken."""
