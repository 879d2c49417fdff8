"""Long content in sealed chunks: STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015).

Chunks of 64 KiB under ChaCha20-Poly1305, each bound to its number and to whether it is the last:
none can be left out, moved or cut off unseen. Each sealing has a salt of its own, so that one key
may seal twice. What is sealed is filled up to `padded_length`, so that its size says little.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from reports.errors import SealBroken
from reports.vault.padding import compute_padded_length
from reports.vault.wrapping import derive

CHUNK: Final = 64 * 1024
_VERSION: Final = b"\x01"
_SALT: Final = 32
_TAG: Final = 16
_HEADER: Final = len(_VERSION) + _SALT


def seal_stream(key: bytes, chunks: Iterable[bytes], *, kind: str, id: bytes) -> Iterator[bytes]:
    """Seal `chunks` of any sizes, a chunk at a time; memory stays flat."""
    salt = secrets.token_bytes(_SALT)
    yield _VERSION + salt
    cipher = _cipher(key, salt)
    number, held = 0, b""
    for piece in _even(_filled(chunks), CHUNK):
        if held:
            yield cipher.encrypt(_nonce(number, last=False), held, _context(kind, id))
            number += 1
        held = piece
    yield cipher.encrypt(_nonce(number, last=True), held, _context(kind, id))


def open_stream(
    key: bytes, sealed: Iterable[bytes], size: int, *, kind: str, id: bytes
) -> Iterator[bytes]:
    """The first `size` bytes of what `seal_stream` was given.

    Raises `SealBroken` at the first chunk that does not hold, and at an end that came too early.
    """
    source = iter(sealed)
    header, rest = _header(source)
    cipher, left, number = _cipher(key, header[len(_VERSION) :]), size, 0
    pieces = _even(chain([rest], source), CHUNK + _TAG)
    held = next(pieces, b"")
    while held:
        following = next(pieces, b"")
        nonce = _nonce(number, last=not following)
        try:
            plain = cipher.decrypt(nonce, held, _context(kind, id))
        except (InvalidTag, ValueError) as problem:
            raise SealBroken("a chunk of a sealed stream does not open") from problem
        if left:
            yield plain[:left]
        left = max(0, left - len(plain))
        held, number = following, number + 1
    if left or not number:
        raise SealBroken("a sealed stream is cut off")


def _header(source: Iterator[bytes]) -> tuple[bytes, bytes]:
    """Version and salt, and what was read beyond them."""
    held = b""
    while len(held) < _HEADER:
        piece = next(source, b"")
        if not piece:
            raise SealBroken("not a sealed stream")
        held += piece
    if held[:1] != _VERSION:
        raise SealBroken("not a sealed stream")
    return held[:_HEADER], held[_HEADER:]


def _even(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of `size`; the last one may be shorter."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


def _filled(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """`chunks`, and zeros up to the size that tells little."""
    length = 0
    for chunk in chunks:
        length += len(chunk)
        yield chunk
    space = compute_padded_length(length) - length
    while space > 0:
        yield bytes(min(space, CHUNK))
        space -= CHUNK


def _cipher(key: bytes, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derive(key + salt, "stream"))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _context(kind: str, id: bytes) -> bytes:
    return b"wayside stream 1\0" + kind.encode() + b"\0" + id
