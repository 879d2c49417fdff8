"""WAVE: keeps only the format and the samples.

Small on purpose: a child process loads only the cleaner that it needs.
"""

from __future__ import annotations

from typing import Final

from reports.scrub.refusal import Unclean

_LONGEST_FORMAT: Final = 40


def clean(data: bytes) -> tuple[str, bytes]:
    """Returns the type and the sound without metadata. Raises `Unclean`."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise Unclean
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name in (b"fmt ", b"data") and name not in found:
            found[name] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    form, samples = found.get(b"fmt ", b""), found.get(b"data", b"")
    if not 16 <= len(form) <= _LONGEST_FORMAT or not samples:
        raise Unclean
    body = b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"data", samples)
    return "wav", b"RIFF" + len(body).to_bytes(4, "little") + body


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
