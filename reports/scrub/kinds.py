"""Detects types of files from their first bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

HEAD: Final = 32
"""Bytes needed to detect the type."""


@dataclass(frozen=True)
class Kind:
    """A type: `code` is stable; `parsed`: the child process parses it.

    Whether metadata was removed is known only afterwards: an archive is parsed to see if it is a
    document, and otherwise stays unchanged.
    """

    code: str
    parsed: bool = False


OTHER: Final = Kind("other")
_ALWAYS: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"\xff\xd8\xff", Kind("jpeg", parsed=True)),
    (b"\x89PNG\r\n\x1a\n", Kind("png", parsed=True)),
    (b"%PDF-", Kind("pdf", parsed=True)),
    (b"PK\x03\x04", Kind("zip", parsed=True)),
    (b"PK\x05\x06", Kind("zip", parsed=True)),
    (b"ID3", Kind("mp3", parsed=True)),
    (b"\x1aE\xdf\xa3", Kind("webm", parsed=True)),
    (b"OggS", Kind("ogg", parsed=True)),
    (b"fLaC", Kind("flac", parsed=True)),
    (b"#!AMR", Kind("amr", parsed=True)),
    (b"GIF8", Kind("gif", parsed=True)),
    (b"II*\0", Kind("tiff", parsed=True)),
    (b"MM\0*", Kind("tiff", parsed=True)),
    (b"II+\0", Kind("tiff", parsed=True)),
)
_RIFF: Final = {b"WEBP": Kind("webp", parsed=True), b"WAVE": Kind("wav", parsed=True)}
_PICTURES: Final = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
)
_AV1: Final = (b"avif", b"avis")
"""Brands of pictures of AV1; some files name them second."""
_OLD_FILMS: Final = frozenset((b"moov", b"mdat", b"wide", b"pnot"))
"""The first box of films of old cameras (MOV), which do not tell their kind."""
_BMP_HEADS: Final = frozenset((12, 40, 52, 56, 64, 108, 124))
"""Sizes of the header of a BMP: its first two letters alone are a word."""
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "zip": "application/zip",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "webm": "video/webm",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "amr": "audio/amr",
}
"""By code; any other is `application/octet-stream`."""
PICTURES: Final = ("jpeg", "png", "webp")
"""Codes of the types that the desk can show as a picture."""
ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "tiff": ("tif", "tiff"),
    "docx": ("docx", "dotx"),
    "xlsx": ("xlsx", "xltx"),
    "pptx": ("pptx", "ppsx", "potx"),
    "odt": ("odt", "ott"),
    "ods": ("ods", "ots"),
    "odp": ("odp", "otp"),
    "mp4": ("mp4", "m4a", "m4v", "m4b", "mov", "qt", "3gp", "3g2"),
    "ogg": ("ogg", "oga", "opus", "ogv"),
    "webm": ("webm", "mkv", "mka", "weba"),
    **{code: (code,) for code in ("png", "webp", "pdf", "mp3", "wav", "flac", "amr")},
}
"""The endings that fit each type of a cleaned copy; the first is given to a name without."""


def detect_kind(head: bytes) -> Kind:
    """Returns the type of a file that begins with `head`."""
    for magic, kind in _ALWAYS:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], OTHER)
    if head[4:8] == b"ftyp":
        if any(brand in head[8:HEAD] for brand in _AV1):
            return Kind("avif", parsed=True)
        return Kind("heic" if head[8:12] in _PICTURES else "mp4", parsed=True)
    if head[4:8] in _OLD_FILMS:
        return Kind("mp4", parsed=True)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADS:
        return Kind("bmp", parsed=True)
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06:
        return Kind("mp3", parsed=True)
    return OTHER
