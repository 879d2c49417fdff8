"""Padding, so that the length of a sealed text says little about the text.

Sizes are 4, 16 and 64 KiB, above that Padme (Nikitin and others, PoPETs 2019), whose overhead
stays under 12 %.

Small on purpose: plain arithmetic on lengths, with no key in it.
"""

from __future__ import annotations

from reports.errors import SealBroken

STEPS = (4 * 1024, 16 * 1024, 64 * 1024)
_END = b"\x80"


def compute_padded_length(length: int) -> int:
    """The size that `length` bytes and the end mark are padded to."""
    needed = length + 1
    for step in STEPS:
        if needed <= step:
            return step
    exponent = needed.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (needed + mask) & ~mask


def pad(data: bytes) -> bytes:
    """`data`, an end mark and zeros up to `padded_length`."""
    return (data + _END).ljust(compute_padded_length(len(data)), b"\0")


def unpad(padded: bytes) -> bytes:
    """What `pad` was given. Raises `SealBroken` when there is no end mark."""
    marked = padded.rstrip(b"\0")
    if not marked.endswith(_END):
        raise SealBroken("no end of padding")
    return marked.removesuffix(_END)
