"""Runs the child processes that parse files: few at once, each with a time limit."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from reports.errors import FileRefused
from reports.scrub.child import POINTS
from reports.scrub.remarks import Remarks, read_remarks
from reports.vault.slots import Slots

AT_ONCE: Final = 2
LARGE: Final = 4 * 1024 * 1024
"""Bytes above which a file waits its turn among the large ones, as every picture does, because
decoded it fills memory. Small files can use the other slot meanwhile."""
WAITING: Final = 3000
"""Rounds of ten milliseconds: half a minute of waiting for a slot."""
SECONDS: Final = 60.0
MOST_OUT: Final = 128 * 1024 * 1024
"""The most bytes of a cleaned copy."""
ROOT: Final = Path(__file__).resolve().parents[2]
_PIECE: Final = 64 * 1024
_CODES: Final = frozenset(("bomb", "pixels", "unclean", "locked", "empty"))


@dataclass(frozen=True)
class Outcome:
    """The result for a file: its type, whether it was cleaned, the bytes of the copy, and what of
    it is not as it was (`reports.scrub.remarks`)."""

    kind: str
    cleaned: bool
    chunks: Iterator[bytes]
    remarks: Remarks = field(default_factory=dict)


class Scrubber:
    """Parses files in child processes; `folder` holds the lock files that limit them on this
    machine."""

    def __init__(self, folder: Path) -> None:
        self._slots = Slots(folder, "scrub", AT_ONCE, WAITING)
        self._turns = Slots(folder, "scrub-large", 1, WAITING)

    @contextmanager
    def run(self, act: str, chunks: Iterable[bytes], size: int = 0) -> Iterator[Outcome]:
        """Runs `act` (a type to clean) on a file of `size` bytes.

        Raises `FileRefused` with "bomb", "pixels", "empty", "locked" or "unclean", and `Busy`.
        """
        alone = act in POINTS or size > LARGE
        with self._turns.take() if alone else nullcontext(), self._slots.take():
            process = start_child(act)
            watchdog = threading.Timer(SECONDS, process.kill)
            watchdog.start()
            try:
                yield _talk(process, chunks)
            finally:
                watchdog.cancel()
                end_child(process)


def start_child(act: str) -> subprocess.Popen[bytes]:
    """Starts a child process for one act; the caller ends it by `end_child`."""
    # An empty environment keeps settings and secrets from the process that reads untrusted bytes.
    # PATH is needed to find libraries.
    return subprocess.Popen(
        [sys.executable, "-m", "reports.scrub.child", act],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _talk(process: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> Outcome:
    """Sends the file to the child, which reads it all before it writes, and parses its reply."""
    feed, told = get_pipes(process)
    with suppress(BrokenPipeError):
        for chunk in chunks:
            feed.write(chunk)
        feed.close()
    words = told.readline(100).split()
    if len(words) >= 3 and words[0] == b"ok":
        told_kind, was_cleaned, remarks = words[1].decode(), words[2] == b"1", words[3:]
        return Outcome(told_kind, was_cleaned, _read(process, told), read_remarks(remarks))
    code = words[1].decode() if len(words) == 2 and words[0] == b"no" else ""
    raise FileRefused(code if code in _CODES else "unclean")


def _read(process: subprocess.Popen[bytes], told: IO[bytes]) -> Iterator[bytes]:
    left = MOST_OUT
    while piece := told.read(_PIECE):
        left -= len(piece)
        if left < 0:
            raise FileRefused("bomb")
        yield piece
    if process.wait() != 0:
        raise FileRefused("unclean")


def get_pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Returns the ends through which a child is fed and heard. Raises `FileRefused`."""
    if process.stdin is None or process.stdout is None:
        raise FileRefused("unclean")
    return process.stdin, process.stdout


def end_child(process: subprocess.Popen[bytes]) -> None:
    """Ends a child, whatever it does, and lets go of its pipes."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
