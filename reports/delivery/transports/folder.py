"""A folder of this machine: each encrypted mail becomes a file `<delivery id>.eml`.

It lets a newcomer see what would be sent. Nobody has received such a mail, and the desk says so.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid4

from reports.delivery.outbox import ClaimedDelivery
from reports.errors import ChannelFailed

_UNFINISHED = ".new"


class FolderTransport:
    """Writes whole files that only their owner may read."""

    outcome: Literal["folder"] = "folder"
    codes = frozenset({"folder_write"})

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, claim: ClaimedDelivery) -> None:
        """Write one mail durably, or leave no file. Raises `ChannelFailed`."""
        fresh = self._folder / f"{claim.id}.{uuid4().hex}{_UNFINISHED}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(claim.packet)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._folder / make_name(claim.id))
            _sync(self._folder)
        except OSError as problem:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise ChannelFailed("folder_write", lasting=False) from problem


def make_name(delivery_id: UUID) -> str:
    """Returns the name of the file of a delivery."""
    return f"{make_beginning(delivery_id)}eml"


def make_beginning(delivery_id: UUID) -> str:
    """Returns what the names of all files of this delivery begin with, unfinished ones too."""
    return f"{delivery_id}."


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
