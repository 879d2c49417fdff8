"""HMAC-SHA256 under a key that is not there any more: its two states, before anything was said.

HMAC hashes a block made of its key first, inside and outside. Who holds the two states after those
blocks computes every keyed hash that the key would, and cannot find the key, nor anything that was
derived from it in another way. Python's own hash takes no such state, so that the compression of
SHA-256 stands here (FIPS 180-4, 6.2.2; HMAC: RFC 2104). It is meant for a few short texts: one
block takes a tenth of a millisecond.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Final

BLOCK: Final = 64
STATE_BYTES: Final = 32
_MASK: Final = 0xFFFFFFFF
_INNER, _OUTER = 0x36, 0x5C


@dataclass(frozen=True)
class KeyedState:
    """What is left of a key for its keyed hashes: `inner` and `outer`, 32 bytes each."""

    inner: bytes
    outer: bytes

    @classmethod
    def from_key(cls, key: bytes) -> KeyedState:
        """The states of a key of at most 64 bytes."""
        filled = key.ljust(BLOCK, b"\0")
        inner, outer = (bytes(each ^ pad for each in filled) for pad in (_INNER, _OUTER))
        return cls(*(_pack(_compress(_START, block)) for block in (inner, outer)))

    def __repr__(self) -> str:
        return "KeyedState(...)"

    def compute_hmac(self, *parts: bytes) -> bytes:
        """What `reports.vault.compute_hmac` computes under the key."""
        told = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return _finish(self.outer, _finish(self.inner, told))


def _finish(state: bytes, message: bytes) -> bytes:
    """The hash of a block that `state` has seen, and `message` after it."""
    length = (BLOCK + len(message)) * 8
    padded = message + b"\x80" + b"\0" * (-(len(message) + 9) % BLOCK) + length.to_bytes(8, "big")
    words = struct.unpack(">8I", state)
    for start in range(0, len(padded), BLOCK):
        words = _compress(words, padded[start : start + BLOCK])
    return _pack(words)


def _pack(words: Sequence[int]) -> bytes:
    return struct.pack(">8I", *words)


def _compress(state: Sequence[int], block: bytes) -> tuple[int, ...]:
    schedule = list(struct.unpack(">16I", block))
    for t in range(16, 64):
        near, far = schedule[t - 2], schedule[t - 15]
        mixed = (
            (_turn(near, 17) ^ _turn(near, 19) ^ near >> 10)
            + schedule[t - 7]
            + (_turn(far, 7) ^ _turn(far, 18) ^ far >> 3)
            + schedule[t - 16]
        )
        schedule.append(mixed & _MASK)
    a, b, c, d, e, f, g, h = state
    for word, constant in zip(schedule, _CONSTANTS, strict=True):
        one = h + (_turn(e, 6) ^ _turn(e, 11) ^ _turn(e, 25)) + (e & f ^ ~e & g) + constant + word
        two = (_turn(a, 2) ^ _turn(a, 13) ^ _turn(a, 22)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (one + two) & _MASK, a, b, c, (d + one) & _MASK, e, f, g
    added = zip(state, (a, b, c, d, e, f, g, h), strict=True)
    return tuple((old + new) & _MASK for old, new in added)


def _turn(word: int, by: int) -> int:
    return (word >> by | word << 32 - by) & _MASK


def _list_primes() -> Iterator[int]:
    number = 2
    while True:
        if all(number % smaller for smaller in range(2, isqrt(number) + 1)):
            yield number
        number += 1


def _compute_cube_root_bits(number: int) -> int:
    """The first 32 bits behind the point of a cube root."""
    scaled, low, high = number << 96, 0, 1 << 40
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**3 <= scaled else (low, middle)
    return low & _MASK


_PRIMES: Final = [prime for prime, _ in zip(_list_primes(), range(64), strict=False)]
_START: Final = tuple(isqrt(prime << 64) & _MASK for prime in _PRIMES[:8])
_CONSTANTS: Final = tuple(_compute_cube_root_bits(prime) for prime in _PRIMES)
