"""The process that parses what strangers send: `python -m reports.scrub.child ACT`.

It reads one file from standard input, writes one line and then the cleaned copy to standard output:
`ok TYPE 1`, `ok TYPE 0` (left as it is, no copy follows) or `no CODE`. Before it reads a byte it
gives up what it could do harm with: memory, time, files, core dumps.
"""

from __future__ import annotations

import importlib
import os
import resource
import sys
from collections.abc import Mapping
from typing import Final

from reports.scrub.refusal import Unclean

MEMORY: Final = 1024 * 1024 * 1024
SECONDS: Final = 40
LIMITS: Final = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_CPU, SECONDS),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 64),
)
_DECODING: Final = ("image", "heic")
CLEANERS: Final[Mapping[str, tuple[str, str]]] = {
    "jpeg": ("image", "clean"),
    "png": ("image", "clean"),
    "webp": ("image", "clean"),
    "heic": ("heic", "clean"),
    "picture": ("image", "shrink"),
    "pdf": ("pdf", "clean"),
    "zip": ("archive", "clean"),
    "mp4": ("boxes", "clean"),
    "mp3": ("mp3", "clean"),
    "wav": ("wav", "clean"),
}
"""Module and function of each act. Only what is asked for is loaded: a parser that is not in the
process cannot be attacked, and the process starts in a fraction of the time."""

POINTS: Final = frozenset(act for act, (module, _name) in CLEANERS.items() if module in _DECODING)
"""Acts that hold every point of a picture."""


def main(act: str) -> int:
    """Clean one file; 0 also where it is refused."""
    for what, most in LIMITS:
        resource.setrlimit(what, (most, most))
    os.nice(5)
    module, function = CLEANERS[act]
    clean = getattr(importlib.import_module(f"reports.scrub.{module}"), function)
    out = sys.stdout.buffer
    try:
        # No name here holds what came: a cleaner lets go of it as soon as it can.
        kind, cleaned = clean(sys.stdin.buffer.read())
    except Unclean as problem:
        out.write(f"no {problem.code}\n".encode())
        return 0
    except Exception:
        # A parser that fails, in whatever way, has not cleaned: that is all there is to say.
        out.write(b"no unclean\n")
        return 0
    out.write(f"ok {kind} {0 if cleaned is None else 1}\n".encode())
    if callable(cleaned):
        # One that fails from here on ends this process with an error, which refuses the file.
        cleaned(out)
    else:
        out.write(cleaned or b"")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
