"""Proof of work: a number that takes a browser about half a second to find and the server a moment
to check.

It is never required. While too many reports arrive, one that carries it is not marked as in doubt
(`reports.intake.spam_check`); a browser without script loses only that.

Small on purpose: one half of a protocol whose other half is `static/js/work.js`.
"""

from __future__ import annotations

import hashlib
from typing import Final

ROUNDS: Final = 1_000
"""PBKDF2 iterations for one attempt; `webapp/static/js/work.js` has the same number."""
GOAL: Final = 0
"""The required first byte of the hash: one attempt in 256 succeeds."""
LONGEST: Final = 6
"""The most digits that a number may have; a solution is found long before they run out."""


def is_valid(token_text: str, number: str) -> bool:
    """Returns whether `number` (decimal digits) is a valid proof of work for this form token."""
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST):
        return False
    return compute_first_byte(token_text, number) == GOAL


def compute_first_byte(token_text: str, number: str) -> int:
    """Returns the first byte of PBKDF2-HMAC-SHA256 with the token as password and `number` as
    salt."""
    password = token_text.encode("utf-8", "replace")
    return hashlib.pbkdf2_hmac("sha256", password, number.encode(), ROUNDS, dklen=32)[0]
