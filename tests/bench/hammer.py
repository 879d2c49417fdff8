"""Many people who ask for one page all the time, in one process that costs little itself."""

from __future__ import annotations

import selectors
import socket
import time
from typing import Final

PEOPLE: Final = 16
SECONDS: Final = 4.0
WARMING: Final = 200
"""Pages that are asked for before any counts."""


class Line:
    """A connection on which the next page is asked for as soon as one has come."""

    def __init__(self, port: int, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self._asked = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        self._came = bytearray()
        self._whole = 0

    def ask(self) -> None:
        """Ask for the next page."""
        self._came.clear()
        self._whole = 0
        self.socket.sendall(self._asked)

    def read(self) -> bool:
        """Read what came; whether that was the end of a page. Raises `OSError` at a hang-up."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionResetError("the server hung up")
        self._came += part
        if not self._whole:
            head, between, _ = bytes(self._came).partition(b"\r\n\r\n")
            if between:
                self._whole = len(head) + 4 + length_in(head)
        return bool(self._whole) and len(self._came) >= self._whole


def length_in(head: bytes) -> int:
    """The length that headers tell. Raises `ValueError` for another answer than a page."""
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(head[:80])
    for row in head.split(b"\r\n"):
        name, _, value = row.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("no length")


def hammer(port: int, path: str) -> float:
    """The mean seconds of a page while `PEOPLE` ask for it at once, for `SECONDS`."""
    lines = [Line(port, path) for _ in range(PEOPLE)]
    with selectors.DefaultSelector() as ready:
        for line in lines:
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.ask()
        count, began = -WARMING, 0.0
        while not began or time.perf_counter() - began < SECONDS:
            for key, _ in ready.select(30):
                if key.data.read():
                    count += 1
                    key.data.ask()
            if not began and count >= 0:
                count, began = 0, time.perf_counter()
        spent = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    return spent / count
