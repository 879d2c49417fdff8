"""Secrets that people copy by hand, in a form that survives paper: groups of base32."""

from __future__ import annotations

import base64
import binascii
import hashlib

from reports.errors import SealBroken

_CHECK = 3


def format_groups(secret: bytes) -> str:
    """`secret` with a short check, in groups of four letters and digits."""
    text = base64.b32encode(secret + hashlib.sha256(secret).digest()[:_CHECK]).decode().rstrip("=")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def parse_groups(typed: str) -> bytes:
    """The secret that was written as `to_groups` does. Raises `SealBroken` on a typing error."""
    text = "".join(c for c in typed.upper() if c.isalnum())
    text = text.replace("0", "O").replace("1", "I").replace("8", "B")
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as problem:
        raise SealBroken("not a key in groups") from problem
    secret, check = raw[:-_CHECK], raw[-_CHECK:]
    if hashlib.sha256(secret).digest()[:_CHECK] != check:
        raise SealBroken("a typing error in the key")
    return secret
