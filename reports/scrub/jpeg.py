"""A JPEG inside a document: removes metadata segments and leaves the picture data untouched."""

from __future__ import annotations

from typing import Final

from reports.scrub.refusal import Unclean

_START: Final = 0xD8
_END: Final = 0xD9
_SCAN: Final = 0xDA
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD8)))
_ADOBE: Final = 0xEE
"""Declares the colour encoding in twelve bytes: without it the picture looks wrong."""


def strip(data: bytes) -> bytes:
    """Returns `data` without application segments, comments and anything after its end."""
    if data[:2] != bytes((0xFF, _START)):
        raise Unclean
    out, at = bytearray(data[:2]), 2
    while True:
        if at + 2 > len(data) or data[at] != 0xFF:
            raise Unclean
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _END:
            return bytes(out + data[at : at + 2])
        if marker in _ALONE:
            out += data[at : at + 2]
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at:end]
        if len(segment) < 4 or end > len(data):
            raise Unclean
        if marker == _ADOBE and segment[4:9] == b"Adobe":
            out += b"\xff\xee\x00\x0e" + segment[4:16]
        elif not 0xE0 <= marker <= 0xEF and marker != 0xFE:
            out += segment
        at = end
        if marker == _SCAN:
            end = _end_of_scan(data, at)
            out += data[at:end]
            at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Returns the offset of the next marker: an FF that is neither stuffed nor a restart marker."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise Unclean
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
            continue
        return at
