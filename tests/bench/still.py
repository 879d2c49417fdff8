"""A bare static site: one page and its files, of given sizes, with nothing in them to work out.

Each address says what it wants: `/` is the page with three files, `/alone` the page with none.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Iterable
from typing import Any

from waitress import serve

WORDS = b"<p>A page about nothing, in a few words that a browser paints at once.</p>"
HEAD = b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Still</title>%s%s<!--%s-->'
FILES = (
    b'<link rel="stylesheet" href="/still.css"><script src="/first.js"></script>'
    b'<script src="/second.js" defer></script>'
)
KINDS = {
    "/": "text/html",
    "/alone": "text/html",
    "/still.css": "text/css",
    "/first.js": "text/javascript",
    "/second.js": "text/javascript",
}


def page(size: int, files: bytes) -> bytes:
    """A page of `size` bytes that nothing can shorten."""
    room = size - len(HEAD % (files, WORDS, b""))
    return HEAD % (files, WORDS, secrets.token_hex(room)[:room].encode())


def comment(size: int) -> bytes:
    """A style sheet or a script of `size` bytes that does nothing."""
    return b"/*" + secrets.token_hex(size)[: size - 4].encode() + b"*/"


def bodies(sizes: dict[str, int]) -> dict[str, bytes]:
    """What stands at each address; `sizes` names the bytes of the page and of its files."""
    return {
        "/": page(sizes["/"], FILES),
        "/alone": page(sizes["/"], b""),
        **{path: comment(size) for path, size in sizes.items() if path != "/"},
    }


def site(sizes: dict[str, int]) -> Callable[..., Iterable[bytes]]:
    """The application that answers with them."""
    kept = bodies(sizes)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        body = kept.get(path, b"")
        kind = KINDS.get(path, "text/plain")
        start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return answer


if __name__ == "__main__":
    serve(site(json.loads(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), _quiet=True)
