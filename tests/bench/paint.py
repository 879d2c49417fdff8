"""When the first words of a page are seen, on a slow line and with a slow processor.

Beside a bare page of the same size, both in the same browser in turns. The line is Chromium's own
"slow 3G" (400 ms five times, 50 kB a second), the processor four times slower.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.measure import Ratio
from tests.bench.pages import wait_for
from tests.support import chromium
from tests.support.ports import free_port
from tests.support.served import Served
from tests.support.site import ROOT, end, flask

ROUNDS = 5
LINE = {
    "offline": False,
    "latency": 2_000,
    "downloadThroughput": 51_200,
    "uploadThroughput": 51_200,
}
SLOWER = 4
PAINTED = """() => new Promise(done => {
  const seen = () => performance.getEntriesByName('first-contentful-paint')[0];
  if (seen()) { done(seen().startTime); return; }
  new PerformanceObserver(() => { if (seen()) done(seen().startTime); }).observe({type: 'paint'});
})"""
PAGE = "/en/1"


def measure(folder: Path) -> Iterator[Ratio]:
    """Two rows: beside a page with files of the same size, and beside one without any file."""
    site = Served(folder / "site")
    flask(site.environ, "init")
    site.start()
    port = free_port()
    sizes = json.dumps(sizes_of(f"http://127.0.0.1:{site.port}"))
    command = [sys.executable, "-m", "tests.bench.still", str(port), sizes]
    still = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(port)
        bare = f"http://127.0.0.1:{port}"
        addresses = (f"http://127.0.0.1:{site.port}{PAGE}", f"{bare}/", f"{bare}/alone")
        ours, same, alone = paints(addresses)
        why = "the same bytes in the same four requests: what is left is our layout and scripts"
        yield Ratio("first words on slow 3G", "a bare page", ours, same, 1.15, 1.15, why)
        why = "nothing is inline, so the style sheet and the exit's script cost one more way there"
        yield Ratio("first words on slow 3G", "a page of no files", ours, alone, 2, 2.5, why)
    finally:
        end(still)
        site.stop()


def sizes_of(base: str) -> Mapping[str, int]:
    """The bytes on the wire of our page and of its files, under the names of `still`."""
    page = fetch(base + PAGE, packed=False).decode()
    files = re.findall(r'(?:src|href)="(/s/[^"]+)"', page)
    names = ("/still.css", "/first.js", "/second.js")
    found = {name: len(fetch(base + file)) for name, file in zip(names, files, strict=True)}
    return {"/": len(fetch(base + PAGE)), **found}


def fetch(address: str, *, packed: bool = True) -> bytes:
    """The body as it travels."""
    headers = {"Accept-Encoding": "gzip" if packed else "identity"}
    asked = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return bytes(answer.read())


def paints(addresses: tuple[str, ...]) -> list[float]:
    """The median seconds to the first paint of words at each address, asked for in turns."""
    times: list[list[float]] = [[] for _ in addresses]
    with sync_playwright() as playwright:
        arguments = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=arguments)
        for _ in range(ROUNDS):
            for address, row in zip(addresses, times, strict=True):
                row.append(first_paint(browser, address))
        browser.close()
    return [statistics.median(row) for row in times]


def first_paint(browser: Browser, address: str) -> float:
    """Seconds until words are seen, for somebody who was never here."""
    context = browser.new_context(viewport=chromium.PHONE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit", timeout=60_000)
    seconds = float(page.evaluate(PAINTED)) / 1_000
    context.close()
    return seconds
