"""Films in fragments (ISO 14496-12, "moof"), as browsers and some phones record: what each holds.

Small on purpose: `reports.scrub.boxes` has all that is the same for every film.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reports.scrub.iso_box import IsoBox, erase_box, list_boxes, read_number
from reports.scrub.refusal import Unclean

_KEPT: Final = frozenset((b"tfhd", b"tfdt", b"trun"))
_BASE, _DESCRIPTION, _DURATION, _SIZE, _FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
_OFFSET, _FIRST, _EACH_DURATION = 0x1, 0x4, 0x100
_EACH_SIZE, _EACH_FLAGS, _EACH_TIME = 0x200, 0x400, 0x800
_MOST: Final = 1_000_000


@dataclass(frozen=True)
class _Head:
    track: int
    base: int
    size: int


def strip_fragment(
    out: bytearray, fragment: IsoBox, tracks: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Blanks what is not of a kept track, and returns where the samples of those are. `tracks` has
    the usual size of a sample by the number of the track. Raises `Unclean`."""
    places: list[tuple[int, int]] = []
    for box in list(list_boxes(out, fragment.body, fragment.end)):
        if box.kind == b"traf":
            inner = list(list_boxes(out, box.body, box.end))
            head = next((each for each in inner if each.kind == b"tfhd"), None)
            told = _read_head(out, head, fragment, tracks) if head else None
            if told is None:
                erase_box(out, box)
                continue
            at = told.base
            for each in inner:
                if each.kind == b"trun":
                    start, at = _read_run(out, each, told, at)
                    places.append((start, at))
                elif each.kind not in _KEPT:
                    erase_box(out, each)
        elif box.kind != b"mfhd":
            erase_box(out, box)
    return places


def read_defaults(out: bytearray, box: IsoBox) -> tuple[int, int]:
    """Returns the number of a track and the usual size of its samples ("trex")."""
    return read_number(out, box.body + 4, 4), read_number(out, box.body + 16, 4)


def _read_head(
    out: bytearray, box: IsoBox, fragment: IsoBox, tracks: Mapping[int, int]
) -> _Head | None:
    flags, track = read_number(out, box.body + 1, 3), read_number(out, box.body + 4, 4)
    if track not in tracks:
        return None
    at, base, size = box.body + 8, fragment.start, tracks[track]
    if flags & _BASE:
        base = read_number(out, at, 8)
        at += 8
    at += 4 * bool(flags & _DESCRIPTION) + 4 * bool(flags & _DURATION)
    if flags & _SIZE:
        size = read_number(out, at, 4)
    return _Head(track, base, size)


def _read_run(out: bytearray, box: IsoBox, head: _Head, at: int) -> tuple[int, int]:
    flags, count = read_number(out, box.body + 1, 3), read_number(out, box.body + 4, 4)
    place = box.body + 8
    if flags & _OFFSET:
        offset = read_number(out, place, 4)
        at = head.base + (offset - (1 << 32) if offset >> 31 else offset)
        place += 4
    place += 4 * bool(flags & _FIRST)
    before = 4 * bool(flags & _EACH_DURATION)
    width = before + 4 * sum(bool(flags & bit) for bit in (_EACH_SIZE, _EACH_FLAGS, _EACH_TIME))
    if count > _MOST or place + count * width > box.end:
        raise Unclean
    if not flags & _EACH_SIZE:
        return at, at + count * head.size
    total = sum(read_number(out, place + number * width + before, 4) for number in range(count))
    return at, at + total
