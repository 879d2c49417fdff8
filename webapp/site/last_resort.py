"""The outermost handler: whatever gets out of the application becomes a page of ours all the same.

Flask answers what fails while a request is handled. What fails before or after that (a database
that is killed while the session is closed, a page of an error that cannot be made) would reach the
web server, which knows neither the exit nor a form. Here an answer that was made already is given;
else the form comes back, or the page of the failure, or one that was made at the start.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

import psycopg
from flask import Flask, Response, request, request_finished
from flask.ctx import RequestContext
from sqlalchemy.exc import SQLAlchemyError

from reports.errors import Busy
from webapp.i18n import SOURCE
from webapp.site import failure_log, security_headers
from webapp.site.app_services import get_services
from webapp.site.error_pages import render_error, render_failure
from webapp.site.padded_response import HTML, compute_fill
from webapp.site.page_sizes import FORM, SHARED, is_form_path, pad_page

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

UNAVAILABLE: Final = (Busy, SQLAlchemyError, psycopg.Error, sqlite3.Error)
"""What passes by itself: 503. Anything else is a fault of ours: 500."""
SPARE: Final = (400, 408, 413, 500, 503)
"""The statuses that may have to be answered where no page can be made any more."""
SparePages = Mapping[tuple[int, str], bytes]
_ANSWER: Final = "wayside.answer"


class LastResort:
    """A WSGI application around `app`, from which nothing gets out but answers."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self._app = app
        self._inner = inner
        self.spare: SparePages = MappingProxyType({})
        request_finished.connect(self._keep_answer, app)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request. Raises nothing, but in tests what these want to see."""
        held = HeldStart()
        try:
            body = self._inner(environ, cast("StartResponse", held))
        except Exception as problem:
            if self._app.config["PROPAGATE_EXCEPTIONS"]:
                raise
            body = self._answer(environ, held, problem)
        start_response(held.status, held.headers)
        return GuardedBody(body)

    def _keep_answer(self, _app: Flask, response: Response) -> None:
        request.environ[_ANSWER] = response

    def _answer(
        self, environ: WSGIEnvironment, held: HeldStart, problem: Exception
    ) -> Iterable[bytes]:
        passing = isinstance(problem, UNAVAILABLE)
        log = failure_log.log_failure if passing else failure_log.log_fault
        log(problem)
        status = 503 if passing else 500
        try:
            made = environ.get(_ANSWER) or self._render(environ, status)
            return cast(Response, made)(environ, cast("StartResponse", held))
        except Exception as further:
            failure_log.log_fault(further)
            return self._give_spare(environ, held, status)

    def _render(self, environ: WSGIEnvironment, status: int) -> Response:
        """The page of a failure, in a context of its own: that of the request has ended. The
        request is the same, so that what was read of its body is still there."""
        with RequestContext(self._app, environ, request=environ.get("werkzeug.request")):
            return self._app.finalize_request(render_failure(status), from_error_handler=True)

    def _give_spare(
        self, environ: WSGIEnvironment, held: HeldStart, status: int
    ) -> Iterable[bytes]:
        page = find_spare(self.spare, status, environ.get("PATH_INFO", ""))
        held(f"{status} {HTTPStatus(status).phrase}", build_spare_headers(status, page))
        return [page]


class HeldStart:
    """Status and headers of an answer, until it is certain that it will be given."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []

    def __call__(
        self, status: str, headers: list[tuple[str, str]], _problem: object = None
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return _refuse_write


def _refuse_write(_data: bytes) -> None:
    raise NotImplementedError("a body is returned, never written")


class GuardedBody:
    """A body whose failure half-way is logged in our way, and breaks off without a word."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self._body = body
        self._pieces = iter(body)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            raise
        except Exception as problem:
            failure_log.log_fault(problem)
        raise ConnectionAbortedError("the answer broke off")

    def close(self) -> None:
        """Say to the body that nobody reads it any more."""
        try:
            getattr(self._body, "close", bool)()
        except Exception as problem:
            failure_log.log_fault(problem)


def render_spare_pages(app: Flask) -> SparePages:
    """Returns the pages of `SPARE` by status and language, unfilled: made once, needed outside a
    request."""
    made = {}
    for row in get_services(app).languages.offered:
        for status in SPARE:
            with app.test_request_context(f"/{row.tag}/5", method="POST"):
                made[status, row.tag] = render_error(status).get_data()
                # Refused here by name, and not when it is needed.
                pad_page(made[status, row.tag], SHARED, f"error {status} {row.tag}")
    return made


def find_spare(pages: SparePages, status: int, path: str) -> bytes:
    """Returns the page of `status` in the language of an address, else in English, filled to the
    size of that address; empty where no page of that status was made."""
    tag = path.strip("/").partition("/")[0]
    html = pages.get((status, tag), pages.get((status, SOURCE), b""))
    return html and pad_page(html, FORM if is_form_path(path) else SHARED, path)


def build_spare_headers(status: int, page: bytes) -> list[tuple[str, str]]:
    """Returns the headers of a spare page: those of any other page of the public face."""
    headers = {**security_headers.PUBLIC, "Cache-Control": "no-store"}
    if page:
        headers |= {"Content-Type": HTML, "Vary": "Accept-Encoding"}
    headers["Content-Length"] = str(len(page))
    headers["X-Fill"] = compute_fill(status, headers.items())
    return list(headers.items())


def prepare(app: Flask) -> SparePages:
    """Makes the spare pages of `app` and lets it use them; whoever serves it does so first."""
    pages = render_spare_pages(app)
    cast(LastResort, app.wsgi_app).spare = pages
    return pages
