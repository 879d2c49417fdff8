"""Pages of a file as pictures, for the desk and the portal: drawn for one answer, kept nowhere.

The picture stands in the page itself, so that each look is one drawing, and what could not be drawn
is a sentence in place of a picture that does not come. This page alone may show such a picture; its
policy allows nothing else beyond the desk's own.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Response, make_response, render_template

from reports.errors import Busy, FileRefused, PageNotDrawn, SealBroken, StoreFailed
from reports.render import MOST_PAGES
from reports.render.page_picture import MEDIA_TYPE, encode_page
from webapp.desk.desk_errors import describe_error
from webapp.site.app_services import get_services
from webapp.site.db import end_reading
from webapp.site.security_headers import build_policy

FIELD: Final = "page"
_POLICY: Final = build_policy(
    script_src="'self'",
    style_src="'self'",
    img_src="'self' data:",
    connect_src="'self'",
    form_action="'self'",
)
_FAILURES: Final = (PageNotDrawn, SealBroken, StoreFailed, FileRefused)


@dataclass(frozen=True)
class PageView:
    """One page to look at: `number` of `count`, of which `last` can be drawn. `source` is the
    address that holds the picture; without one, `mistake` says why."""

    name: str
    number: int = 1
    count: int = 1
    last: int = 1
    width: int = 0
    height: int = 0
    source: str = ""
    mistake: str = ""
    status: int = 200


def choose_number(fields: Mapping[str, str]) -> int:
    """Returns the page that a form or an address asks for; the first, where it names none."""
    asked = fields.get(FIELD, "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6):
        return 1
    return max(1, min(int(asked), MOST_PAGES))


def draw_page(name: str, kind: str, read: Callable[[], Iterable[bytes]], number: int) -> PageView:
    """Draws one page of the file whose bytes `read` gives; what has been read of the database is
    given back before."""
    try:
        chunks = read()
        end_reading()
        page = get_services().renderer.draw(kind, chunks, number)
    except Busy as problem:
        return PageView(name, mistake=describe_error(problem, "file"), status=503)
    except _FAILURES as problem:
        return PageView(name, mistake=describe_error(problem, "file"), status=422)
    last = min(page.count, MOST_PAGES)
    held = b64encode(encode_page(page)).decode("ascii")
    return PageView(
        name=name,
        number=min(number, last),
        count=page.count,
        last=last,
        width=page.width,
        height=page.height,
        source=f"data:{MEDIA_TYPE};base64,{held}",
    )


def render_page(template: str, view: PageView, **more: object) -> Response:
    """Returns the page that shows `view`, and that may show nothing else from outside it."""
    response = make_response(render_template(template, view=view, **more), view.status)
    response.headers["Content-Security-Policy"] = _POLICY
    return response
