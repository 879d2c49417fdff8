"""A server of one fixed answer: what the same server costs with no application behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from webapp.serve import THREADS, count_cores
from webapp.server import processes
from webapp.server.bridge import Bridge, Terms
from webapp.site.page_sizes import SHARED
from webapp.site.security_headers import PUBLIC

BODY = b"x" * SHARED


def answer(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """The same bytes for everybody, under the same headers."""
    start("200 OK", [*PUBLIC.items(), ("Content-Length", str(len(BODY)))])
    return [BODY]


def main(port: int) -> None:
    """Serve it as `webapp.serve` serves the application."""
    terms = Terms(
        folder=Path.cwd(), pages={}, threads=THREADS, proxied=False, read_state=lambda: None
    )
    listening = processes.open_socket(port)
    bridge = Bridge(answer, terms)
    processes.run(
        bridge, listening, port=port, home="", processes=count_cores(), begin=lambda: None
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
