"""The boxes of which films and some pictures consist (ISO 14496-12).

Small on purpose: films, films in fragments and pictures read them alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.scrub.refusal import Unclean


@dataclass(frozen=True)
class IsoBox:
    """One box: the offsets of its start, its content and its end."""

    kind: bytes
    start: int
    body: int
    end: int


def list_boxes(data: bytearray, at: int, end: int) -> Iterator[IsoBox]:
    """Yields the boxes between two offsets. Raises `Unclean`."""
    while at < end:
        if at + 8 > end:
            raise Unclean
        size, kind, body = read_number(data, at, 4), bytes(data[at + 4 : at + 8]), 8
        if size == 1:
            size, body = read_number(data, at + 8, 8), 16
        elif size == 0:
            size = end - at
        if size < body or at + size > end:
            raise Unclean
        yield IsoBox(kind, at, at + body, at + size)
        at += size


def read_number(data: bytearray, at: int, width: int) -> int:
    """Returns the number of `width` bytes at an offset."""
    return int.from_bytes(data[at : at + width], "big")


def erase_box(out: bytearray, box: IsoBox) -> None:
    """Makes of a box free space of the same size, so that no offset moves."""
    out[box.start + 4 : box.start + 8] = b"free"
    out[box.body : box.end] = bytes(box.end - box.body)
