"""The process that draws pages of strangers' files: `python -m reports.render.child ACT NUMBER`.

It reads one file from standard input and writes one line to standard output, and the pixels after
it: `ok PAGES WIDTH HEIGHT`, or `no CODE`. Before reading it restricts its own memory, time, files
and core dumps, loads the engine, and gives up every right but to read the fonts of the system
(`reports.scrub.confinement`); where the kernel cannot keep it to those, it reads none.
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

from reports.render.drawn_page import Undrawable
from reports.scrub.confinement import drop_rights

MEMORY: Final = 1024 * 1024 * 1024
SECONDS: Final = 15
"""Bytes of memory, and seconds of processor time for one page
(docs/security-parameters.md#SP-4.24)."""
LIMITS: Final = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 64),
)
ENGINES: Final[Mapping[str, str]] = {
    "pdf": "reports.render.pdf_page",
    "picture": "reports.render.picture_page",
    "heic": "reports.render.heic_page",
}
"""The module that draws, by act. An engine that is not in the process cannot be attacked."""
THREADED: Final = frozenset(("heic",))
FONTS: Final = (
    "/usr/share/fonts",
    "/usr/share/X11/fonts/Type1",
    "/usr/share/X11/fonts/TTF",
    "/usr/local/share/fonts",
)
"""Where PDFium looks for a font that a document names and does not bring."""
READABLE: Final[Mapping[str, tuple[str, ...]]] = {"pdf": FONTS}
"""The folders that an act may read."""


def main(act: str, number: int) -> int:
    """Draws one page; returns 0 also when it cannot be drawn."""
    for what, most in LIMITS:
        resource.setrlimit(what, (most, most))
    os.nice(5)
    draw = importlib.import_module(ENGINES[act]).draw
    most = math.ceil(time.process_time()) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    out = sys.stdout.buffer
    # All that the act needs is loaded by now; not one byte of the file was read.
    drop_rights(threads=act in THREADED, readable=READABLE.get(act, ()))
    try:
        page = draw(sys.stdin.buffer.read(), number)
    except Undrawable as problem:
        out.write(f"no {problem.code}\n".encode())
        return 0
    except MemoryError:
        out.write(b"no bomb\n")
        return 0
    except Exception:
        # An engine that fails in any way has not drawn the page.
        out.write(b"no damaged\n")
        return 0
    out.write(f"ok {page.count} {page.width} {page.height}\n".encode())
    out.write(page.pixels)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
