"""Searching a browser's whole profile for words, as someone would who has the phone."""

from __future__ import annotations

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
    for file in sorted(profile.rglob("*")):
        if not file.is_file():
            continue
        for content in _contents(file.read_bytes()):
            hits = {word for needle, word in wanted.items() if needle in content}
            found.extend(f"{file.relative_to(profile)}: {word}" for word in sorted(hits))
    return found


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
