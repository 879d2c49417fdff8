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

from reports.errors import TokenExpired, TokenInvalid
from reports.secret_text import format_token, parse_token
from reports.vault import Vault, derive

LIFETIME = timedelta(hours=24)
"""How long a form may stay open (docs/security-parameters.md#SP-2.12)."""

_SECRET, _TIME, _TAG = 32, 8, 16
_SKEW = timedelta(minutes=5)


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


def issue(vault: Vault, now: datetime) -> str:
    """Returns a new token, as text for a hidden field."""
    body = secrets.token_bytes(_SECRET) + int(now.timestamp()).to_bytes(_TIME, "big")
    return format_token(body + _tag(vault, body))


def read(vault: Vault, text: str, now: datetime) -> Token:
    """Parses and checks a token. Raises `TokenInvalid`, or `TokenExpired` after `LIFETIME`."""
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
