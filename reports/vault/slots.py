"""A few places for slow key derivation, shared by every process of this host through `flock`.

Without them thirty visitors at once would take thirty times the memory
(docs/security-parameters.md#SP-2.3).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reports.errors import Busy

_ROUNDS = 100
_PAUSE = 0.01
"""Together one second of waiting at most (docs/security-parameters.md#SP-2.3)."""


class Slots:
    """`count` places named `name` under `folder`; who waits, waits `rounds` times ten ms."""

    def __init__(self, folder: Path, name: str, count: int, rounds: int = _ROUNDS) -> None:
        self._rounds = rounds
        self._paths = [folder / f"{name}-{number}.lock" for number in range(count)]

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold one place. Raises `Busy` when none came free in time."""
        for attempt in range(self._rounds):
            if attempt:
                time.sleep(_PAUSE)
            for path in self._paths:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(descriptor)
                    continue
                try:
                    yield
                finally:
                    os.close(descriptor)
                return
        raise Busy("every slot is taken")
