"""The nginx configuration that makes exported pages look like the application's, byte for byte.

The export writes it and `docs/deploy/nginx.conf` includes it, so that it follows every change of a
header in the code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from werkzeug.test import TestResponse

from webapp.site.padded_response import compute_fill

Fills = dict[tuple[str, int], int]
"""Length of `X-Fill` by encoding suffix ("", ".gz", ".br") and length of the path."""

DAYS: Final = range(1, 32)
PHRASES: Final = {
    400: "Bad Request",
    404: "Not Found",
    408: "Request Time-out",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    429: "Too Many Requests",
    431: "",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
"""What nginx refuses itself, and what it says of each in the status line."""
CLOSING: Final = (400, 413, 414, 431, 500)
"""After these nginx closes the connection, and says so in a shorter word."""
_DATE: Final = re.compile(r"Expires=[^;]*; ")
LIKED: Final = 4
"""Languages at the head of a browser's list that are looked at."""
OWN: Final = {"content-type", "content-length", "content-encoding", "x-fill", "onion-location"}
"""Headers that nginx sets itself or that differ from page to page."""


def measure_fills(path: str, plain: TestResponse, packed: TestResponse) -> Fills:
    """Returns the lengths of `X-Fill` for one page; the value `br` is two letters shorter than
    `gzip`."""
    size = len(path)
    gz = len(packed.headers["X-Fill"])
    shorter = len("gzip") - len("br")
    return {
        ("", size): len(plain.headers["X-Fill"]),
        (".gz", size): gz,
        (".br", size): gz + shorter,
    }


def render_maps(
    targets: Sequence[str],
    fills: Mapping[tuple[str, int], int],
    failures: Mapping[int, int],
    tags: Sequence[str],
) -> str:
    """Returns `maps.conf`: a browser's encoding, its fill, its language, the guard, and the exit
    target of the day.

    `failures`: the length of `X-Fill` by status. `tags`: the languages offered, the one for all
    others first.
    """
    lines = [
        "# Written by `export`.",
        *_map("$http_accept_encoding", "$wayside_form", {r"~*\bbr\b": ".br", r"~*gzip": ".gz"}),
        *_map("$wayside_form", "$wayside_encoding", {".gz": "gzip", ".br": "br"}),
        *_map(
            '"$wayside_form:$wayside_path"',
            "$wayside_fill",
            {
                f"~^{re.escape(form)}:.{{{size}}}$": "0" * fill
                for (form, size), fill in sorted(fills.items())
            },
        ),
        *_map(
            "$wayside_status",
            "$wayside_failure_fill",
            {str(status): "0" * fill for status, fill in failures.items()},
        ),
        *_map("$request_uri", "$wayside_tongue", {f"~^/{t}/": t for t in tags}, tags[0]),
        *_map("$http_accept_language", "$wayside_liked", _list_liked(tags), tags[0]),
        *_map('"$http_cookie"', "$wayside_guarded", {r"~(^|;\s*)__Host-g=": "1"}, "0"),
        *_map(
            '"$wayside_guarded$request_method$uri"',
            "$wayside_away",
            {"~^1(GET|HEAD)/s/": "0", "~^1(GET|HEAD)/x$": "0", "~^1(GET|HEAD)/": "1"},
            "0",
        ),
        *_map(
            "$time_iso8601",
            "$wayside_target",
            {
                rf"~^\d+-\d\d-{day:02}T": targets[day % len(targets)]
                for day in DAYS
                if day % len(targets)
            },
            targets[0],
        ),
    ]
    return "\n".join(lines) + "\n"


def render_headers(page: TestResponse) -> str:
    """Returns `headers.conf`: the headers of every page, as the application sends them."""
    lines = ["# Written by `export`."]
    for name, value in page.headers:
        if name.lower() not in OWN:
            lines.append(f"add_header {name} {_quoted(value)} always;")
    onion = page.headers.get("Onion-Location")
    if onion:
        host = "/".join(onion.split("/")[:3])
        lines.append(f'add_header Onion-Location "{host}$wayside_path" always;')
    lines += [
        "add_header Content-Encoding $wayside_encoding always;",
        "add_header X-Fill $wayside_fill always;",
        'add_header Last-Modified "";',
    ]
    return "\n".join(lines) + "\n"


def _list_liked(tags: Sequence[str]) -> dict[str, str]:
    """The first language of a browser's list that is offered, or that one is a variety of."""
    return {
        rf"~*^([^,]*,\s*){{{place}}}{re.escape(tag)}(?![a-z])": tag
        for place in range(LIKED)
        for tag in tags
    }


def render_answer_headers(answer: TestResponse) -> str:
    """Returns the headers of an answer that nginx gives itself, as the application sends it.

    Of a cookie without its date, which would be that of the export; how long it lasts stays.
    """
    own = {*OWN, "location", "vary"}
    lines = ["# Written by `export`."]
    lines += [
        f"add_header {name} {_quoted(_DATE.sub('', value))} always;"
        for name, value in answer.headers
        if name.lower() not in own
    ]
    return "\n".join(lines) + "\n"


def render_failure_headers(headers: Sequence[tuple[str, str]]) -> str:
    """Returns `failure.conf`: the headers of every page of a failure of nginx's own."""
    lines = ["# Written by `export`."]
    for name, value in headers:
        if name.lower() not in OWN:
            lines.append(f"add_header {name} {_quoted(value)} always;")
    lines += [
        "add_header X-Fill $wayside_failure_fill always;",
        'add_header Last-Modified "";',
    ]
    return "\n".join(lines) + "\n"


def measure_failure_fill(status: int, headers: Sequence[tuple[str, str]]) -> int:
    """Returns the length of `X-Fill` on the page of a failure of nginx's own."""
    others = [(name, value) for name, value in headers if name != "X-Fill"]
    shorter = len("keep-alive") - len("close") if status in CLOSING else 0
    return len(compute_fill(status, others, PHRASES[status])) + shorter


def _map(source: str, name: str, rows: Mapping[str, str], default: str = "") -> list[str]:
    body = [f"    {_quoted(key)} {_quoted(value)};" for key, value in rows.items()]
    return [f"map {source} {name} {{", f"    default {_quoted(default)};", *body, "}"]


def _quoted(value: str) -> str:
    """Quotes a value for nginx. Raises `ValueError` if nginx would expand a variable in it."""
    if "$" in value.rstrip("$"):
        raise ValueError(f"nginx would read a variable in {value!r}")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
