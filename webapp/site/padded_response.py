"""The public response: every page of one class the same size, and none after the exit was used.

The classes are those of `webapp.site.page_sizes`. Pages that are the same for everybody are
compressed, with the filler inside the gzip header; pages that hold a token or something a person
typed are never compressed (their length would leak) and end in a comment. A view that only returns
a template gets the second, safe form.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, current_app, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.site import failure_log
from webapp.site.app_services import get_services
from webapp.site.clock import now
from webapp.site.country_edition import get_edition
from webapp.site.error_pages import render_error
from webapp.site.page_sizes import (
    COMMENT_BYTES,
    ECHO,
    FORM,
    PageTooLarge,
    compress_page,
    is_form_path,
    pad_page,
)
from webapp.site.security_headers import is_desk

HEADER_ROOM: Final = 1_344
"""Bytes of status line and headers that every page is filled up to, where they are fewer."""
REASONS: Final = {413: "Payload Too Large", 422: "Unprocessable Entity"}
"""What our web server says in a status line where Python's own table has other words, or has them
in some of its versions."""
GUARD: Final = "__Host-g"
HTML: Final = "text/html; charset=utf-8"
KEPT_FOR: Final = "wayside.kept_for"
"""Where the environment of a request says for how long its answer holds, for whoever serves it."""
_SHARED: Final = "wayside.shared_page"
_ECHO: Final = "wayside.echo_page"
"""Where it says that its page is the same for everybody, or hands back what was typed."""


@dataclass(frozen=True, slots=True)
class KeptFor:
    """How long a kept page holds: for one edition of the country files, and one minute if any."""

    edition: int
    minute: datetime | None


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page in plain form and packed; `minute` is the one that it was made for, if for any."""

    html: bytes
    packed: bytes
    minute: datetime | None


PageCache = dict[tuple[str, ...], KeptPage]


def render_shared_page(render: Callable[[], str]) -> Response:
    """A page that is the same for everybody: no token in it, nothing that anyone typed."""
    return _answer(render().encode())


def render_cached_page(key: tuple[str, ...], render: Callable[[], str]) -> Response:
    """A page that is a pure function of `key`: rendered and compressed once, served from memory."""
    return _serve_kept(key, None, render)


def render_page_of_the_minute(key: tuple[str, ...], render: Callable[[datetime], str]) -> Response:
    """A page that is a pure function of `key` and of the minute that `render` is given.

    Rendered once a minute at most, however many people ask: what is open changes on the minute.
    """
    minute = compute_minute(now())
    return _serve_kept(key, minute, lambda: render(minute))


def compute_minute(moment: datetime) -> datetime:
    """Returns the minute that a moment lies in."""
    return moment.replace(second=0, microsecond=0)


def _serve_kept(
    key: tuple[str, ...], minute: datetime | None, render: Callable[[], str]
) -> Response:
    edition = get_edition().number
    kept = _kept_of(edition)
    page = kept.get(key)
    if page is None or page.minute != minute:
        html = render().encode()
        page = kept[key] = KeptPage(html, compress_page(html, request.path), minute)
    # Not before: a page that could not be made is no page to keep.
    request.environ[KEPT_FOR] = KeptFor(edition, minute)
    return _answer(page.html, page.packed)


def _kept_of(number: int) -> PageCache:
    """The pages of one edition of the country files; those of earlier ones go."""
    editions = get_services().kept_pages
    if number not in editions:
        for old in [each for each in list(editions) if each < number]:
            editions.pop(old, None)
    return editions.setdefault(number, {})


def _answer(html: bytes, packed: bytes | None = None) -> Response:
    if not may_pack():
        request.environ[_SHARED] = True
        return Response(html, content_type=HTML)
    response = Response(packed or compress_page(html, request.path), content_type=HTML)
    response.headers["Content-Encoding"] = "gzip"
    return response


def may_pack() -> bool:
    """Whether whoever asked can unpack a page."""
    return request.accept_encodings["gzip"] > 0


def redirect_to_exit() -> BaseResponse:
    """Send the browser to the exit target.

    After a form, by a header: `form-action` would stop a redirect to another site.
    """
    config = get_services().config
    target = config.choose_exit_url(now())
    if request.method in ("GET", "HEAD"):
        return Response(status=303, headers={"Location": target})
    response = Response("<!doctype html><title>&#8206;</title>", content_type=HTML)
    response.headers["Refresh"] = f"0; url={target}"
    return response


def block_after_exit() -> BaseResponse | None:
    """Right after an exit no page is shown, so that going back shows nothing either."""
    open_anyway = request.blueprint in ("exit", "assets") or is_desk()
    if open_anyway or GUARD not in request.cookies:
        return None
    return redirect_to_exit()


def allow_echo(*typed: str) -> None:
    """Say that the page of this request hands back what was typed, which may be long."""
    if any(typed):
        request.environ[_ECHO] = True


def pad_response(response: Response) -> Response:
    """Give every public page the size of its class; an answer that is no page stays as it is.

    A page that does not fit is a line in the log, and the reader gets one that does. In tests it
    raises `PageTooLarge`.
    """
    empty = response.status_code == 204 or 300 <= response.status_code < 400
    if is_desk() or empty or response.mimetype != "text/html":
        return response
    if response.direct_passthrough or response.is_streamed:
        raise TypeError("a public page must be whole: a streamed one cannot get its size")
    if "Content-Encoding" not in response.headers:
        try:
            _give_size(response)
        except PageTooLarge as problem:
            response.set_data(replace_page(problem).get_data())
            response.status_code = 500
            _give_size(response)
    response.headers["Vary"] = "Accept-Encoding"
    _fill_headers(response)
    return response


def _give_size(response: Response) -> None:
    """Fill a page that is not packed yet. Raises `PageTooLarge`."""
    html, path = response.get_data(), request.path
    failed = response.status_code >= 400 and not is_form_path(path)
    if failed or request.environ.get(_SHARED):
        # Nothing of a form is on the page of a failure elsewhere: it is the same for everybody.
        if may_pack():
            response.set_data(compress_page(html, path))
            response.headers["Content-Encoding"] = "gzip"
        else:
            response.set_data(pad_page(html, ECHO, path))
        return
    if len(html) + COMMENT_BYTES <= FORM:
        response.set_data(pad_page(html, FORM, path))
        return
    if not request.environ.get(_ECHO):
        note_too_large(PageTooLarge(path, len(html) + COMMENT_BYTES, FORM))
    response.set_data(pad_page(html, ECHO, path))


def note_too_large(problem: PageTooLarge) -> None:
    """One line for a page that does not fit; in tests raises it."""
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise problem
    failure_log.log_too_large(problem.code)


def replace_page(problem: PageTooLarge) -> Response:
    """The page of a failure, in place of one that does not fit, which is logged; in tests raises
    it."""
    note_too_large(problem)
    request.environ.pop(_SHARED, None)
    return render_error(500)


def _fill_headers(response: Response) -> None:
    """Make status line and headers of every page equally long."""
    response.headers["X-Fill"] = compute_fill(response.status_code, response.headers)


def compute_fill(code: int, headers: Iterable[tuple[str, str]], phrase: str | None = None) -> str:
    """Returns the value of a header `X-Fill` that makes the head of an answer `HEADER_ROOM`
    bytes long (docs/security-parameters.md#SP-5.4), where it is not longer anyway.

    `phrase`: the words of the status line, where another server writes it.
    """
    if phrase is None:
        phrase = REASONS.get(code, HTTPStatus(code).phrase)
    status = f"HTTP/1.1 {code} {phrase}\r\n"
    used = len(status) + sum(len(name) + len(value) + 4 for name, value in headers)
    return "0" * max(1, HEADER_ROOM - used - len("X-Fill: \r\n"))


def init_app(app: Flask) -> None:
    """Guard and size every page. Comes before `security`, whose headers count into the size."""
    app.register_error_handler(PageTooLarge, replace_page)
    app.before_request(block_after_exit)
    app.after_request(pad_response)
