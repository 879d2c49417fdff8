"""Proof of work: a number that takes a browser about half a second to find, and us a moment to try.

It is never needed. It only keeps a report among the others while too many come at once
(`reports.intake.spam_check`); without script nothing is lost but that.

Small on purpose: the whole of a protocol that `static/js/work.js` holds the other half of.
"""

from __future__ import annotations

import hashlib
from typing import Final

ROUNDS: Final = 1_000
"""PBKDF2 rounds of one try; `webapp/static/js/work.js` has the same number."""
GOAL: Final = 0
"""The first byte that a right number gives: one in 256 does."""
LONGEST: Final = 6
"""Digits of a number; one that is right has been found long before they are used up."""


def is_valid(token_text: str, number: str) -> bool:
    """Whether `number` (digits) is a proof of work for this form's token."""
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST):
        return False
    return compute_first_byte(token_text, number) == GOAL


def compute_first_byte(token_text: str, number: str) -> int:
    """What one try gives: the first byte of PBKDF2-HMAC-SHA256."""
    password = token_text.encode("utf-8", "replace")
    return hashlib.pbkdf2_hmac("sha256", password, number.encode(), ROUNDS, dklen=32)[0]
