"""The recordings that a deployer put beside the pages: found once, at the start.

A recording of the page `/<language>/<code>` is `static/audio/<language>/<code>.mp3` (or `.m4a`,
`.ogg`, `.opus`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask_babel import format_decimal

FOLDER: Final = Path(__file__).parents[1] / "static" / "audio"
KINDS: Final[Mapping[str, str]] = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
}


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording: its neutral address, its kind, its size, and where it lies."""

    url: str
    kind: str
    bytes: int
    path: Path

    @property
    def megabytes(self) -> str:
        """The size as the reader's language writes it, never less than a tenth."""
        return str(format_decimal(max(0.1, round(self.bytes / 1_000_000, 1))))


def gather(folder: Path = FOLDER) -> dict[tuple[str, str], Recording]:
    """Every recording by language and code of its page."""
    found = {}
    for path in sorted(folder.glob("*/*")):
        kind = KINDS.get(path.suffix)
        if kind and (path.parent.name, path.stem) not in found:
            name = hashlib.sha256(path.read_bytes()).hexdigest()[:12] + path.suffix
            recording = Recording(f"/s/{name}", kind, path.stat().st_size, path)
            found[path.parent.name, path.stem] = recording
    return found
