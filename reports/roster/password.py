"""The password policy for staff: long, not common, any characters.

The figures: docs/security-parameters.md#SP-2.7.

Small on purpose: used in three places, and the only one that needs the library.
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
"""zxcvbn takes quadratic time, so only the first 72 characters are scored."""


@dataclass(frozen=True)
class ChosenPassword:
    """A chosen password, a fresh salt, and `Vault.derive_password_key` of both.

    Deriving the key is slow, so it is done before the transaction.
    """

    typed: str
    salt: bytes
    key: bytes

    def __repr__(self) -> str:
        return "ChosenPassword(...)"


def check(password: str, *, name: str) -> None:
    """Checks a password. Raises `PasswordRefused` with "short", "long" or "common"."""
    text = unicodedata.normalize("NFKC", password)
    if len(text) < SHORTEST:
        raise PasswordRefused("short")
    if len(text.encode()) > LONGEST_BYTES:
        raise PasswordRefused("long")
    judged = zxcvbn(text[:_SCORED], user_inputs=["wayside", name])
    if judged["score"] < _LEAST_SCORE:
        raise PasswordRefused("common")
