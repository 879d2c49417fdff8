"""The form token: the one random value that the form carries from step to step.

The draft's key and id, the receipt code and the hash that makes sending idempotent are derived from
its secret. It also carries its time of issue and a MAC, so that a forged token is refused before
any lookup.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from reports.errors import TokenExpired, TokenInvalid
from reports.secret_text import format_token, parse_token
from reports.vault import Vault, derive

LIFETIME = timedelta(hours=24)
"""How long a form may stay open (docs/security-parameters.md#SP-2.12)."""

_SECRET, _TIME, _TAG = 32, 8, 16
_SKEW = timedelta(minutes=5)


class Purpose(Enum):
    """What a token is for; it goes into the MAC, so that none can be used as another.

    Values are labels of keyed hashes. That of the report's form is as old as the forms that are
    open while a new version is put in place, and stays: answers are found by such a token.
    """

    REPORT = "form token"
    DESK = "desk form token"
    PASSKEY = "passkey challenge"


LIFETIMES: Final = {
    Purpose.REPORT: LIFETIME,
    Purpose.DESK: timedelta(hours=1),
    Purpose.PASSKEY: timedelta(hours=1),
}


@dataclass(frozen=True)
class Token:
    """A form token whose MAC and age have been checked."""

    secret: bytes
    issued_at: datetime

    def __repr__(self) -> str:
        return "Token(...)"

    @property
    def draft_hash(self) -> bytes:
        """The id under which the draft is stored."""
        return derive(self.secret, "draft place")

    @property
    def draft_key(self) -> bytes:
        return derive(self.secret, "draft key")

    @property
    def once_hash(self) -> bytes:
        """Identifies a repeated send; stored with the report for two days."""
        return derive(self.secret, "send once")


def issue(
    vault: Vault, now: datetime, purpose: Purpose = Purpose.REPORT, holder: bytes = b""
) -> str:
    """Returns a new token, as text for a hidden field.

    With a `holder`, such as what a browser's cookie says, it holds together with that alone.
    """
    body = secrets.token_bytes(_SECRET) + int(now.timestamp()).to_bytes(_TIME, "big")
    return format_token(body + _tag(vault, body, purpose, holder))


def read(
    vault: Vault,
    text: str,
    now: datetime,
    purpose: Purpose = Purpose.REPORT,
    holder: bytes = b"",
) -> Token:
    """Parses and checks a token of this purpose and holder.

    Raises `TokenInvalid`, or `TokenExpired` after the lifetime of its purpose.
    """
    try:
        raw = parse_token(text)
    except ValueError as problem:
        raise TokenInvalid("not a token") from problem
    body, tag = raw[:-_TAG], raw[-_TAG:]
    if len(body) != _SECRET + _TIME or not hmac.compare_digest(
        tag, _tag(vault, body, purpose, holder)
    ):
        raise TokenInvalid("not one of ours")
    issued_at = datetime.fromtimestamp(int.from_bytes(body[_SECRET:], "big"), UTC)
    if not -_SKEW <= now - issued_at <= LIFETIMES[purpose]:
        raise TokenExpired("issued too long ago")
    return Token(secret=body[:_SECRET], issued_at=issued_at)


def _tag(vault: Vault, body: bytes, purpose: Purpose, holder: bytes) -> bytes:
    parts = (body, holder) if holder else (body,)
    return vault.compute_mac(purpose.value, *parts)[:_TAG]
