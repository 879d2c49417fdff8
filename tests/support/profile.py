"""Searching a browser's whole profile for words, as someone would who has the phone."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

_GZIP = b"\x1f\x8b\x08"


def findings(profile: Path, words: Iterable[str]) -> list[str]:
    """Where any of `words` stands: "file: word", in any encoding, compressed or not."""
    wanted = {needle: word for word in words for needle in _needles(word)}
    found: list[str] = []
    for file, data in _files(profile):
        for content in _contents(data):
            hits = {word for needle, word in wanted.items() if needle in content}
            found.extend(f"{file.relative_to(profile)}: {word}" for word in sorted(hits))
    return found


def _files(profile: Path) -> Iterator[tuple[Path, bytes]]:
    """Each file and what is in it; a browser that runs takes some away meanwhile."""
    for folder, _, names in os.walk(profile):
        for name in sorted(names):
            file = Path(folder) / name
            with suppress(FileNotFoundError):
                if file.is_file():
                    yield file, file.read_bytes()


def _needles(word: str) -> set[bytes]:
    """The forms in which a browser may keep a word."""
    return {
        word.encode(),
        word.encode("utf-16-le"),
        quote(word).encode(),
        quote_plus(word).encode(),
    }


def _contents(data: bytes) -> Iterator[bytes]:
    """The file as it is, and every gzip stream in it (the cache keeps bodies as they came)."""
    yield data
    at = data.find(_GZIP)
    while at >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=31).decompress(data[at:])
        at = data.find(_GZIP, at + 1)
