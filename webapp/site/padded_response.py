"""The public response: every page the same size on the wire, and none after the exit was used.

Every HTML answer of the public face leaves as a whole number of `BUCKET`s. Pages that are the same
for everybody are compressed, with the filler inside the gzip header; pages that hold a token or
something a person typed are never compressed (their length would leak) and end in a comment.
A view that only returns a template gets the second, safe form.
"""

import gzip
import math
import secrets
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.site.app_services import get_services
from webapp.site.clock import now
from webapp.site.country_edition import get_edition
from webapp.site.security_headers import is_desk

BUCKET: Final = 12_544
"""Bytes of HTML in one page. With status line, headers and the date that a server adds it is at
most 14,000 bytes on the wire, so that TLS still finds room in the first flight of a connection:
ten segments of 1,460 bytes (RFC 6928)."""
HEADER_ROOM: Final = 1_408
"""Bytes of status line and headers that every page is filled up to, where they are fewer."""
REASONS: Final = {413: "Payload Too Large", 422: "Unprocessable Entity"}
"""What our web server says in a status line where Python's own table has other words, or has them
in some of its versions."""
GUARD: Final = "__Host-g"
HTML: Final = "text/html; charset=utf-8"
KEPT_FOR: Final = "wayside.kept_for"
"""Where the environment of a request says for how long its answer holds, for whoever serves it."""


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

_GZIP_EXTRA: Final = 4
_FIXED: Final = struct.Struct("<2sBBIBB")
_COMMENT: Final = (b"\n<!--", b"-->\n")


def round_up_to_bucket(size: int) -> int:
    """The smallest whole number of buckets that holds `size` bytes."""
    return BUCKET * max(1, math.ceil(size / BUCKET))


def pad_page(html: bytes) -> bytes:
    """The page in plain form, filled to its bucket with a comment of random letters."""
    room = sum(map(len, _COMMENT))
    space = round_up_to_bucket(len(html) + room) - len(html) - room
    filler = secrets.token_hex(space // 2 + 1).encode()[:space]
    return html + _COMMENT[0] + filler + _COMMENT[1]


def compress_page(html: bytes) -> bytes:
    """The page as gzip (RFC 1952), filled to its bucket by the header's extra field.

    The same page gives the same bytes.
    """
    packer = gzip.compress(html, compresslevel=9, mtime=0)
    body = packer[_FIXED.size :]
    bare = _FIXED.size + 2 + len(body)
    space = round_up_to_bucket(bare) - bare
    header = _FIXED.pack(b"\x1f\x8b", 8, _GZIP_EXTRA, 0, 2, 255)
    return header + struct.pack("<H", space) + _extra(space) + body


def _extra(space: int) -> bytes:
    """An extra field of `space` bytes: one subfield that readers skip."""
    if space < 4:
        return bytes(space)
    return struct.pack("<2sH", b"\x00\x00", space - 4) + bytes(space - 4)


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
        page = kept[key] = KeptPage(html, compress_page(html), minute)
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
    if request.accept_encodings["gzip"] <= 0:
        return Response(html, content_type=HTML)
    response = Response(packed or compress_page(html), content_type=HTML)
    response.headers["Content-Encoding"] = "gzip"
    return response


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


def pad_response(response: Response) -> Response:
    """Give every public page its size; an answer that is no page stays as it is."""
    empty = response.status_code == 204 or 300 <= response.status_code < 400
    if is_desk() or empty or response.mimetype != "text/html":
        return response
    if response.direct_passthrough or response.is_streamed:
        raise TypeError("a public page must be whole: a streamed one cannot get its size")
    if "Content-Encoding" not in response.headers:
        response.set_data(pad_page(response.get_data()))
    response.headers["Vary"] = "Accept-Encoding"
    _fill_headers(response)
    return response


def _fill_headers(response: Response) -> None:
    """Make status line and headers of every page equally long."""
    response.headers["X-Fill"] = compute_fill(response.status_code, response.headers)


def compute_fill(code: int, headers: Iterable[tuple[str, str]]) -> str:
    """Returns the value of a header `X-Fill` that makes the head of an answer `HEADER_ROOM`
    bytes long (docs/security-parameters.md#SP-5.4), where it is not longer anyway."""
    status = f"HTTP/1.1 {code} {REASONS.get(code, HTTPStatus(code).phrase)}\r\n"
    used = len(status) + sum(len(name) + len(value) + 4 for name, value in headers)
    return "0" * max(1, HEADER_ROOM - used - len("X-Fill: \r\n"))


def init_app(app: Flask) -> None:
    """Guard and size every page. Comes before `security`, whose headers count into the size."""
    app.before_request(block_after_exit)
    app.after_request(pad_response)
