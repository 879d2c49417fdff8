"""WebM and Matroska (RFC 9559): pictures and sound; no tags, titles, times and attachments.

Only listed elements are written again. Indexes go too, since they hold places in the old file:
players find their way without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reports.scrub.refusal import Unclean

_HEAD: Final = 0x1A45DFA3
_SEGMENT: Final = 0x18538067
_INFO: Final = 0x1549A966
_TRACKS: Final = 0x1654AE6B
_TRACK: Final = 0xAE
_CLUSTER: Final = 0x1F43B675
_GROUP: Final = 0xA0
_KIND: Final = 0x83
_NUMBER: Final = 0xD7
_BLOCKS: Final = (0xA3, 0xA1)
_PROGRAMS: Final = (0x4D80, 0x5741)
"""Names of the programs that wrote the file: they have to be there."""
_MASTERS: Final[dict[int, frozenset[int]]] = {
    _HEAD: frozenset((0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285)),
    _INFO: frozenset((0x2AD7B1, 0x4489, *_PROGRAMS)),
    _TRACKS: frozenset((_TRACK,)),
    _TRACK: frozenset(
        (
            *(_NUMBER, 0x73C5, _KIND, 0xB9, 0x88, 0x55AA, 0x9C, 0x23E383, 0x86, 0x63A2, 0xE0, 0xE1),
            *(0x56AA, 0x56BB, 0x22B59C, 0x55EE, 0x6D80),
        )
    ),
    0xE0: frozenset(
        (
            *(
                0xB0,
                0xBA,
                0x54B0,
                0x54BA,
                0x54B2,
                0x54AA,
                0x54BB,
                0x54CC,
                0x54DD,
                0x9A,
                0x9D,
                0x53B8,
            ),
            *(0x53C0, 0x55B0, 0x7670),
        )
    ),
    0x55B0: frozenset(
        (
            0x55B1,
            0x55B2,
            0x55B3,
            0x55B4,
            0x55B5,
            0x55B6,
            0x55B7,
            0x55B8,
            0x55B9,
            0x55BA,
            0x55BB,
            0x55BC,
            0x55BD,
        )
    ),
    0x7670: frozenset((0x7671, 0x7673, 0x7674, 0x7675)),
    0xE1: frozenset((0xB5, 0x78B5, 0x9F, 0x6264)),
    _CLUSTER: frozenset((0xE7, 0xAB, _GROUP, *_BLOCKS[:1])),
    _GROUP: frozenset((0xA1, 0x9B, 0xFB, 0x75A2)),
}
_PRIVATE: Final = 0x63A2
_WORDS: Final = (0x4282, 0x22B59C, 0x86)
"""Short words: the kind of file, a language, a codec."""
_SHOWN: Final = (1, 2)
_LONGEST_WORD: Final = 40
_UNKNOWN: Final = -1
_FULL: Final = 255


def clean(data: bytes) -> tuple[str, bytes]:
    """Returns the type and the film. Raises `Unclean`, also where texts are written into it."""
    out, kept = bytearray(), set[int]()
    for name, body, end in _elements(data, 0, len(data)):
        if name == _HEAD:
            out += _write(name, _copy(data, name, body, end, kept))
        elif name == _SEGMENT:
            _find_tracks(data, body, end, kept)
            out += _write(name, _copy_segment(data, body, end, kept))
    if not kept or not out.startswith(b"\x1aE\xdf\xa3"):
        raise Unclean
    return "webm", bytes(out)


def _find_tracks(data: bytes, at: int, end: int, kept: set[int]) -> None:
    for name, body, stop in _elements(data, at, end):
        if name != _TRACKS:
            continue
        for inner, start, last in _elements(data, body, stop):
            told = (
                {i: data[s:e] for i, s, e in _elements(data, start, last)}
                if inner == _TRACK
                else {}
            )
            if int.from_bytes(told.get(_KIND, b""), "big") in _SHOWN and told.get(_NUMBER):
                kept.add(int.from_bytes(told[_NUMBER], "big"))


def _copy_segment(data: bytes, at: int, end: int, kept: set[int]) -> bytes:
    out = bytearray()
    for name, body, stop in _elements(data, at, end):
        if name in (_INFO, _TRACKS, _CLUSTER):
            out += _write(name, _copy(data, name, body, stop, kept))
    return bytes(out)


def _copy(data: bytes, holder: int, at: int, end: int, kept: set[int]) -> bytes:
    """Returns the listed elements of one that holds others. Raises `Unclean`."""
    out = bytearray()
    for name, body, stop in _elements(data, at, end):
        if name not in _MASTERS[holder]:
            continue
        content = data[body:stop]
        if name in _MASTERS:
            content = _copy(data, name, body, stop, kept)
            wanted = _get_number(content) in kept if name == _TRACK else bool(content)
            if not wanted or (name == _GROUP and not _has_block(content)):
                continue
        elif name in _BLOCKS:
            if _read_vint(data, body)[0] not in kept:
                continue
        elif name in _PROGRAMS:
            content = b"-"
        elif name == 0x73C5:
            # The unique number of a track: its plain number does as well.
            content = b"\x01"
        elif name == _PRIVATE:
            content = _strip_private(content)
        elif name in _WORDS and not _is_word(content):
            continue
        out += _write(name, content)
    return bytes(out)


def _strip_private(content: bytes) -> bytes:
    """Returns what a decoder needs; Vorbis keeps its comments there. Raises `Unclean`."""
    if content[:1] != b"\x02" or b"\x03vorbis" not in content:
        return content
    at, sizes = 1, []
    for _packet in range(2):
        size = 0
        while at < len(content) and content[at] == _FULL:
            size, at = size + _FULL, at + 1
        if at >= len(content):
            raise Unclean
        sizes.append(size + content[at])
        at += 1
    if sizes[0] >= _FULL:
        raise Unclean
    comment = b"\x03vorbis" + bytes(8) + b"\x01"
    setup = content[at + sum(sizes) :]
    return bytes((2, sizes[0], len(comment))) + content[at : at + sizes[0]] + comment + setup


def _is_word(content: bytes) -> bool:
    text = content.rstrip(b"\0")
    return len(text) <= _LONGEST_WORD and all(
        part.isalnum() for part in text.replace(b"_", b"/").replace(b"-", b"/").split(b"/")
    )


def _get_number(track: bytes) -> int:
    return next(
        (
            int.from_bytes(track[s:e], "big")
            for i, s, e in _elements(track, 0, len(track))
            if i == _NUMBER
        ),
        0,
    )


def _has_block(group: bytes) -> bool:
    return any(name == 0xA1 for name, _start, _end in _elements(group, 0, len(group)))


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yields name, start and end of each element; one of unknown size reaches to the next of its
    level. Raises `Unclean`."""
    while at < end:
        name, at = _read_name(data, at)
        size, at = _read_vint(data, at)
        if size == _UNKNOWN:
            stop = end if name == _SEGMENT else _find_end(data, at, end)
        else:
            stop = at + size
        if stop > end:
            if name not in (_SEGMENT, _CLUSTER):
                raise Unclean
            stop = end
        yield name, at, stop
        at = stop


def _find_end(data: bytes, at: int, end: int) -> int:
    """Returns the end of a cluster without a size: where one of its own level begins."""
    while at < end:
        name, body = _read_name(data, at)
        if name not in (*_MASTERS[_CLUSTER], 0xA7, 0x5854, 0xAF, 0xEC, 0xBF):
            return at
        size, body = _read_vint(data, body)
        if size == _UNKNOWN or body + size > end:
            raise Unclean
        at = body + size
    return at


def _read_name(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data) or not data[at] & 0xF0:
        raise Unclean
    size = 9 - data[at].bit_length()
    return int.from_bytes(data[at : at + size], "big"), at + size


def _read_vint(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data) or not data[at]:
        raise Unclean
    size = 9 - data[at].bit_length()
    most = (1 << 7 * size) - 1
    value = int.from_bytes(data[at : at + size], "big") & most
    return (_UNKNOWN if value == most else value), at + size


def _write(name: int, content: bytes) -> bytes:
    head = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return head + (len(content) | 1 << 56).to_bytes(8, "big") + content
