"""What a request says of its browser: the passkey's answer, whether it is known, and its name."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response, request
from flask_babel import LazyString

from reports.errors import TokenExpired, TokenInvalid
from reports.roster import device
from reports.roster.passkey import PasskeyResponse
from webapp.desk.passkey_challenge import read_relying_party, read_response
from webapp.i18n import DESK
from webapp.site import clock
from webapp.site.db import get_vault

_ = DESK.lazy_gettext

COOKIE: Final = "__Host-d"
FIELD: Final = "passkey"
ASKED: Final = "asked"
_BROWSERS: Final = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def read_answer() -> PasskeyResponse | None:
    """Returns the authenticator's response in this form, or None without one.

    Raises `TokenInvalid` or `TokenExpired` for a challenge that is not one of ours or is too old.
    """
    credential = request.form.get(FIELD, "")
    return read_response(credential, request.form.get(ASKED, "")) if credential else None


def read_sign_in_answer() -> PasskeyResponse | None:
    """Does the same as `read_answer`; an invalid challenge gives a response that never verifies."""
    try:
        return read_answer()
    except (TokenInvalid, TokenExpired):
        return PasskeyResponse("{}", b"", clock.now(), read_relying_party())


def choose_guess_limit(name: str) -> tuple[str, str]:
    """Returns what a sign-in attempt as `name` from this browser counts against."""
    return device.choose_guess_key(get_vault(), request.cookies.get(COOKIE, ""), name, clock.now())


def remember(response: Response, name: str) -> None:
    """Sets the cookie that marks this browser as one that signed in as `name`."""
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
    """Returns the kind of browser and system, for its owner's list of sessions."""
    told = request.user_agent.string
    browser = next((name for mark, name in _BROWSERS if mark in told), "")
    if not browser and "Safari/" in told:
        browser = "Safari"
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    return ", ".join(filter(None, (browser, system)))


def label_unknown_browser() -> LazyString:
    """Returns the name for a browser that does not identify itself."""
    return _("A browser")
