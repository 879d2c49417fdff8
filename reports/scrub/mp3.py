"""MP3: keeps only the audio frames, without anything between, before or after them.

Frame sizes follow ISO 11172-3 and 13818-3. In many files the first frame only holds the encoder's
name and the length (Xing, Info, VBRI); it is removed as well.
"""

from __future__ import annotations

from typing import Final

from reports.scrub.refusal import Unclean

_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_BITS: Final = {
    (True, 3): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 3): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits per second, by whether it is version 1 and by the layer bits (3 is layer I)."""
_TELLERS: Final = (b"Xing", b"Info", b"VBRI")


def clean(data: bytes) -> tuple[str, bytes]:
    """Returns the type and the frames. Raises `Unclean` without two consecutive frames."""
    out, frames = bytearray(), 0
    at = _after_tag(data)
    while at + 4 <= len(data):
        size = _frame(data, at)
        chained = size and (at + size >= len(data) - 4 or _frame(data, at + size) or frames)
        if not size or not chained or at + size > len(data):
            at = data.find(b"\xff", at + 1)
            if at < 0:
                break
            continue
        frame = data[at : at + size]
        if not (frames == 0 and any(word in frame[:192] for word in _TELLERS)):
            out += frame
        frames += 1
        at += size
    if frames < 2 or not out:
        raise Unclean
    return "mp3", bytes(out)


def _after_tag(data: bytes) -> int:
    """Returns the offset after a leading ID3 tag, whose pictures might look like frames."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if data[5] & 0x10 else 0)


def _frame(data: bytes, at: int) -> int:
    """Returns the size of the frame at `at`, or 0 if there is none."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 0 or bits in (0, 15) or rate == 3:
        return 0
    speed = _BITS[version == 3, layer][bits] * 1000
    if layer == 3:
        return (12 * speed // _RATES[version][rate] + padding) * 4
    samples = 72 if layer == 1 and version != 3 else 144
    return samples * speed // _RATES[version][rate] + padding
