"""What stands between a socket and the web server: each answer is ours, and nobody waits for ever.

What is not HTTP, or asks for what nobody offers, is refused by the web server before the
application hears of it: in its own words, which quote the request, and without our headers. And it
waits without end for the rest of a header. Here its refusal is replaced by a page like any other,
and a connection on which no request begins is closed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, cast

from webapp.site.last_resort import SparePages, build_spare_headers, find_spare

REQUEST_SECONDS: Final = 20.0
"""Seconds for a request to begin, that is for the whole of its header, counted from the connection
or from the answer before (docs/security-parameters.md#SP-4.20). Apache's mod_reqtimeout gives as
many for a header by default."""
NAMELESS: Final = (b"server", b"")
"""Without a header of that name the web server would put its own name and kind there. An answer
that has it is ours."""
_OURS: Final = b"\r\nserver: \r\n"
_REFUSAL: Final = re.compile(rb"HTTP/1\.\d ([45]\d\d) ")

Peer = tuple[str, int]
MakeProtocol = Callable[[], asyncio.BaseProtocol]


class Connections:
    """The connections of one process, by the address and port at their other end."""

    def __init__(self, pages: SparePages) -> None:
        self._pages = pages
        self._open: dict[Peer, _Connection] = {}

    def watch(self, make_protocol: MakeProtocol) -> MakeProtocol:
        """Returns what makes the same protocols, watched."""
        return lambda: _Connection(make_protocol(), self._open, self._render)

    @contextmanager
    def answer(self, peer: Peer | None) -> Iterator[None]:
        """A request of `peer` is answered within: its header is there, and what leaves is ours."""
        connection = self._open.get((peer[0], peer[1])) if peer else None
        if connection is None:
            yield
            return
        connection.take_request()
        try:
            yield
        finally:
            connection.finish_request()

    def _render(self, status: HTTPStatus) -> bytes:
        page = find_spare(self._pages, HTTPStatus.BAD_REQUEST, "")
        nameless = tuple(part.decode() for part in NAMELESS)
        headers = [*build_spare_headers(status, page), nameless, ("Connection", "close")]
        lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
        lines += [": ".join(header) for header in headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + page


class _Connection(asyncio.Protocol):
    """The protocol of one connection, which hands everything on to the web server's own."""

    def __init__(
        self,
        inner: Any,
        opened: dict[Peer, _Connection],
        render: Callable[[HTTPStatus], bytes],
    ) -> None:
        self._inner = inner
        self._opened = opened
        self._render = render
        self._peer: Peer | None = None
        self._under_way = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        told = transport.get_extra_info("peername")
        self._peer = (told[0], told[1]) if told else None
        if self._peer:
            self._opened[self._peer] = self
        self._wait()
        self._inner.connection_made(_Outgoing(transport, self._replace))

    def data_received(self, data: bytes) -> None:
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        held: bool | None = self._inner.eof_received()
        return held

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        if self._peer:
            self._opened.pop(self._peer, None)
        self._inner.connection_lost(exc)

    def take_request(self) -> None:
        """The header of a request is there."""
        self._under_way = True
        self._timer.cancel()

    def finish_request(self) -> None:
        """It is answered."""
        self._under_way = False
        if not self._transport.is_closing():
            self._wait()

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(REQUEST_SECONDS, self._transport.close)

    def _replace(self, data: bytes) -> bytes | None:
        refusal = None if self._under_way else _REFUSAL.match(data)
        if refusal is None or _OURS in data:
            return None
        return self._render(HTTPStatus(int(refusal[1])))


class _Outgoing:
    """The transport that the web server writes to; all but writing is the real one's."""

    def __init__(
        self, transport: asyncio.BaseTransport, replace: Callable[[bytes], bytes | None]
    ) -> None:
        self._transport: Any = transport
        self._replace = replace
        self._over = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Writes `data`, or in place of a refusal ours, after which nothing more leaves."""
        if self._over:
            return
        ours = self._replace(data)
        self._over = ours is not None
        self._transport.write(data if ours is None else ours)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Writes `parts`: pieces of an answer of ours."""
        if not self._over:
            self._transport.writelines(parts)
