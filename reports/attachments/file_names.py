"""The names of files: kept sealed as they came, and made harmless for showing and saving.

Small on purpose: both faces show names, and need nothing else of a file.
"""

from __future__ import annotations

import unicodedata
from typing import Final

SHOWN: Final = 80
"""Characters of a name that are shown."""
_FORBIDDEN: Final = frozenset('<>:"|?*%')
_DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10)))
)


def make_safe(name: str, without: str = "file") -> str:
    """`name` without path, control and direction characters, short enough for one line.

    What is left is a name that every system can save; `without` where nothing is left.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in _FORBIDDEN)
    kept = " ".join(kept.split()).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = kept, "", ""
    stem = stem[: SHOWN - len(ending) - 1].strip(" .")
    if not stem or stem.casefold() in _DEVICES:
        stem = without
    return f"{stem}{dot}{ending}"


def replace_ending(name: str, ending: str) -> str:
    """`name` with another ending, for a copy of another type; as it was where `ending` is empty."""
    if not ending:
        return name
    stem, dot, old = name.rpartition(".")
    return f"{stem if dot and len(old) <= 8 else name}.{ending}"
