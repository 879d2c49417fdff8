"""An information page beside a fixed answer of the same size from the same server."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.measure import Ratio, medians
from tests.support.ports import free_port
from tests.support.served import Served
from tests.support.site import ROOT, end, flask
from webapp import create_app
from webapp.config import Config
from webapp.site.page_codes import build_public_path
from webapp.site.page_registry import list_pages
from webapp.site.page_sizes import SHARED


def measure(folder: Path) -> Iterator[Ratio]:
    """The slowest of all pages that are the same for everybody, and the first page of the form,
    which is made anew each time."""
    site = Served(folder / "site")
    flask(site.environ, "init")
    site.start()
    port = free_port()
    bare = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(port)], cwd=ROOT)
    try:
        wait_for(port)
        fixed = asking(port, "/")
        paths = list_paths(site)
        cost = {path: medians(asking(site.port, path), fixed, rounds=5, each=20) for path in paths}
        slowest = max(cost, key=lambda path: cost[path][0] / cost[path][1])
        why = f"of {len(paths)} pages: kept whole, and given out by the loop without a thread"
        yield Ratio(f"the slowest page, {slowest}", "fixed bytes", *cost[slowest], 1.5, 3, why)
        ours, reference = medians(asking(site.port, "/en/5"), fixed, rounds=25, each=20)
        why = "rendered and padded for each visitor, since it holds a token"
        yield Ratio("the form's first page", "fixed bytes", ours, reference, 15, 40, why)
    finally:
        end(bare)
        site.stop()


def list_paths(site: Served) -> list[str]:
    """The addresses in English of every page that is the same for everybody."""
    app = create_app(Config.from_environ(site.environ))
    with app.app_context():
        return [build_public_path("en", page.code) for page in list_pages()]


def asking(port: int, path: str) -> Callable[[], None]:
    """One request at a time on a connection that stays open."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)

    def ask() -> None:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200 or len(body) != SHARED:
            raise AssertionError(f"{path}: {response.status}, {len(body)} bytes")

    return ask


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    until = time.monotonic() + 30
    while True:
        try:
            return asking(port, "/")()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
