"""Tries, in a process that is started for it, what this machine lets a cleaner give up.

The kernel, a container and the kind of processor each have a say, so that only trying tells.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_PATIENCE: Final = 60.0
_NO_START: Final = (
    "The process that parses strangers' files does not start: no file can be cleaned."
)


def describe_weakness() -> str:
    """Returns one sentence for whoever runs this instance about what is missing here of the
    confinement of cleaners, or nothing where it is whole."""
    try:
        tried = subprocess.run(
            [sys.executable, "-m", "reports.scrub.confinement"],
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return _NO_START
    missing = tried.stdout.decode("ascii", "replace").split()
    if not missing:
        return ""
    return (
        f"This machine does not offer {' and '.join(missing)}: files are cleaned and drawn all the "
        "same, but a parser that is taken over is held by less."
    )
