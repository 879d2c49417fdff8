"""An event loop that takes one connection at a time, and loses none that it took when it stops.

Asyncio's own takes as many as its `backlog` says whenever some wait. Of processes that share a
socket, the first to wake would take a burst whole and keep it for as long as its connections live,
while the others stand idle. `make bench` shows it: pages at half the rate, from one of two cores.
And when it stops serving, it drops what it took in the last two turns of the loop, before the
protocol has heard of it: a request lost in a restart.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from contextlib import suppress
from socket import socket
from typing import Any, Final

from webapp.site import failure_log

WAITING: Final = 1024
"""Connections that wait to be taken, as they do while a process starts. Linux allows fewer where
its setting somaxconn is lower."""
PAUSE_SECONDS: Final = 1.0
"""Seconds until the next try where the system has no room for one more connection; asyncio waits
as long."""
NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

MakeProtocol = Callable[[], asyncio.BaseProtocol]


class EvenServer:
    """Takes connections from a socket that listens, one a turn of the loop.

    It has what a web server asks of asyncio's own (`asyncio.Server`): that it ends. After `close`
    it takes none; what it took before reaches its protocol, which `wait_closed` waits for. What it
    did not take stays in the socket, for whoever else serves it.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listening: socket,
        make_protocol: MakeProtocol,
    ) -> None:
        listening.setblocking(False)
        self._loop = loop
        self._listening = listening
        self._make_protocol = make_protocol
        self._taken = set[asyncio.Task[Any]]()
        self._open = True
        self._watch()

    def close(self) -> None:
        """Stops taking connections, at once."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._listening)
            self._listening.close()

    async def wait_closed(self) -> None:
        """Waits until every connection that was taken has its protocol."""
        await asyncio.gather(*self._taken, return_exceptions=True)

    def _watch(self) -> None:
        if self._open:
            self._loop.add_reader(self._listening, self._take)

    def _take(self) -> None:
        # Another process may have been faster, and who asked may be gone.
        with suppress(BlockingIOError, InterruptedError, ConnectionAbortedError):
            try:
                line, _ = self._listening.accept()
            except OSError as problem:
                if problem.errno not in NO_ROOM:
                    raise
                failure_log.log_failure(problem)
                self._loop.remove_reader(self._listening)
                self._loop.call_later(PAUSE_SECONDS, self._watch)
                return
            line.setblocking(False)
            serving = self._loop.connect_accepted_socket(self._make_protocol, line)
            self._taken.add(task := self._loop.create_task(serving))
            task.add_done_callback(self._taken.discard)


class EvenLoop(asyncio.SelectorEventLoop):
    """Asyncio's loop on every system that has sockets, but for how it takes connections."""

    def __init__(self, watch: Callable[[MakeProtocol], MakeProtocol]) -> None:
        """Each protocol that it makes for a connection is made by what `watch` returns."""
        super().__init__()
        self._watch_protocol = watch

    async def create_server(self, *where: Any, **options: Any) -> Any:
        """Serves one socket that listens (`sock`) as `EvenServer`; anything else as asyncio."""
        listening = options.get("sock")
        if not isinstance(listening, socket) or options.get("ssl"):
            return await super().create_server(*where, **options)
        return EvenServer(self, listening, self._watch_protocol(where[0]))
