"""The process that works on what strangers sent: `python -m reports.scrub.child ACT`.

It reads one file, or the texts of one report, from standard input, and writes one line and then the
cleaned copy, or what it found, to standard output: `ok TYPE 1` with remarks
(`reports.scrub.remarks`), `ok TYPE 0` (left unchanged, no copy follows) or `no CODE`. Before
reading it restricts its own memory, time, files and core dumps, loads the parser, and gives up
every right that is left (`reports.scrub.confinement`): what a parser would load later has to be
loaded first.
"""

from __future__ import annotations

import importlib
import math
import os
import resource
import sys
import time
from collections.abc import Mapping
from typing import Final

from reports.scrub.confinement import drop_rights
from reports.scrub.refusal import Unclean
from reports.scrub.remarks import write_remarks

MEMORY: Final = 1024 * 1024 * 1024
SECONDS: Final = 40
MATCHING_SECONDS: Final = 2
"""Seconds of processor time for a file, and for the texts of a report."""
LIMITS: Final = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 64),
)
_DECODING: Final = ("reports.scrub.image", "reports.scrub.heic")
CLEANERS: Final[Mapping[str, tuple[str, str]]] = {
    "jpeg": ("reports.scrub.image", "clean"),
    "png": ("reports.scrub.image", "clean"),
    "webp": ("reports.scrub.image", "clean"),
    "gif": ("reports.scrub.image", "clean"),
    "bmp": ("reports.scrub.image", "clean"),
    "tiff": ("reports.scrub.image", "clean"),
    "avif": ("reports.scrub.image", "clean"),
    "heic": ("reports.scrub.heic", "clean"),
    "pdf": ("reports.scrub.pdf", "clean"),
    "zip": ("reports.scrub.archive", "clean"),
    "mp4": ("reports.scrub.boxes", "clean"),
    "mp3": ("reports.scrub.mp3", "clean"),
    "ogg": ("reports.scrub.ogg", "clean"),
    "flac": ("reports.scrub.flac", "clean"),
    "amr": ("reports.scrub.amr", "clean"),
    "webm": ("reports.scrub.matroska", "clean"),
    "wav": ("reports.scrub.wav", "clean"),
    "identifiers": ("reports.triage.match_child", "look_through"),
}
"""Module and function for each act. Only the needed module is loaded: a parser that is not in the
process cannot be attacked, and the process starts much faster."""

POINTS: Final = frozenset(act for act, (module, _name) in CLEANERS.items() if module in _DECODING)
"""Acts that hold a whole decoded picture in memory."""
THREADED: Final = frozenset(("heic",))
"""Acts whose decoder works in threads."""


def main(act: str) -> int:
    """Cleans one file; returns 0 also when the file is refused."""
    for what, most in LIMITS:
        resource.setrlimit(what, (most, most))
    os.nice(5)
    module, function = CLEANERS[act]
    clean = getattr(importlib.import_module(module), function)
    _limit_processor(MATCHING_SECONDS if act == "identifiers" else SECONDS)
    out = sys.stdout.buffer
    # All that the act needs is loaded by now; not one byte of the file was read.
    drop_rights(threads=act in THREADED)
    try:
        # No variable here refers to the input, so that a cleaner can free it as soon as it can.
        kind, cleaned, remarks = (*clean(sys.stdin.buffer.read()), {})[:3]
    except Unclean as problem:
        out.write(f"no {problem.code}\n".encode())
        return 0
    except Exception:
        # A parser that fails in any way has not cleaned the file.
        out.write(b"no unclean\n")
        return 0
    out.write(f"ok {kind} {0 if cleaned is None else 1}{write_remarks(remarks)}\n".encode())
    out.write(cleaned or b"")
    return 0


def _limit_processor(seconds: int) -> None:
    """Ends the process after so much more processor time: what its start took is not the input's
    doing."""
    most = math.ceil(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
