"""Failures and their pages: which exception is which status, in which words.

A row of `ROWS` gives a domain exception its status; the words belong to the status, so that no
page says more than it should. Every error page has the exit and the emergency numbers.
"""

from collections.abc import Mapping
from typing import Final

from flask import Flask, Response, make_response, render_template
from flask_babel import LazyString
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from reports import errors as domain
from reports.attachments.uploads import LARGEST
from webapp.i18n import MESSAGES
from webapp.site import failure_log, kept_form
from webapp.site.security_headers import is_desk
from webapp.site.served_countries import list_countries

_ = MESSAGES.lazy_gettext

ROWS: Final[Mapping[type[domain.WaysideError], int]] = {
    domain.NotFounded: 503,
    domain.Busy: 503,
    domain.RosterBroken: 503,
    domain.NoRoom: 503,
    domain.TooManyGuesses: 429,
    domain.TokenInvalid: 400,
    domain.TokenExpired: 400,
    domain.NotAllowed: 403,
    domain.NoSuchReport: 404,
}
PAGES: Final = {404: "errors/missing.html"}
"""Public pages that offer more than the way to the start and whom to call."""
RETRY_SECONDS: Final = {429: 60, 503: 30}

WORDS: Final[Mapping[int, tuple[LazyString, LazyString]]] = {
    400: (
        _("We could not read that"),
        _("Something in the request was wrong. Go back and try again."),
    ),
    403: (
        _("This did not come from this page"),
        _("We did nothing with it. Please go to the start and try again."),
    ),
    404: (
        _("There is no page here"),
        _("Maybe the address has a mistake, or a page has moved."),
    ),
    405: (
        _("This does not work here"),
        _("Please go to the start and try again."),
    ),
    413: (
        _("That is too much at once"),
        _(
            "Nothing was saved. Go back, make it shorter, and send it again. "
            "A file can have at most %(size)s MB.",
            size=LARGEST // (1024 * 1024),
        ),
    ),
    429: (
        _("Too many tries"),
        _("Please wait one minute. Then try again."),
    ),
    500: (
        _("Something broke on our side"),
        _("It is not your fault. Please try again in a few minutes."),
    ),
    503: (
        _("We cannot do this right now"),
        _("Too many people are here, or we are repairing something. Please try again soon."),
    ),
}


def render_error(status: int) -> Response:
    """The page of a status, in the best language, with whom to call in danger."""
    heading, advice = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    if is_desk():
        html = render_template("errors/desk.html", status=status, heading=heading, advice=advice)
    else:
        page = PAGES.get(status, "errors/public.html")
        html = render_template(page, heading=heading, advice=advice, places=list_countries())
    response = make_response(html, status)
    if status in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[status])
    return response


def render_failure(status: int) -> Response:
    """The page of a failure on our side: the form with what was typed, where there was one."""
    response = kept_form.render_kept_form(status) or render_error(status)
    if status in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[status])
    return response


def _http(error: HTTPException) -> Response:
    if error.code is None or error.response is not None or 300 <= error.code < 400:
        return make_response(error.get_response())
    response = render_failure(error.code) if error.code >= 500 else render_error(error.code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _domain(error: domain.WaysideError) -> Response:
    status = next((code for kind, code in ROWS.items() if isinstance(error, kind)), 500)
    if status >= 500:
        failure_log.log_failure(error)
        return render_failure(status)
    return render_error(status)


def init_app(app: Flask) -> None:
    """Answer every failure with a page; nothing ever shows a stack trace."""
    app.register_error_handler(HTTPException, _http)
    for kind in ROWS:
        app.register_error_handler(kind, _domain)
