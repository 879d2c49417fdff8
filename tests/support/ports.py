"""Ports of loopback for servers that cannot choose one themselves."""

from __future__ import annotations

import socket
import time

PATIENCE = 60.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    """Until nobody holds this port any more: who was killed is gone a moment later."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return
