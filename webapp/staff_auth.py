"""Who is at the desk, and what they may: every staff route is refused until it says who may use it.

A view says so with `@staff_only(role, ...)` or, for signing in and setting up, `@open_to_all`. The
cookie leads to a `Keyring` that lives as long as the request. Every POST carries a token: that of
the session, or a signed one where nobody is signed in yet.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache
from typing import Any, Final, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request
from flask import render_template as render
from htmx_flask import request as htmx_request
from sqlalchemy.exc import (
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnection

from reports.errors import SessionEnded, TokenExpired, TokenInvalid
from reports.intake import token
from reports.intake.token import Purpose
from reports.model import Staff
from reports.roster import sign_in
from reports.roster.keyring import Keyring
from reports.secret_text import format_token, parse_token
from webapp.i18n import SOURCE, Language, load_languages
from webapp.site import clock, failure_log, kept_form
from webapp.site.db import get_session, get_vault, transaction
from webapp.site.error_pages import WORDS, render_failure
from webapp.site.security_headers import is_desk

COOKIE: Final = "__Host-s"
BEFORE: Final = "__Host-p"
"""The cookie of a browser in which nobody has signed in yet: the desk's forms hold in it alone."""
_BEFORE_BYTES: Final = 32
FIELD: Final = "form_token"
HEADER: Final = "X-Form-Token"
TRIAGE: Final = ("triager", "supervisor", "administrator")
EVERY_ROLE: Final = (*TRIAGE, "liaison")
LANGUAGES: Final = ("en", "nl", "fr", "de")
TOUCH: Final = timedelta(minutes=1)
"""How exactly idle time is counted: a request writes at most this often."""

DESK_HOME: Final = "/desk/"
PORTAL: Final = "/desk/portal"
"""Where a liaison begins: they have no queue."""

_SILENCES: Final = (
    OperationalError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NoConnection,
)
"""What a database that does not answer comes out as, by driver and moment."""
_READING: Final = ("GET", "HEAD", "OPTIONS")
EVERYBODY: Final = frozenset({"everybody"})

ViewFunction = TypeVar("ViewFunction", bound=Callable[..., Any])


def require_role(*roles: str) -> Callable[[ViewFunction], ViewFunction]:
    """Let staff of these roles use a view."""

    def mark(view: ViewFunction) -> ViewFunction:
        view.staff_roles = frozenset(roles)  # type: ignore[attr-defined]  # read by access_of
        return view

    return mark


def allow_everybody(view: ViewFunction) -> ViewFunction:
    """Let anybody use a view: signing in, setting up, recovering."""
    view.staff_roles = EVERYBODY  # type: ignore[attr-defined]  # read by access_of
    return view


def find_allowed_roles(view: Callable[..., Any]) -> frozenset[str] | None:
    """The roles that a view lets in, or `EVERYBODY`; None for a view that never said."""
    return cast("frozenset[str] | None", getattr(view, "staff_roles", None))


def get_keyring() -> Keyring:
    """The keyring of this request; 403 where nobody is signed in."""
    held: Keyring | None = g.get("keyring")
    if held is None:
        abort(403)
    return held


def choose_home() -> str:
    """Where somebody begins who is signed in: the queue, or what was passed on to a liaison."""
    if get_keyring().staff.role != "liaison":
        return DESK_HOME
    return PORTAL if "portal" in current_app.blueprints else "/desk/account"


def get_sitting() -> str:
    """What tells the session of this request from others of the same person."""
    return sign_in.derive_sitting(_cookie() or "")


def make_form_token() -> str:
    """The token for this page's forms."""
    cookie = _cookie()
    if "keyring" in g and cookie:
        return sign_in.derive_form_token(cookie)
    return token.issue(get_vault(), clock.now(), Purpose.DESK, read_holder())


def read_holder() -> bytes:
    """What binds a token to this browser: its session, or before that a cookie of random bytes.

    Who has neither gets the latter with this answer (docs/security-parameters.md#SP-5.5).
    """
    cookie = _cookie()
    if "keyring" in g and cookie:
        return b"session " + cookie.encode()
    if "before" not in g:
        g.before = _read_before() or _make_before()
    return b"before " + cast(str, g.before).encode()


def set_cookie(response: Response, value: str) -> None:
    """Give the browser its session: for this run of the browser, this host and no script."""
    response.set_cookie(COOKIE, value, secure=True, httponly=True, samesite="Strict", path="/")
    response.delete_cookie(BEFORE, secure=True, httponly=True, samesite="Strict", path="/")


def delete_cookie(response: Response) -> None:
    """Take the session's cookie away."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")


def end_old_session() -> None:
    """Erase the session that this request came with, if any; inside a transaction."""
    try:
        sign_in.sign_out(get_session(), _cookie() or "")
    except SessionEnded:
        return


def guard() -> Response | None:
    """Let a request for the desk through, or answer it."""
    if not is_desk():
        return None
    g.language = _language(None)
    kept_form.remember(_render_unable)
    if request.endpoint is None:
        return None
    roles = find_allowed_roles(current_app.view_functions[request.endpoint])
    if roles is None:
        abort(403)
    _resume()
    if roles is EVERYBODY:
        return None if request.method in _READING else _refuse_unbound()
    if "keyring" not in g:
        return _send_away()
    if request.method not in _READING and not _session_token_fits():
        abort(403)
    if get_keyring().staff.role not in roles:
        if request.path == DESK_HOME and request.method in _READING:
            return make_response(redirect(choose_home(), 303))
        abort(403)
    _touch()
    return None


def read_cookie() -> str:
    """The session's cookie of this request; empty without one."""
    return _cookie() or ""


def _cookie() -> str | None:
    return request.cookies.get(COOKIE)


def _read_before() -> str | None:
    """The cookie of before signing in, if it is one of the length that ours has."""
    told = request.cookies.get(BEFORE, "")
    try:
        return told if len(parse_token(told)) == _BEFORE_BYTES else None
    except ValueError:
        return None


def _make_before() -> str:
    g.before_is_new = True
    return format_token(secrets.token_bytes(_BEFORE_BYTES))


def _give_before(response: Response) -> Response:
    if g.get("before_is_new"):
        response.set_cookie(
            BEFORE, g.before, secure=True, httponly=True, samesite="Strict", path="/"
        )
    return response


def _resume() -> None:
    cookie = _cookie()
    if not cookie:
        return
    try:
        held = sign_in.resume(get_session(), get_vault(), cookie, clock.now())
        row = sign_in.find_row(get_session(), cookie)
    except SessionEnded:
        return
    if row is not None:
        g.keyring, g.session_seen = held, row.seen_at
        g.language = _language(held.staff.language)


def _touch() -> None:
    """Count idle time anew; what a page asks for by itself is no sign of a person."""
    now = clock.now()
    if htmx_request.htmx or now - g.session_seen < TOUCH:
        return
    with transaction() as session:
        sign_in.touch(session, _cookie() or "", now)


def _session_token_fits() -> bool:
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    return hmac.compare_digest(given.encode(), make_form_token().encode())


def _refuse_unbound() -> Response | None:
    """An answer to a form of before signing in whose token is too old, or is not this browser's:
    with what was typed. None where it holds."""
    given = request.form.get(FIELD, "")
    if "keyring" in g and _session_token_fits():
        return None
    # A browser without the cookie has no form of ours: no token can hold.
    holder = f"before {_read_before() or ''}".encode()
    try:
        token.read(get_vault(), given, clock.now(), Purpose.DESK, holder)
    except TokenInvalid:
        return make_response(render("account/stale.html", typed=_typed()), 403)
    except TokenExpired:
        return make_response(render("account/stale.html", typed=_typed()), 400)
    return None


def _send_away() -> Response:
    """To the sign-in page; a form's text is shown again, so that nothing typed is lost."""
    place = "/desk/sign-in?after=ended" if _cookie() else "/desk/sign-in"
    if htmx_request.htmx:
        return Response(status=401, headers={"HX-Redirect": place})
    if request.method in _READING:
        return make_response(redirect(place, 303))
    return make_response(render("account/ended.html", typed=_typed()), 403)


def _typed() -> list[str]:
    """What a person wrote into the form of this request."""
    fields = (request.form.get(name, "").strip() for name in ("name", "text", "reason"))
    return [text for text in fields if text]


def _unable(problem: SQLAlchemyError) -> Response:
    """503 when the database does not answer; with what was typed.

    Also when two did the same at once and the other was quicker: a second try then finds it done.
    """
    failure_log.log_failure(problem)
    return render_failure(503)


def _render_unable(status: int) -> str:
    """What failed at the desk, with what was typed."""
    # Nobody by name: the page must not ask the database who is there.
    if status == 503:
        return render("desk/unable.html", me=None, typed=_typed())
    heading, advice = WORDS[status]
    told = {"status": status, "heading": heading, "advice": advice}
    return render("errors/desk.html", me=None, typed=_typed(), **told)


@cache
def _desk_languages() -> dict[str, Language]:
    everything = load_languages()
    return {tag: everything[tag] for tag in LANGUAGES}


def _language(chosen: str | None) -> Language:
    """The language that a staff member chose; before signing in, the browser's favourite."""
    offered = _desk_languages()
    best = request.accept_languages.best_match(offered, SOURCE)
    return offered.get(chosen or best or SOURCE, offered[SOURCE])


def list_desk_languages() -> Iterable[Language]:
    """The languages that the desk can be used in."""
    return _desk_languages().values()


def _provide() -> dict[str, Any]:
    if not is_desk():
        return {}
    held: Keyring | None = g.get("keyring")
    me: Staff | None = held.staff if held else None
    return {"me": me, "form_token": make_form_token, "form_field": FIELD, "form_header": HEADER}


def init_app(app: Flask) -> None:
    """Guard the staff face. Comes after `security`, which refuses foreign requests first."""
    app.before_request(guard)
    app.after_request(_give_before)
    for kind in _SILENCES:
        app.register_error_handler(kind, _unable)
    app.context_processor(_provide)
