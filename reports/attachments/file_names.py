"""The names of files: kept sealed as they came, and made harmless for showing and saving.

Small on purpose: both faces show names, and need nothing else of a file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

SHOWN: Final = 80
"""Characters of a name that are shown."""
WITHOUT: Final = "file"
"""The name of a file whose name is left out."""
_LONGEST_ENDING: Final = 5
_FORBIDDEN: Final = frozenset('<>:"|?*%')
_DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(10)))
)


def make_safe(name: str, without: str = WITHOUT) -> str:
    """`name` without path, control and direction characters, short enough for one line.

    What is left is a name that every system can save; `without` where nothing is left.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in _FORBIDDEN)
    kept = " ".join(kept.split()).strip()
    if kept.startswith(".") and kept.count(".") == 1:
        # An ending and nothing before it.
        kept = f"{without}{kept}"
    kept = kept.strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = kept, "", ""
    stem = stem[: SHOWN - len(ending) - 1].strip(" .")
    if not stem or stem.casefold() in _DEVICES:
        stem = without
    return f"{stem}{dot}{ending}"


def fit_ending(name: str, endings: Sequence[str]) -> str:
    """`name` with an ending that fits its content, the first of `endings`; as it was where it has
    one of them, or where nothing is known. What is no ending is not taken for one: "page 1.2"."""
    stem, dot, old = name.rstrip().rpartition(".")
    if not endings or (dot and old.casefold() in endings):
        return name
    plausible = dot and stem and len(old) <= _LONGEST_ENDING and old.isascii() and old.isalnum()
    return f"{stem if plausible and not old.isdigit() else name}.{endings[0]}"


def leave_out(name: str) -> str:
    """A name that says nothing but the ending of `name`."""
    _stem, dot, ending = make_safe(name).rpartition(".")
    return f"{WITHOUT}{dot}{ending}" if dot else WITHOUT
