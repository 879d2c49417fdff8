"""Ogg (RFC 3533) with Opus, Vorbis or FLAC inside, as voice notes are: the sound alone.

The packet of comments is written anew without any; packets of other streams go; pages are written
anew with their times, and a serial number that is the same in all files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reports.scrub.refusal import Unclean

_HEADS: Final = {b"OpusHead": "opus", b"\x01vorbis": "vorbis", b"\x7fFLAC": "flac"}
_EMPTY: Final = bytes(8)
"""A vendor without letters, and no comments."""
_OPUS_HEAD: Final = 19
_PIECE: Final = 255
_POLYNOMIAL: Final = 0x04C11DB7


def _make_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _bit in range(8):
            value = (value << 1 ^ (_POLYNOMIAL if value & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(value)
    return tuple(table)


_TABLE: Final = _make_table()


@dataclass(frozen=True)
class _Page:
    flags: int
    position: bytes
    serial: bytes
    sizes: bytes
    body: bytes


def clean(data: bytes) -> tuple[str, bytes]:
    """Returns the type and the sound without comments. Raises `Unclean`."""
    pages = list(_read_pages(data))
    form = next(
        (form for head, form in _HEADS.items() if pages and pages[0].body.startswith(head)), ""
    )
    if not form or not pages[0].flags & 2:
        raise Unclean
    # Streams beside the first, of pictures or texts, are not sound.
    pages = [page for page in pages if page.serial == pages[0].serial]
    heads, first = _read_heads(pages, 3 if form == "vorbis" else 2)
    out = bytearray()
    number = 0
    for at, packet in enumerate(_strip_heads(heads, form)):
        sizes = bytes([_PIECE] * (len(packet) // _PIECE) + [len(packet) % _PIECE])
        if len(sizes) > _PIECE:
            raise Unclean
        out += _write_page(2 if at == 0 else 0, bytes(8), number, sizes, packet)
        number += 1
    for page in pages[first:]:
        out += _write_page(page.flags & 5, page.position, number, page.sizes, page.body)
        number += 1
    if first >= len(pages):
        raise Unclean
    return "ogg", bytes(out)


def _read_pages(data: bytes) -> Iterator[_Page]:
    at = 0
    while at + 27 <= len(data):
        if data[at : at + 4] != b"OggS":
            # After damage the next page is looked for, as every player does.
            at = data.find(b"OggS", at + 1)
            if at < 0:
                return
            continue
        sizes = data[at + 27 : at + 27 + data[at + 26]]
        start = at + 27 + len(sizes)
        end = start + sum(sizes)
        if end > len(data):
            return
        yield _Page(
            data[at + 5], data[at + 6 : at + 14], data[at + 14 : at + 18], sizes, data[start:end]
        )
        at = end


def _read_heads(pages: list[_Page], count: int) -> tuple[list[bytes], int]:
    """Returns the packets before the sound, and the page after them. Raises `Unclean`."""
    packets, held = [], b""
    for number, page in enumerate(pages):
        at = 0
        for size in page.sizes:
            held += page.body[at : at + size]
            at += size
            if size < _PIECE:
                packets.append(held)
                held = b""
        if len(packets) >= count and not held:
            return packets, number + 1
        if len(packets) > count + 8:
            break
    raise Unclean


def _strip_heads(packets: list[bytes], form: str) -> list[bytes]:
    first, second, *others = packets
    if form == "opus":
        if second[:8] != b"OpusTags" or others or len(first) < _OPUS_HEAD:
            raise Unclean
        mapped = first[18] and len(first) >= 21 + first[9]
        return [first[: 21 + first[9]] if mapped else first[:_OPUS_HEAD], b"OpusTags" + _EMPTY]
    if form == "vorbis":
        if second[:7] != b"\x03vorbis" or len(others) != 1 or others[0][:7] != b"\x05vorbis":
            raise Unclean
        return [first[:30], b"\x03vorbis" + _EMPTY + b"\x01", others[0]]
    # FLAC: the head tells how many packets of details follow; one without words is left.
    return [first[:7] + b"\0\1" + first[9:51], b"\x84" + len(_EMPTY).to_bytes(3, "big") + _EMPTY]


def _write_page(flags: int, position: bytes, number: int, sizes: bytes, body: bytes) -> bytes:
    page = bytearray(b"OggS\0" + bytes([flags]) + position + b"\1\0\0\0")
    page += number.to_bytes(4, "little") + bytes(4) + bytes([len(sizes)]) + sizes + body
    sum_of_page = 0
    table = _TABLE
    for byte in page:
        sum_of_page = (sum_of_page << 8 & 0xFFFFFFFF) ^ table[sum_of_page >> 24 ^ byte]
    page[22:26] = sum_of_page.to_bytes(4, "little")
    return bytes(page)
