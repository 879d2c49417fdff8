"""The one random value that a form carries from step to step.

From its secret follow the draft's key, the draft's place, the receipt code and the hash that makes
sending twice harmless. It carries its issue time and a keyed tag, so that a forged one is known
before anything is looked up.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reports.errors import TokenExpired, TokenInvalid
from reports.secret_text import format_token, parse_token
from reports.vault import Vault, derive

LIFETIME = timedelta(hours=24)
"""How long a form may lie open (docs/security-parameters.md#SP-2.12)."""

_SECRET, _TIME, _TAG = 32, 8, 16
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Token:
    """A genuine form token."""

    secret: bytes
    issued_at: datetime

    def __repr__(self) -> str:
        return "Token(...)"

    @property
    def draft_hash(self) -> bytes:
        return derive(self.secret, "draft place")

    @property
    def draft_key(self) -> bytes:
        return derive(self.secret, "draft key")

    @property
    def once_hash(self) -> bytes:
        """What makes a second send known; stored for two days beside the report."""
        return derive(self.secret, "send once")


def issue(vault: Vault, now: datetime) -> str:
    """A new token as text for a hidden field."""
    body = secrets.token_bytes(_SECRET) + int(now.timestamp()).to_bytes(_TIME, "big")
    return format_token(body + _tag(vault, body))


def read(vault: Vault, text: str, now: datetime) -> Token:
    """The token that `text` is. Raises `TokenInvalid` or `TokenExpired`."""
    try:
        raw = parse_token(text)
    except ValueError as problem:
        raise TokenInvalid("not a token") from problem
    body, tag = raw[:-_TAG], raw[-_TAG:]
    if len(body) != _SECRET + _TIME or not hmac.compare_digest(tag, _tag(vault, body)):
        raise TokenInvalid("not one of ours")
    issued_at = datetime.fromtimestamp(int.from_bytes(body[_SECRET:], "big"), UTC)
    if not -_SKEW <= now - issued_at <= LIFETIME:
        raise TokenExpired("issued too long ago")
    return Token(secret=body[:_SECRET], issued_at=issued_at)


def _tag(vault: Vault, body: bytes) -> bytes:
    return vault.compute_mac("form token", body)[:_TAG]
