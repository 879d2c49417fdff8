"""Runs the child process that looks through a reporter's texts: few at once, and not for long.

A waiting room of its own: files that are being cleaned keep no report from being opened, and the
other way round.
"""

from __future__ import annotations

import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from reports.errors import MatchFailed
from reports.scrub.scrubber import end_child, get_pipes, start_child
from reports.vault.slots import Slots

ACT: Final = "identifiers"
AT_ONCE: Final = 2
WAITING: Final = 50
"""Rounds of ten milliseconds: half a second of waiting for a place."""
SECONDS: Final = 5.0
"""Seconds for the whole of a child, its start among them; of processor time it has fewer."""
MOST_OUT: Final = 2 * 1024 * 1024
"""The most bytes of an answer."""
_BEGINNING: Final = b"ok json 1\n"


class TextMatcher:
    """Looks through texts in child processes; `folder` holds the lock files that limit them."""

    def __init__(self, folder: Path, seconds: float = SECONDS) -> None:
        self._slots = Slots(folder, "match", AT_ONCE, WAITING)
        self._seconds = seconds

    def match(self, task: bytes) -> bytes:
        """Returns what the child says of an encoded task, which is not to be trusted.

        Raises `MatchFailed` with "late" or "broken", and `Busy` when no place came free.
        """
        with self._slots.take():
            process = start_child(ACT)
            watchdog = threading.Timer(self._seconds, process.kill)
            watchdog.start()
            try:
                return _talk(process, task)
            finally:
                watchdog.cancel()
                end_child(process)


def _talk(process: subprocess.Popen[bytes], task: bytes) -> bytes:
    """Feeds the child, which reads everything before it writes, and hears its answer."""
    feed, told = get_pipes(process)
    with suppress(BrokenPipeError):
        feed.write(task)
        feed.close()
    first, rest = told.readline(len(_BEGINNING)), told.read(MOST_OUT + 1)
    if len(rest) > MOST_OUT:
        raise MatchFailed("broken")
    if (ended := process.wait()) == -signal.SIGKILL:
        raise MatchFailed("late")
    if ended or first != _BEGINNING:
        raise MatchFailed("broken")
    return rest
