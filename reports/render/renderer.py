"""Runs the child processes that draw pages: few at once, each with a time limit.

A waiting room of its own: who looks at pages keeps no file from being cleaned. What a child answers
is believed only where its numbers are in bounds and the pixels are as many as they say.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from reports.errors import PageNotDrawn
from reports.render import ACTS, HEIGHT, WIDTH
from reports.render.drawn_page import DrawnPage
from reports.scrub.scrubber import ROOT, end_child, get_pipes
from reports.vault.slots import Slots

AT_ONCE: Final = 2
WAITING: Final = 300
"""Rounds of ten milliseconds: three seconds of waiting for a place."""
SECONDS: Final = 25.0
"""Seconds for the whole of a child, its start among them (docs/security-parameters.md#SP-4.24)."""
MOST_COUNT: Final = 10_000_000
"""A number of pages that no file has."""
_LINE: Final = 100
_CODES: Final = frozenset(("damaged", "password", "pixels", "bomb"))
_ENDED: Final = (-signal.SIGKILL, -signal.SIGXCPU)


class Renderer:
    """Draws pages in child processes; `folder` holds the lock files that limit them on this
    machine."""

    def __init__(self, folder: Path, seconds: float = SECONDS) -> None:
        self._slots = Slots(folder, "render", AT_ONCE, WAITING)
        self._seconds = seconds

    def may_draw(self, kind: str) -> bool:
        """Tells whether pages of files of this type can be drawn."""
        return kind in ACTS

    def draw(self, kind: str, chunks: Iterable[bytes], number: int) -> DrawnPage:
        """Returns page `number` (from 1) of a file of this type, or the last that can be drawn.

        Raises `PageNotDrawn`, `Busy`, and what reading `chunks` raises.
        """
        if not self.may_draw(kind):
            raise PageNotDrawn("type")
        act = ACTS[kind]
        with self._slots.take(), _start(act, number, self._seconds) as process:
            feed, told = get_pipes(process)
            with suppress(BrokenPipeError):
                for chunk in chunks:
                    feed.write(chunk)
                feed.close()
            words = told.readline(_LINE).split()
            if len(words) == 2 and words[0] == b"no":
                code = words[1].decode("ascii", "replace")
                raise PageNotDrawn(code if code in _CODES else "damaged")
            page = _parse(words, told.read(3 * WIDTH * HEIGHT + 1))
            ended = process.wait()
        if page is None or ended:
            raise PageNotDrawn("late" if ended in _ENDED else "damaged")
        return page


def make_command(act: str, number: int) -> list[str]:
    """Returns how the child for one page is started."""
    return [sys.executable, "-m", "reports.render.child", act, str(number)]


@contextmanager
def _start(act: str, number: int, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """A child for one page, that has ended when the block has."""
    # An empty environment keeps settings and secrets from the process that reads untrusted bytes.
    # PATH is needed to find libraries.
    process = subprocess.Popen(
        make_command(act, number),
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    watchdog = threading.Timer(seconds, process.kill)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        end_child(process)


def _parse(words: list[bytes], pixels: bytes) -> DrawnPage | None:
    if len(words) != 4 or words[0] != b"ok" or not all(w.isdigit() for w in words[1:]):
        return None
    count, width, height = map(int, words[1:])
    within = 1 <= count <= MOST_COUNT and 1 <= width <= WIDTH and 1 <= height <= HEIGHT
    if not within or len(pixels) != 3 * width * height:
        return None
    return DrawnPage(count, width, height, pixels)
