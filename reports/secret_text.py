"""Secrets as text: as letters in a form, a cookie or a link, and in groups on paper.

Each has one way to be written. Letters are base64 for addresses (RFC 4648, part 5) without padding;
groups are base32 with a short check, for what people copy by hand.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from reports.errors import SealBroken

_CHECK = 3


def format_token(raw: bytes) -> str:
    """Returns `raw` in letters, digits, `-` and `_`."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def parse_token(text: str) -> bytes:
    """Returns the bytes that `format_token` writes as `text`. Raises ValueError for any other text.

    The last letter holds more than is left to say, and some letters stand for others: without the
    comparison one token could be written in several ways.
    """
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if format_token(raw) != text:
        raise ValueError("not as it is written")
    return raw


def format_groups(secret: bytes) -> str:
    """`secret` with a short check, in groups of four letters and digits."""
    text = base64.b32encode(secret + hashlib.sha256(secret).digest()[:_CHECK]).decode().rstrip("=")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def parse_groups(typed: str) -> bytes:
    """The secret that `format_groups` wrote. Raises `SealBroken` on a typing error."""
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
