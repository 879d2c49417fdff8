"""Known browsers, so that strangers cannot lock a staff member out by guessing.

Failed sign-ins are counted per name (docs/security-parameters.md#SP-2.5), and anybody who knows a
name could use up its limit. A browser that has signed in therefore keeps a token for this one name
and has its own limit of the same size, which strangers elsewhere do not affect. The token grants no
access. (OWASP, "Slow Down Online Guessing Attacks with Device Cookies".)
"""

from __future__ import annotations

import hmac
import secrets
from datetime import date, datetime, timedelta
from typing import Final

from reports.roster.invitation import fold
from reports.secret_text import format_token, parse_token
from reports.vault import Vault

LIFETIME: Final = timedelta(days=90)
STRANGER: Final = "staff"
KNOWN: Final = "staff device"
_NONCE, _DAY, _TAG = 16, 4, 16


def issue(vault: Vault, name: str, now: datetime) -> str:
    """Returns a new token for a browser that signed in as `name`."""
    body = secrets.token_bytes(_NONCE) + now.date().toordinal().to_bytes(_DAY, "big")
    return format_token(body + _tag(vault, name, body))


def choose_guess_key(vault: Vault, token_text: str, name: str, now: datetime) -> tuple[str, str]:
    """Returns what a sign-in attempt as `name` counts against (`guess_limit`): this browser, or the
    name."""
    try:
        raw = parse_token(token_text)
    except ValueError:
        raw = b""
    body, tag = raw[:-_TAG], raw[-_TAG:]
    genuine = len(body) == _NONCE + _DAY and hmac.compare_digest(tag, _tag(vault, name, body))
    if genuine and now.date() - _day(body) <= LIFETIME:
        return KNOWN, f"{fold(name)} {body[:_NONCE].hex()}"
    return STRANGER, fold(name)


def _day(body: bytes) -> date:
    return date.fromordinal(int.from_bytes(body[_NONCE:], "big"))


def _tag(vault: Vault, name: str, body: bytes) -> bytes:
    return vault.compute_mac("known device", fold(name).encode(), body)[:_TAG]
