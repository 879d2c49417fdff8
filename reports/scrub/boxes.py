"""MP4 and related formats (ISO 14496-12): keeps only video and audio tracks, in place.

Metadata boxes become free space of the same size, so that no offset moves. Times become zero. Then
all media bytes that no sample of a kept track refers to become zero: tracks of locations and
movements, and anything hidden there.
"""

from __future__ import annotations

from typing import Final

from reports.scrub.fragments import read_defaults, strip_fragment
from reports.scrub.iso_box import IsoBox, erase_box, list_boxes, read_number
from reports.scrub.refusal import Unclean

_HOLDERS: Final = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"))
_KEPT: Final = frozenset(
    (
        *(b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"vmhd", b"smhd", b"dref", b"elst", b"stsd"),
        *(b"stts", b"ctts", b"stss", b"stsc", b"stsz", b"stco", b"co64", b"sdtp", b"sgpd"),
        *(b"sbgp", b"cslg", b"stz2", b"ftyp", b"mdat", b"tapt"),
    )
)
_TRACKS: Final = frozenset((b"vide", b"soun"))
_SOUNDS: Final = frozenset((b"mp4a", b"alac", b"ac-3", b"ec-3", b"samr", b"sawb", b"lpcm", b"twos"))
_TIMES: Final = frozenset((b"mvhd", b"tkhd", b"mdhd"))
_DEEPEST: Final = 12


def clean(data: bytes) -> tuple[str, bytes]:
    """Returns the type and the file with only its tracks. Raises `Unclean`."""
    out = bytearray(data)
    top = list(list_boxes(out, 0, len(out)))
    kinds = [box.kind for box in top]
    if kinds.count(b"moov") != 1 or b"mdat" not in kinds:
        raise Unclean
    kept: list[tuple[int, int]] = []
    tracks: dict[int, int] = {}
    for box in top:
        if box.kind == b"moov":
            tracks = _movie(out, box, kept)
    for box in top:
        if box.kind == b"moof":
            kept += strip_fragment(out, box, tracks)
        elif box.kind not in (b"ftyp", b"mdat", b"moov"):
            erase_box(out, box)
    if not any(end > start for start, end in kept):
        raise Unclean
    for box in top:
        if box.kind == b"mdat":
            _zero_between(out, box, kept)
    return "mp4", bytes(out)


def strip_picture(data: bytes) -> bytes:
    """Returns a JPEG 2000 picture without metadata boxes; a bare codestream stays unchanged."""
    if data[:4] == b"\xff\x4f\xff\x51":
        return data
    out = bytearray(data)
    for box in list_boxes(out, 0, len(out)):
        if box.kind in (b"xml ", b"uuid", b"uinf", b"jp2i"):
            erase_box(out, box)
    return bytes(out)


def _movie(out: bytearray, movie: IsoBox, kept: list[tuple[int, int]]) -> dict[int, int]:
    """Strips the description of a film. Returns the tracks that stay, with the usual size of a
    sample in fragments."""
    tracks: dict[int, int] = {}
    inside = list(list_boxes(out, movie.body, movie.end))
    for box in inside:
        if box.kind == b"mvhd":
            _zero_times(out, box)
        elif box.kind == b"trak" and _handler(out, box) in _TRACKS:
            if head := _inner(out, box, b"tkhd"):
                # The number follows two times, which are wide in the newer version.
                tracks[read_number(out, head.body + (20 if out[head.body] else 12), 4)] = 0
            kept += _samples(out, box)
            _track(out, box, 0)
        elif box.kind != b"mvex":
            erase_box(out, box)
    for holder in inside:
        if holder.kind == b"mvex":
            for box in list(list_boxes(out, holder.body, holder.end)):
                if box.kind == b"trex" and read_defaults(out, box)[0] in tracks:
                    number, size = read_defaults(out, box)
                    tracks[number] = size
                elif box.kind != b"mehd":
                    erase_box(out, box)
    return tracks


def _track(out: bytearray, holder: IsoBox, depth: int) -> None:
    if depth > _DEEPEST:
        raise Unclean
    for box in list(list_boxes(out, holder.body, holder.end)):
        if box.kind in _HOLDERS:
            _track(out, box, depth + 1)
        elif box.kind not in _KEPT:
            erase_box(out, box)
        elif box.kind in _TIMES:
            _zero_times(out, box)
        elif box.kind == b"stsd":
            _forget_encoders(out, box)
        elif box.kind == b"hdlr":
            # The type is followed by a name that programs fill with their own.
            name = box.body + 12
            out[name : box.end] = bytes(box.end - name)


def _forget_encoders(out: bytearray, box: IsoBox) -> None:
    """Clears the encoder's name in each sample entry of video; audio entries have none."""
    for entry in list(list_boxes(out, box.body + 8, box.end)):
        if entry.end - entry.start >= 86 and entry.kind not in _SOUNDS:
            out[entry.start + 50 : entry.start + 82] = bytes(32)


def _inner(data: bytearray, box: IsoBox, *path: bytes) -> IsoBox | None:
    for kind in path:
        found = next((b for b in list_boxes(data, box.body, box.end) if b.kind == kind), None)
        if found is None:
            return None
        box = found
    return box


def _handler(data: bytearray, track: IsoBox) -> bytes:
    box = _inner(data, track, b"mdia", b"hdlr")
    return bytes(data[box.body + 8 : box.body + 12]) if box else b""


def _samples(data: bytearray, track: IsoBox) -> list[tuple[int, int]]:
    """Returns start and end offset of each chunk of a track."""
    table = _inner(data, track, b"mdia", b"minf", b"stbl")
    if table is None:
        raise Unclean
    found = {box.kind: box for box in list_boxes(data, table.body, table.end)}
    wide = b"co64" in found
    offsets = _numbers(data, found.get(b"co64" if wide else b"stco"), 8 if wide else 4, 4)
    runs = _numbers(data, found.get(b"stsc"), 4, 4, 3)
    sizes = _sizes(data, found.get(b"stsz"))
    places, taken, run = [], 0, 0
    for number, offset in enumerate(offsets, start=1):
        while run + 3 < len(runs) and runs[run + 3] <= number:
            run += 3
        count = runs[run + 1] if runs else 0
        length = sum(sizes[taken : taken + count])
        taken += count
        places.append((offset, offset + length))
    return places


def _sizes(data: bytearray, box: IsoBox | None) -> list[int]:
    if box is None:
        raise Unclean
    same = int.from_bytes(data[box.body + 4 : box.body + 8], "big")
    count = int.from_bytes(data[box.body + 8 : box.body + 12], "big")
    if not same:
        return _numbers(data, box, 4, 8)
    if same * count > len(data):
        raise Unclean
    return [same] * count


def _numbers(
    data: bytearray, box: IsoBox | None, width: int, before: int, each: int = 1
) -> list[int]:
    """Returns the table of a full box, whose count comes `before` bytes after its body starts."""
    if box is None:
        raise Unclean
    at = box.body + before
    count = int.from_bytes(data[at : at + 4], "big") * each
    at += 4
    if at + count * width > box.end:
        raise Unclean
    return [
        int.from_bytes(data[i : i + width], "big") for i in range(at, at + count * width, width)
    ]


def _zero_times(out: bytearray, box: IsoBox) -> None:
    width = 16 if out[box.body] == 1 else 8
    out[box.body + 4 : box.body + 4 + width] = bytes(width)


def _zero_between(out: bytearray, box: IsoBox, kept: list[tuple[int, int]]) -> None:
    at = box.body
    for start, end in sorted(kept):
        if start > at:
            gap = min(start, box.end)
            out[at:gap] = bytes(max(0, gap - at))
        at = max(at, end)
    if at < box.end:
        out[at : box.end] = bytes(box.end - at)
