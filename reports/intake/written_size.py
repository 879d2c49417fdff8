"""How many bytes a text takes where it is written on a page, and the part of it that fits.

The limit of a story is counted so as well as in letters, because a page that hands a story back has
one size (docs/security-parameters.md#SP-5.4).
"""

from __future__ import annotations

from typing import Final

MARKS: Final = "&<>'\""
"""What is escaped on a page, with five bytes at most."""


def measure_written(text: str) -> int:
    """Returns the bytes of `text` on a page: in UTF-8, with what must be escaped as five."""
    marks = sum(text.count(mark) for mark in MARKS)
    return len(text.encode("utf-8", "replace")) + 4 * marks


def cut_to_fit(text: str, room: int) -> str:
    """Returns the longest beginning of `text` that takes at most `room` bytes on a page."""
    if measure_written(text) <= room:
        return text
    low, high = 0, min(len(text), max(room, 0))
    while low < high:
        middle = (low + high + 1) // 2
        fits = measure_written(text[:middle]) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low]


def cut_at_a_blank(text: str, room: int) -> str:
    """Returns a beginning of `text` that fits, up to the end of a word where one is near."""
    kept = cut_to_fit(text, room)
    if len(kept) == len(text):
        return kept
    end = max(kept.rfind(blank, len(kept) // 2) for blank in " \n\t")
    return kept[: end + 1] if end > 0 else kept


def share_room(sizes: list[int], room: int) -> int:
    """Returns the bytes that each of several texts may take, so that all take at most `room`: who
    needs less leaves the rest to the others."""
    for number, size in enumerate(sorted(sizes)):
        share = max(room, 0) // (len(sizes) - number)
        if size > share:
            return share
        room -= size
    return max(sizes, default=0)
