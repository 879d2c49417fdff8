"""Challenges for an authenticator, and what it answered to one: in place of the password too.

A challenge is a token of the page that holds in this browser alone; the origin comes from settings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Flask, request
from sqlalchemy import select

from reports.errors import TokenExpired, TokenInvalid
from reports.intake import token
from reports.intake.token import Purpose
from reports.model import Passkey
from reports.roster.passkey import PasskeyResponse, RelyingParty
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.db import get_session, get_vault
from webapp.staff_auth import get_keyring, read_holder

AGAIN: Final = "proof"
AGAIN_ASKED: Final = "proof_asked"
"""The fields of an answer in place of the password; a form for a new passkey has others."""
LONGEST_ANSWER: Final = 10_000
"""In characters; an authenticator's response has two or three thousand."""


def read_relying_party() -> RelyingParty:
    """Returns the host that passkeys belong to, and the origin: those of `WAYSIDE_STAFF_HOST`.

    Only where no host of the desk is set, what the request was addressed to.
    """
    config = get_services().config
    if config.staff_host is not None:
        scheme = "https" if config.domain.production else request.scheme
        return RelyingParty(config.staff_host.partition(":")[0], f"{scheme}://{config.staff_host}")
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else ""
    return RelyingParty(host or request.host, request.host_url.rstrip("/"))


def issue_challenge() -> str:
    """Returns a fresh token, to be the challenge for an authenticator in the page's form.

    It holds in this browser alone, and as nothing else.
    """
    return token.issue(get_vault(), clock.now(), Purpose.PASSKEY, read_holder())


def read_response(credential: str, question: str) -> PasskeyResponse:
    """Returns what an authenticator answered to `question`.

    Raises `TokenInvalid` or `TokenExpired` for a challenge that is not one of ours or is too old.
    """
    made = token.read(get_vault(), question, clock.now(), Purpose.PASSKEY, read_holder())
    if len(credential) > LONGEST_ANSWER:
        raise TokenInvalid("no authenticator says so much")
    return PasskeyResponse(credential, question.encode(), made.issued_at, read_relying_party())


def read_again() -> PasskeyResponse | None:
    """Returns the answer that came in place of the password, or None without one.

    An invalid challenge gives a response that never verifies.
    """
    credential = request.form.get(AGAIN, "")
    if not credential:
        return None
    try:
        return replace(read_response(credential, request.form.get(AGAIN_ASKED, "")), alone=True)
    except (TokenInvalid, TokenExpired):
        return PasskeyResponse("{}", b"", clock.now(), read_relying_party())


def ask_passkey() -> str:
    """Returns a challenge for the signed-in person, or "" where they have no passkey."""
    own = select(Passkey.id).where(Passkey.staff_id == get_keyring().staff.id)
    return issue_challenge() if get_session().scalar(own.limit(1)) is not None else ""


def init_app(app: Flask) -> None:
    """Lets every form of the desk that asks for the password ask for a passkey beside it."""
    app.jinja_env.globals["ask_passkey"] = ask_passkey
