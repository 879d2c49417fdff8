"""An event loop that takes one connection at a time, so that processes share a burst evenly.

Asyncio's own takes as many as its `backlog` says whenever some wait. Of processes that share a
socket, the first to wake would take a burst whole and keep it for as long as its connections live,
while the others stand idle. `make bench` shows it: pages at half the rate, from one of two cores.

Small on purpose: one thing about asyncio that has to be different, and why.
"""

from __future__ import annotations

import asyncio
from socket import socket
from typing import Any, Final

ONE: Final = 1
WAITING: Final = 1024
"""Connections that wait to be taken, as they do while a process starts. Linux allows fewer where
its setting somaxconn is lower."""


class EvenLoop(asyncio.SelectorEventLoop):
    """Asyncio's loop on every system that has sockets, but for how it takes connections."""

    async def create_server(self, *where: Any, **options: Any) -> asyncio.Server:
        """Serves as asyncio does, one connection a turn; the queue of the system stays long."""
        made = await super().create_server(*where, **{**options, "backlog": ONE})
        held = options.get("sock")
        if isinstance(held, socket):
            held.listen(WAITING)
        return made
