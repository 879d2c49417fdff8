"""The web servers that could serve Wayside, one after the other in one run: docs/dependencies.md.

Each is started as its own papers say, over the same founded instance: waitress in its one process,
gunicorn with threads, granian for WSGI, and gunicorn's loop behind `webapp/server`, which is what
`webapp.serve` starts. The last alone has to hold anything; the others are its references.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from math import inf
from pathlib import Path
from threading import Event

from tests.bench.hammer import hammer
from tests.bench.measure import Amount, Ratio, Row
from tests.bench.uploads import held
from tests.support.ports import free_port
from tests.support.served import list_children
from tests.support.site import ROOT, START, end, flask
from webapp.serve import THREADS, count_cores

HALF = b"POST /en/5 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nf"
MARK = b"They sleep in the kitchen. "
LARGE = 8_000_000
PAGES, FORMS = "/en/b1", "/en/5"
ASKED = 20
PATIENCE = 5.0
"""Seconds after which a page counts as not answered."""
OURS = "gunicorn, our bridge"


@dataclass(frozen=True)
class Candidate:
    """How a server is started at a port, and how it is told to start anew."""

    name: str
    command: Callable[[int], list[str]]
    again: signal.Signals | None
    """What it takes as "start anew"; None where it is stopped and started."""
    handed: bool = False
    """Whether it takes a socket that stays open meanwhile."""


CANDIDATES = (
    Candidate(
        "waitress",
        lambda port: [
            *("-m", "waitress", f"--listen=127.0.0.1:{port}", f"--threads={THREADS}"),
            *("--connection-limit=900", "wsgi:app"),
        ],
        None,
    ),
    Candidate(
        "gunicorn, threads",
        lambda port: [
            *("-m", "gunicorn", "--workers", str(count_cores()), "--threads", str(THREADS)),
            *("--bind", f"127.0.0.1:{port}", "--no-control-socket", "wsgi:app"),
        ],
        signal.SIGHUP,
    ),
    Candidate(
        "granian",
        lambda port: [
            *("-m", "granian", "--interface", "wsgi", "--workers", str(count_cores())),
            *("--blocking-threads", str(THREADS), "--host", "127.0.0.1", "--port", str(port)),
            *("--workers-kill-timeout", "10", "wsgi:app"),
        ],
        signal.SIGHUP,
    ),
    Candidate(OURS, lambda _port: ["-m", "webapp.serve"], None, handed=True),
)


class Running:
    """One of them at work."""

    def __init__(self, candidate: Candidate, environ: Mapping[str, str]) -> None:
        self.candidate = candidate
        self.port = free_port()
        self._environ = {**environ, "WAYSIDE_FACE": "both", "WAYSIDE_PORT": str(self.port)}
        self._listening = None
        if candidate.handed:
            self._listening = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, *self.candidate.command(self.port)]
        if self._listening is None:
            return self._spawn(words)
        own = ["/bin/sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@"', *words]
        number = self._listening.fileno()
        return self._spawn(own, pass_fds=(3,), preexec_fn=lambda: os.dup2(number, 3))

    def _spawn(self, words: list[str], **more: object) -> subprocess.Popen[bytes]:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(words, cwd=ROOT, env=self._environ, **quiet, **more)  # type: ignore[call-overload,no-any-return]  # options by name

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + START
        while not self.answers("/up"):
            assert time.monotonic() < until, f"{self.candidate.name} did not start"
            time.sleep(0.1)

    def answers(self, path: str, *, fresh: bool = True) -> bool:
        """Whether a page comes in time."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Connection": "close"} if fresh else {})
            return connection.getresponse().status < 300
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    @property
    def pids(self) -> list[int]:
        return [self._process.pid, *list_children(self._process.pid)]

    @property
    def memory(self) -> float:
        return held(self._process.pid)

    def restart(self) -> None:
        """Start it anew, in the way that loses least; back when it answers."""
        if self.candidate.again:
            before = set(self.pids)
            self._process.send_signal(self.candidate.again)
            until = time.monotonic() + START
            while before & set(self.pids) != {self._process.pid}:
                assert time.monotonic() < until, f"{self.candidate.name} did not start anew"
                time.sleep(0.1)
        else:
            end(self._process)
            self._process = self._start()
        self.wait()

    def stop(self) -> None:
        """End it."""
        end(self._process)
        if self._listening:
            self._listening.close()


def measure(folder: Path) -> Iterator[Row]:
    """For each: what a kept page and a form cost under load beside waitress, then what it holds."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("WAYSIDE_")}
    environ["WAYSIDE_DATA_DIR"] = str(folder / "site")
    flask(environ, "init")
    first: dict[str, float] = {}
    for candidate in CANDIDATES:
        running = Running(candidate, environ)
        try:
            running.wait()
            yield from speeds(running, first)
            yield from bounds(running)
        finally:
            running.stop()


def speeds(running: Running, first: dict[str, float]) -> Iterator[Row]:
    """The seconds of a page when sixteen people ask all the time, beside those of waitress."""
    name = running.candidate.name
    ours = name == OURS
    for path, most in ((PAGES, 0.5), (FORMS, 0.8)):
        each = hammer(running.port, path)
        beside = first.setdefault(path, each)
        why = f"{1 / each:.0f} a second"
        limits = (most, most * 1.5) if ours else (inf, inf)
        yield Ratio(f"{path}, {name}", "waitress", each, beside, *limits, why)


def bounds(running: Running) -> Iterator[Row]:
    """What it holds, and what those who only begin do to everybody else."""
    name, none = running.candidate.name, 0 if running.candidate.name == OURS else inf
    yield Amount(f"memory, {name}", running.memory / 1e6, "MB idle", inf, "PSS of all processes")
    for people, sent, what in ((900, HALF, "half of a form"), (300, b"", "nothing")):
        with waiting(running.port, people, sent):
            lost = sum(not running.answers(PAGES) for _ in range(ASKED))
        why = f"{people} connections that sent {what}; {ASKED} pages asked for meanwhile"
        yield Amount(f"{people} begin, {name}", lost, "pages not answered", none, why)
        running.restart()
    clear = lies_in_the_clear(running)
    yield Amount(f"on the disk, {name}", clear, "files with words in the clear", none, "8 MB come")
    lost = lost_in_a_restart(running)
    why = "four people ask on new connections while it starts anew"
    yield Amount(f"a restart, {name}", lost, "requests lost", none, why)


@contextmanager
def waiting(port: int, people: int, sent: bytes) -> Iterator[None]:
    """Inside the block so many connections have sent this and no more."""
    with ExitStack() as stack:
        for _ in range(people):
            with suppress(OSError):
                line = socket.create_connection(("127.0.0.1", port), PATIENCE)
                stack.enter_context(line)
                line.sendall(sent)
        yield


def lies_in_the_clear(running: Running) -> int:
    """Files that its processes hold open and that hold words of a body which is coming in."""
    head = f"POST /en/5 HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE + 1}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", running.port), START) as line:
        line.settimeout(PATIENCE)
        with suppress(OSError):
            line.sendall(head + MARK * (LARGE // len(MARK)))
        return sum(
            MARK in read_start(link)
            for pid in running.pids
            for link in Path(f"/proc/{pid}/fd").iterdir()
        )


def read_start(link: Path) -> bytes:
    """The first bytes of an open file that is a file, also of one that has no name any more."""
    try:
        if not link.stat().st_size or not link.is_file():
            return b""
        with link.open("rb") as file:
            return file.read(LARGE)
    except OSError:
        return b""


def lost_in_a_restart(running: Running) -> int:
    """Requests that got no page while it was started anew."""
    stop = Event()

    def ask() -> int:
        lost = 0
        while not stop.is_set():
            connection = HTTPConnection("127.0.0.1", running.port, timeout=START)
            try:
                connection.request("GET", PAGES, headers={"Connection": "close"})
                lost += not connection.getresponse().read()
            except (OSError, HTTPException):
                lost += 1
                time.sleep(0.01)
            finally:
                connection.close()
        return lost

    with ThreadPoolExecutor(4) as people:
        asking = [people.submit(ask) for _ in range(4)]
        running.restart()
        stop.set()
        return sum(each.result() for each in asking)
