"""Colour profiles (ICC.1) inside documents: the figures stay; names of devices and owners go."""

from __future__ import annotations

from typing import Final

from reports.scrub.refusal import Unclean

_HEAD: Final = 128
_FIGURES: Final = frozenset(
    (
        *(b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt", b"chad"),
        *(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"gamt", b"lumi", b"cicp"),
        *(b"D2B0", b"D2B1", b"D2B2", b"D2B3", b"B2D0", b"B2D1", b"B2D2", b"B2D3"),
    )
)
_WORDS: Final = b"Colours"
_OLD: Final = b"desc" + bytes(4) + (len(_WORDS) + 1).to_bytes(4, "big") + _WORDS + b"\0" + bytes(78)
_WIDE: Final = _WORDS.decode().encode("utf-16-be")
_NEW: Final = b"".join(
    (
        *(b"mluc", bytes(4), b"\0\0\0\1\0\0\0\x0cenUS", len(_WIDE).to_bytes(4, "big")),
        *(b"\0\0\0\x1c", _WIDE),
    )
)
"""The name that every profile gets instead of its own, as older and newer versions write it."""
_ZEROED: Final = ((4, 8), (24, 36), (40, 44), (48, 56), (80, 128))
"""Of the header: program, time, platform, device, maker and the number of the profile."""


def strip(data: bytes) -> bytes:
    """Returns a profile of the same colours. Raises `Unclean`."""
    if len(data) < _HEAD + 4 or data[36:40] != b"acsp":
        raise Unclean
    head = bytearray(data[:_HEAD])
    for start, end in _ZEROED:
        head[start:end] = bytes(end - start)
    count = int.from_bytes(data[_HEAD : _HEAD + 4], "big")
    if not 0 < count <= 200:
        raise Unclean
    text = _NEW if data[8] >= 4 else _OLD
    kept = {b"desc": text, b"cprt": _NEW if data[8] >= 4 else b"text" + bytes(4) + _WORDS + b"\0"}
    for number in range(count):
        at = _HEAD + 4 + 12 * number
        name = data[at : at + 4]
        start, size = (int.from_bytes(data[at + i : at + i + 4], "big") for i in (4, 8))
        if name in _FIGURES:
            if start + size > len(data):
                raise Unclean
            kept[name] = data[start : start + size]
    table, body, at = (
        bytearray(len(kept).to_bytes(4, "big")),
        bytearray(),
        _HEAD + 4 + 12 * len(kept),
    )
    for name, content in kept.items():
        table += name + (at + len(body)).to_bytes(4, "big") + len(content).to_bytes(4, "big")
        body += content + bytes(-len(content) % 4)
    whole = head + table + body
    whole[:4] = len(whole).to_bytes(4, "big")
    return bytes(whole)
