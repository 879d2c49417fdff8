"""The web server as a process of its own on loopback: asked over HTTP, killed, started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlencode

from tests.support.ports import free_port, wait_for_port
from tests.support.site import READY, ROOT, START, end, first_line

TIMEOUT = 120.0
"""Seconds for an answer: much longer than the database may keep a writer waiting, because on a busy
machine a password takes many seconds, and whoever asks stands in a line for that."""
SILENCE = 20.0
"""Seconds after which a connection on which nothing comes is at its end."""


def list_children(pid: int) -> list[int]:
    """The processes that this one started, and theirs."""
    try:
        told = "".join(each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children"))
    except FileNotFoundError:
        # It ended meanwhile.
        return []
    return [each for child in map(int, told.split()) for each in (child, *list_children(child))]


@dataclass(frozen=True)
class Answer:
    """One answer, as it came."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Served:
    """A web server over `data_dir`. It is up after `start`; `kill` is kill -9."""

    def __init__(self, data_dir: Path, *, under: Iterable[str] = (), **settings: str) -> None:
        """`under` is a program that runs the server, such as `strace`, with its arguments."""
        self.data_dir = data_dir
        self.port = free_port()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("WAYSIDE_")}
        self.environ = {
            **inherited,
            "PYTHONUNBUFFERED": "1",
            "WAYSIDE_DATA_DIR": str(data_dir),
            "WAYSIDE_FACE": "both",
            "WAYSIDE_PORT": str(self.port),
            **settings,
        }
        self.log = data_dir.with_suffix(".log")
        self._under = tuple(under)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Served:
        """Start and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._under, sys.executable, "-m", "webapp.serve"],
                cwd=ROOT,
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        line = first_line(self._process, timeout=START)
        if not line.startswith(READY):
            end(self._process)
            raise AssertionError(f"the web server did not start: {line!r} {self.log.read_text()}")
        return self

    @property
    def pids(self) -> list[int]:
        """The process that was started, and those that it started and that serve."""
        assert self._process is not None
        return [self._process.pid, *list_children(self._process.pid)]

    def kill(self) -> None:
        """End all of it as a power cut would: at once, in the midst of whatever it does."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        wait_for_port(self.port)
        self._close()

    def stop(self) -> None:
        """Ask it to stop, if it runs."""
        if self._process is not None:
            end(self._process)
            self._close()

    def _close(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.stdout.close()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own. Raises OSError or HTTPException."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """`get("/desk/", Cookie="...")`."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), kind | headers)

    def raw(self, request: bytes, timeout: float = SILENCE) -> bytes:
        """Send bytes as they are; what came back until the server closed or went silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as connection:
            connection.sendall(request)
            came = b""
            try:
                while part := connection.recv(65536):
                    came += part
            except TimeoutError:
                return came
            return came
