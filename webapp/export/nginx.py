"""The nginx configuration that makes exported pages look like the application's, byte for byte.

The export writes it and `docs/deploy/nginx.conf` includes it, so that it follows every change of a
header in the code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from werkzeug.test import TestResponse

Fills = dict[tuple[str, int], int]
"""Length of `X-Fill` by encoding suffix ("", ".gz", ".br") and length of the path."""

DAYS: Final = range(1, 32)
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


def render_maps(targets: Sequence[str], fills: Mapping[tuple[str, int], int]) -> str:
    """Returns `maps.conf`: a browser's encoding, its fill, the guard, and the exit target of the
    day."""
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
        *_map('"$http_cookie"', "$wayside_guarded", {r"~(^|;\s*)__Host-g=": "1"}, "0"),
        *_map(
            '"$wayside_guarded$request_method$uri"',
            "$wayside_away",
            {"~^1(GET|HEAD)/(s/|desk)": "0", "~^1(GET|HEAD)/x$": "0", "~^1(GET|HEAD)/": "1"},
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


def _map(source: str, name: str, rows: Mapping[str, str], default: str = "") -> list[str]:
    body = [f"    {_quoted(key)} {_quoted(value)};" for key, value in rows.items()]
    return [f"map {source} {name} {{", f"    default {_quoted(default)};", *body, "}"]


def _quoted(value: str) -> str:
    """Quotes a value for nginx. Raises `ValueError` if nginx would expand a variable in it."""
    if "$" in value.rstrip("$"):
        raise ValueError(f"nginx would read a variable in {value!r}")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
