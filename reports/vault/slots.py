"""A few places for slow key derivation, shared by every process of this host through `flock`.

Without them thirty visitors at once would take thirty times the memory
(docs/security-parameters.md#SP-2.3). Who finds no place free waits for one, a few threads of a
process at most: the others go on serving pages, however many type wrong codes.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

from reports.errors import Busy

MOST_WAITING = 3
"""Threads of a process that wait for one kind of place (docs/security-parameters.md#SP-2.3)."""
_ROUNDS = 100
_PAUSE = 0.01
"""Together one second of waiting at most (docs/security-parameters.md#SP-2.3)."""


class Slots:
    """`count` places named `name` under `folder`; who waits, waits `rounds` times ten ms.

    With `common`, the places of others are used too where these are taken: they are kept for a
    purpose, and that purpose is not kept to them.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        count: int,
        rounds: int = _ROUNDS,
        *,
        common: Slots | None = None,
    ) -> None:
        self._rounds = rounds
        self._folder = folder
        self._paths = [folder / f"{name}-{number}.lock" for number in range(count)]
        if common is not None:
            self._paths += common._paths
        self._waiting = BoundedSemaphore(MOST_WAITING)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold one place. Raises `Busy` when none came free in time, and at once where none is free
        and as many wait as may."""
        descriptor = self._find()
        if descriptor is None:
            descriptor = self._await()
        try:
            yield
        finally:
            os.close(descriptor)

    def _await(self) -> int:
        if not self._waiting.acquire(blocking=False):
            raise Busy("every slot is taken, and so is the line for one")
        try:
            for _ in range(self._rounds - 1):
                time.sleep(_PAUSE)
                descriptor = self._find()
                if descriptor is not None:
                    return descriptor
        finally:
            self._waiting.release()
        raise Busy("every slot is taken")

    def _find(self) -> int | None:
        """The open file of a place that was free and is held now; None where all are taken."""
        self._folder.mkdir(exist_ok=True, mode=0o700)
        for path in self._paths:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return descriptor
        return None
