"""A server of one fixed answer: what the same server costs with no application behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from waitress import serve

from webapp.serve import THREADS
from webapp.site.padded_response import BUCKET
from webapp.site.security_headers import PUBLIC

BODY = b"x" * BUCKET


def answer(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """The same bytes for everybody, under the same headers."""
    start("200 OK", [*PUBLIC.items(), ("Content-Length", str(len(BODY)))])
    return [BODY]


if __name__ == "__main__":
    serve(answer, host="127.0.0.1", port=int(sys.argv[1]), threads=THREADS, _quiet=True)
