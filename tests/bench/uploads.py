"""The memory of a web server that takes fifty files of 25 MB at once, above what it holds idle.

Counted for the server, and with the processes that it starts to clean files, each page of memory
once (PSS), every tenth of a second; the highest counts. Everybody sends by the plain form, which is
the harder way: with script a file comes in small parts.
"""

from __future__ import annotations

import io
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

from PIL import Image

from tests.bench.measure import Amount
from tests.support.forms import ANSWERS, fields_in, multipart
from tests.support.served import Served, list_children
from tests.support.site import flask

PEOPLE, SIZE = 50, 25_000_000
AT_WORK = 6
"""People with pictures: one is cleaned at a time, and the others wait as they do with files."""
MOST = 150.0
"""MB above idle: of the server itself, and with a cleaner that holds 20 million points. One that
also turns them upright holds them twice for a moment, 80 MB more."""
SIDE = 4_500
"""Points of a picture's side."""
PATIENCE = 600.0
"""Seconds until somebody has their answer: 1.25 GB are sealed and written, some of it twice."""
PIECE = 64 * 1024
MB = 1_000_000
PAUSE = 0.1


def measure(folder: Path) -> Iterator[Amount]:
    """Files that are kept as they are, then pictures: the server, and with it what cleans them."""
    site = Served(folder / "site")
    flask(site.environ, "init")
    flat = "bodies wait encrypted on the disk, and seals go piece by piece"
    bounded = "one is decoded at a time, in a process of its own, however many send"
    data = noise()
    alone, _whole, kept = sent_by(PEOPLE, site, "files", data)
    what = f"{PEOPLE} files of {len(data) // MB} MB"
    yield Amount(what, alone / MB, "MB above idle", MOST, f"{flat}; {kept} were kept")
    data = picture()
    alone, whole, kept = sent_by(AT_WORK, site, "pictures", data)
    what = f"{AT_WORK} pictures of {len(data) // MB} MB"
    yield Amount(what, alone / MB, "MB above idle", MOST, f"{flat}; {kept} were kept")
    yield Amount(f"{what}, with cleaners", whole / MB, "MB above idle", MOST, bounded)


def sent_by(count: int, site: Served, name: str, data: bytes) -> tuple[float, float, int]:
    """Bytes above idle at the highest while so many send `data`; how many files were kept.

    First those of the server, then with what it started. Who must wait too long for a cleaner is
    asked to send the file again, in words.
    """
    site.start()
    try:
        pages = [reached(site) for _ in range(count)]
        serving = site.pids
        idle = sum(map(proportional, serving))
        with (
            Watch(lambda: sum(map(proportional, serving))) as alone,
            Watch(lambda: held(serving[0])) as whole,
            ThreadPoolExecutor(count) as people,
        ):
            kept = list(people.map(lambda fields: send(site, fields, name, data), pages))
    finally:
        site.stop()
    return alone.highest - idle, whole.highest - idle, sum(kept)


def reached(site: Served) -> dict[str, str]:
    """The fields of somebody's form at the page that asks for files."""
    page = site.get("/en/5")
    for answers in ANSWERS[:-2]:
        page = site.post("/en/5", {**fields_in(page.text), "b": "next", **answers})
    return fields_in(page.text)


def send(site: Served, fields: dict[str, str], name: str, data: bytes) -> bool:
    """Send the form with one file, piece by piece; whether it is in the list of files then."""
    kind, body = multipart({**fields, "b": "add"}, {f"{name}.bin": b"FILE"})
    before, _file, after = body.partition(b"FILE")
    connection = HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    connection.putrequest("POST", "/en/57")
    connection.putheader("Content-Type", kind)
    connection.putheader("Content-Length", str(len(before) + len(data) + len(after)))
    connection.endheaders(before)
    whole = memoryview(data)
    for start in range(0, len(data), PIECE):
        connection.send(whole[start : start + PIECE])
    connection.send(after)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    if response.status != 200:
        raise AssertionError(f"{response.status}: {text[:500]}")
    return 'class="files"' in text


def noise() -> bytes:
    """A file of no known type."""
    return b"\0" + random.Random(1).randbytes(SIZE - 1)


def picture() -> bytes:
    """A photo of so many points that it is about as large as a file may be."""
    pixels, out = random.Random(2).randbytes(SIDE * SIDE * 3), io.BytesIO()
    Image.frombytes("RGB", (SIDE, SIDE), pixels).save(out, "JPEG", quality=95)
    return out.getvalue()


class Watch:
    """Looks at a figure again and again in a thread, and keeps the highest."""

    def __init__(self, figure: Callable[[], float]) -> None:
        self.highest = 0.0
        self._figure, self._over = figure, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(PAUSE):
            self.highest = max(self.highest, self._figure())


def held(pid: int) -> float:
    """Bytes that a process and those it started hold in memory; what they share counts once."""
    return sum(map(proportional, (pid, *list_children(pid))))


def proportional(pid: int) -> float:
    """The process's share (PSS), in bytes; nothing for one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1]) * 1024
    return 0.0
