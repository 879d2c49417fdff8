"""What a staff password must be: long, not common, of any characters.

The figures: docs/security-parameters.md#SP-2.7.
Small on purpose: the rule is asked in three places, and alone needs the library.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from zxcvbn import zxcvbn

from reports.errors import PasswordRefused

SHORTEST = 15
LONGEST_BYTES = 256
_LEAST_SCORE = 3
_SCORED = 72
"""zxcvbn is quadratic in the length; the first 72 characters decide."""


@dataclass(frozen=True)
class ChosenPassword:
    """A password that somebody chose, and `Vault.derive_password_key` of it and a fresh salt.

    The key is slow to derive: that is done before the transaction.
    """

    typed: str
    salt: bytes
    key: bytes

    def __repr__(self) -> str:
        return "ChosenPassword(...)"


def check(password: str, *, name: str) -> None:
    """Raises `PasswordRefused` with "short", "long" or "common"."""
    text = unicodedata.normalize("NFKC", password)
    if len(text) < SHORTEST:
        raise PasswordRefused("short")
    if len(text.encode()) > LONGEST_BYTES:
        raise PasswordRefused("long")
    judged = zxcvbn(text[:_SCORED], user_inputs=["wayside", name])
    if judged["score"] < _LEAST_SCORE:
        raise PasswordRefused("common")
