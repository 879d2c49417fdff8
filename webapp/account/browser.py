"""What a request says of its browser: where it is, whether it is known, and what it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response, request
from flask_babel import LazyString

from reports.errors import TokenExpired, TokenInvalid
from reports.intake import token
from reports.roster import device
from reports.roster.passkey import PasskeyResponse, RelyingParty
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.db import get_vault

_ = DESK.lazy_gettext

COOKIE: Final = "__Host-d"
FIELD: Final = "passkey"
ASKED: Final = "asked"
LONGEST_ANSWER: Final = 10_000
"""Characters; what an authenticator says is two or three thousand."""
_BROWSERS: Final = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def read_relying_party() -> RelyingParty:
    """The host that passkeys belong to, and the origin, as this request came."""
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else ""
    return RelyingParty(host or request.host, request.host_url.rstrip("/"))


def issue_challenge() -> str:
    """A question for an authenticator: a fresh token, to stand in the page's form."""
    return token.issue(get_vault(), clock.now())


def read_answer() -> PasskeyResponse | None:
    """What an authenticator answered in this form; None when none was asked.

    Raises `TokenInvalid` or `TokenExpired` for a question that is not one of ours.
    """
    credential = request.form.get(FIELD, "")
    if not credential:
        return None
    question = request.form.get(ASKED, "")
    made = token.read(get_vault(), question, clock.now())
    if len(credential) > LONGEST_ANSWER:
        raise TokenInvalid("no authenticator says so much")
    return PasskeyResponse(credential, question.encode(), made.issued_at, read_relying_party())


def read_sign_in_answer() -> PasskeyResponse | None:
    """As `answer`; one to a question that is too old or not ours can never fit."""
    try:
        return read_answer()
    except (TokenInvalid, TokenExpired):
        return PasskeyResponse("{}", b"", clock.now(), read_relying_party())


def choose_guess_limit(name: str) -> tuple[str, str]:
    """What a try to sign in as `name` counts for, from this browser."""
    return device.choose_guess_key(get_vault(), request.cookies.get(COOKIE, ""), name, clock.now())


def remember(response: Response, name: str) -> None:
    """Let this browser be known as one that signed in as `name`."""
    response.set_cookie(
        COOKIE,
        device.issue(get_vault(), name, clock.now()),
        max_age=device.LIFETIME // timedelta(seconds=1),
        secure=True,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def read_device_name() -> str:
    """The kind of browser and system, for its owner's list of sessions."""
    told = request.user_agent.string
    browser = next((name for mark, name in _BROWSERS if mark in told), "")
    if not browser and "Safari/" in told:
        browser = "Safari"
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    return ", ".join(filter(None, (browser, system)))


def label_unknown_browser() -> LazyString:
    """The words for a browser that does not say what it is."""
    return _("A browser")
