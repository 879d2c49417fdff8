"""Between a socket and the web server: its own refusals are ours, and waiting has an end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.asgi import run_apart
from webapp.server import connections
from webapp.server.connections import Connections
from webapp.site.page_sizes import SHARED

PEER = ("192.0.2.7", 50_000)
PAGE = b"<p>We could not read that</p>"
REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
OURS = b"HTTP/1.1 404 Not Found\r\nserver: \r\ncontent-length: 2\r\n\r\nno"


class Wire(asyncio.Transport):
    """The socket's end: what was written, and whether it was closed."""

    def __init__(self) -> None:
        super().__init__({"peername": (*PEER, 0, 0)})
        self.came = b""
        self.gone = asyncio.Event()

    def write(self, data: Any) -> None:
        self.came += data

    def writelines(self, parts: Iterable[Any]) -> None:
        self.came += b"".join(parts)

    def close(self) -> None:
        self.gone.set()

    def is_closing(self) -> bool:
        return self.gone.is_set()


class Server(asyncio.Protocol):
    """The web server's own protocol, as far as it writes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport


class Line:
    """One connection, on a loop that runs."""

    def __init__(self) -> None:
        self.all = Connections({(400, "en"): PAGE})
        self.server, self.wire = Server(), Wire()
        self.protocol: Any = self.all.watch(lambda: self.server)()
        self.protocol.connection_made(self.wire)

    def write(self, *pieces: bytes) -> bytes:
        """What leaves of what the web server writes."""
        for piece in pieces:
            self.server.transport.write(piece)
        return self.wire.came


def test_a_refusal_of_the_web_server_becomes_a_page_with_every_header() -> None:
    async def meet() -> bytes:
        return Line().write(REFUSAL, b"Invalid header: 'their word'", b"more")

    head, _, body = run_apart(meet()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Content-Security-Policy: default-src 'none'" in head
    assert b"Cache-Control: no-store" in head
    assert f"Content-Length: {SHARED}".encode() in head
    assert len(body) == SHARED
    assert body.startswith(PAGE)


@given(st.lists(st.binary(min_size=1, max_size=40) | st.just(REFUSAL), min_size=1, max_size=6))
def test_an_answer_of_ours_leaves_byte_for_byte_whatever_is_in_it(pieces: list[bytes]) -> None:
    """A file that somebody downloads may look like a refusal."""

    async def meet() -> bytes:
        line = Line()
        with line.all.answer(PEER):
            line.write(OURS, *pieces)
            line.server.transport.writelines(pieces)
        return line.wire.came

    assert run_apart(meet()) == OURS + b"".join(pieces) * 2


def test_the_end_of_an_answer_may_leave_after_it() -> None:
    async def meet() -> bytes:
        line = Line()
        with line.all.answer(PEER):
            pass
        return line.write(OURS)

    assert run_apart(meet()) == OURS


def test_who_begins_no_request_is_let_go_and_who_waits_for_an_answer_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.01)

    async def meet() -> bool:
        silent, waiting, done = Line(), Line(), Line()
        with waiting.all.answer(PEER):
            with done.all.answer(PEER):
                pass
            await silent.wire.gone.wait()
            await done.wire.gone.wait()
            held = waiting.wire.is_closing()
        await waiting.wire.gone.wait()
        return held

    assert run_apart(meet()) is False


def test_a_connection_that_ends_is_forgotten() -> None:
    async def meet() -> int:
        line = Line()
        line.protocol.connection_lost(None)
        with line.all.answer(PEER):
            pass
        return len(line.all._open)

    assert run_apart(meet()) == 0
