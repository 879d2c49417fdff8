"""Brotli (RFC 7932) padded to a given size, as `webapp.site.padded_response` does for gzip.

The padding is metadata blocks, which every decoder skips (section 9.2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import brotli

_EMPTY: Final = b"\x06"
"""An empty metadata block: one byte of padding."""
_SMALL, _LARGE = 256, 65_536


def compress(data: bytes, fit: Callable[[int], int] = int) -> bytes:
    """Returns `data` as Brotli, padded to the size that `fit` returns for its unpadded length.

    Raises `ValueError` when that size is smaller.
    """
    packer = brotli.Compressor(quality=11)
    body = packer.process(data) + packer.flush()
    end = packer.finish()
    bare = len(body) + len(end)
    size = fit(bare)
    if size < bare:
        raise ValueError(f"{bare} bytes do not fit into {size}")
    return bytes(body + make_filler(size - bare) + end)


def make_filler(space: int) -> bytes:
    """Returns metadata blocks with a total of `space` bytes."""
    blocks = b""
    while len(blocks) < space:
        left = space - len(blocks)
        if left < 3:
            blocks += _EMPTY
        elif left - 2 <= _SMALL:
            blocks += _block(left - 2, width=1)
        elif left - 3 <= _SMALL:
            blocks += _EMPTY
        else:
            blocks += _block(min(left - 3, _LARGE), width=2)
    return blocks


def _block(length: int, *, width: int) -> bytes:
    """Returns one metadata block: not the last, no nibbles, `width` bytes that hold `length` -
    1."""
    bits = 0b110 | width << 4 | (length - 1) << 6
    return bits.to_bytes(width + 1, "little") + bytes(length)
