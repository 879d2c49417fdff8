"""How connections are taken, and that a stop leaves none between the system and the server."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator

import pytest

from tests.support.asgi import run_apart
from webapp.server import even_loop
from webapp.server.even_loop import EvenLoop

TURNS = 8
"""More turns of a loop than a connection is on its way between the system and its protocol."""


class Counted(asyncio.Protocol):
    """As gunicorn counts them: from the moment that the protocol hears of its connection."""

    made = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Counted.made += 1
        transport.close()


def make_loop() -> EvenLoop:
    return EvenLoop(lambda make_protocol: make_protocol)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket that stays open whoever stops serving it, as a service manager holds one."""
    Counted.made = 0
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.mark.parametrize("turns", range(TURNS))
def test_who_was_taken_before_a_stop_is_served_and_who_was_not_waits(
    listening: socket.socket, turns: int
) -> None:
    async def serve_and_stop() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Counted, sock=listening.dup())
        people = [socket.create_connection(listening.getsockname()) for _ in range(3)]
        for _ in range(turns):
            await asyncio.sleep(0)
        server.close()
        await server.wait_closed()
        taken = Counted.made
        listening.setblocking(False)
        waiting = 0
        for _ in range(len(people) - taken):
            listening.accept()[0].close()
            waiting += 1
        assert taken + waiting == len(people)
        for each in people:
            each.close()

    run_apart(serve_and_stop(), make_loop)


class Full(socket.socket):
    """A socket of a process that has as many open files as it may, once."""

    refused = 0

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        if not Full.refused:
            Full.refused += 1
            raise OSError(errno.EMFILE, "too many open files")
        return super().accept()


def test_a_process_without_room_tries_again_a_moment_later_and_says_so_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(even_loop, "PAUSE_SECONDS", 0)
    Counted.made = Full.refused = 0

    async def serve() -> None:
        with Full() as full:
            full.bind(("127.0.0.1", 0))
            full.listen()
            loop = asyncio.get_running_loop()
            server = await loop.create_server(Counted, sock=full)
            with socket.create_connection(full.getsockname()) as line:
                line.setblocking(False)
                assert await loop.sock_recv(line, 1) == b""
            server.close()
            await server.wait_closed()

    run_apart(serve(), make_loop)
    assert (Full.refused, Counted.made) == (1, 1)
    assert "event=trouble kind=OSError" in caplog.text
