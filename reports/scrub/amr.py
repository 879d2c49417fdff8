"""AMR (RFC 4867), the voice notes of older phones: the frames alone, each of a known length.

Small on purpose: a child process loads only the cleaner that it needs.
"""

from __future__ import annotations

from typing import Final

from reports.scrub.refusal import Unclean

_NARROW: Final = b"#!AMR\n"
_WIDE: Final = b"#!AMR-WB\n"
_SIZES: Final = {
    _NARROW: (12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, 0, 0, 0, 0),
    _WIDE: (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 5, 0, 0, 0, 0, 0),
}
"""Bytes of a frame after its first, by the four bits that tell its kind."""


def clean(data: bytes) -> tuple[str, bytes]:
    """Returns the type and the frames. Raises `Unclean` where what comes is none."""
    head = next((head for head in (_WIDE, _NARROW) if data.startswith(head)), b"")
    if not head:
        raise Unclean
    at = len(head)
    out = bytearray(head)
    while at < len(data):
        size = _SIZES[head][data[at] >> 3 & 15] + 1
        if data[at] & 0x83 or at + size > len(data):
            # What stands behind the last frame, or the half of one, is no sound.
            break
        out += data[at : at + size]
        at += size
    if len(out) == len(head):
        raise Unclean
    return "amr", bytes(out)
