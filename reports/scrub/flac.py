"""FLAC (RFC 9639): the description of the sound and its frames; no tags, pictures and padding.

Small on purpose: a child process loads only the cleaner that it needs.
"""

from __future__ import annotations

from typing import Final

from reports.scrub.refusal import Unclean

_STREAM_INFO: Final = 0
_INFO_SIZE: Final = 34
_LAST: Final = 0x80


def clean(data: bytes) -> tuple[str, bytes]:
    """Returns the type and the sound. Raises `Unclean`."""
    if data[:4] != b"fLaC":
        raise Unclean
    at, info, last = 4, b"", False
    while not last:
        head = data[at : at + 4]
        if len(head) < 4:
            raise Unclean
        last, size = bool(head[0] & _LAST), int.from_bytes(head[1:4], "big")
        if head[0] & 0x7F == _STREAM_INFO and not info:
            info = data[at + 4 : at + 4 + size]
        at += 4 + size
    frames = data[at:]
    # A tag of another format that somebody put behind the sound.
    if frames[-128:-125] == b"TAG":
        frames = frames[:-128]
    if len(info) != _INFO_SIZE or frames[:1] != b"\xff" or frames[1:2] not in (b"\xf8", b"\xf9"):
        raise Unclean
    return "flac", b"fLaC" + bytes([_LAST]) + _INFO_SIZE.to_bytes(3, "big") + info + frames
