"""The processes that serve: gunicorn forks them, watches them and lets them share one socket."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import resource
import socket
import sys
from collections.abc import Callable
from typing import Any, Final

from gunicorn.app.base import BaseApplication

from webapp.server.bridge import Bridge
from webapp.server.connections import Connections
from webapp.server.even_loop import WAITING, EvenLoop

ADDRESS: Final = "127.0.0.1"
IDLE_SECONDS: Final = 5
"""Seconds for which a connection stays open for the next request."""
STUCK_SECONDS: Final = 120
"""Seconds after which a process whose loop does not turn is killed and replaced. Its loop only
moves bytes, so nothing that a page does holds it up; a machine that swaps may."""
STOP_SECONDS: Final = 15
"""Seconds for the requests that are on their way when a stop is asked for."""
MOST_SOCKETS: Final = 4096
"""Sockets that a process may hold, where the system allows so many. With half of a body in each,
the last piece of which is in memory, they are 256 MiB at most."""
HANDED_OVER: Final = ("LISTEN_FDS", "GUNICORN_FD")
"""Set where the socket comes from outside: systemd's socket unit (sd_listen_fds(3)), or an older
server that gives way to this one."""


class PortTaken(Exception):
    """Another program answers at the port."""


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn, with options in place of its own command line."""

    def __init__(self, bridge: Bridge, options: dict[str, Any]) -> None:
        self._bridge = bridge
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Sets the options; called by gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Bridge:
        """Returns what is served; called by gunicorn, once, before it forks."""
        return self._bridge


def open_socket(port: int) -> socket.socket | None:
    """Returns a socket that listens at `port`; None where one was handed over.

    Connections wait in it from now on, while the processes start. Raises `PortTaken`.
    """
    if any(name in os.environ for name in HANDED_OVER):
        return None
    try:
        made = socket.create_server((ADDRESS, port), backlog=WAITING)
    except OSError as error:
        raise PortTaken(f"Port {port} cannot be used ({os.strerror(error.errno or 0)})") from error
    made.set_inheritable(True)
    return made


def run_apart(check: Callable[[], int]) -> int:
    """Returns what `check` returns, from a process of its own that ends with it.

    So nothing that it opens (connections, the threads of a bucket's client) is copied into the
    processes that serve, where it would not work.
    """
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        code = check()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(
    bridge: Bridge,
    listening: socket.socket | None,
    *,
    port: int,
    home: str,
    processes: int,
    begin: Callable[[], None],
) -> None:
    """Serves until SIGTERM or Ctrl-C, in `processes`; ends the process by `SystemExit`.

    `home` is the path that is told to whoever started it.

    `begin` is called in each process before it serves. What the processes share must be there
    before: memory is copied when they are forked, and threads are not.
    """
    _allow_sockets()
    at = f"fd://{listening.fileno()}" if listening else f"{ADDRESS}:{port}"
    # Where this server is told to give way to a newer one (SIGUSR2), that is started like this one.
    sys.argv = ["-m", "webapp.serve"]
    # What is here now stays to the end: left out of every collection it is never copied for one.
    gc.collect()
    gc.freeze()

    def begin_process() -> None:
        asyncio.set_event_loop_policy(_EvenPolicy(bridge.connections))
        begin()

    _Gunicorn(bridge, build_options(at, home, processes, begin_process)).run()


def build_options(at: str, home: str, processes: int, begin: Callable[[], None]) -> dict[str, Any]:
    """Returns the options of gunicorn; docs/dependencies.md says why it is gunicorn."""
    return {
        "bind": at,
        "workers": processes,
        "worker_class": "asgi",
        "asgi_loop": "asyncio",
        "asgi_lifespan": "off",
        "preload_app": True,
        "post_fork": lambda _server, _process: begin(),
        "when_ready": lambda server: _announce(server.LISTENERS, home),
        "backlog": WAITING,
        "keepalive": IDLE_SECONDS,
        "timeout": STUCK_SECONDS,
        "graceful_timeout": STOP_SECONDS,
        # Nobody's address is believed here: the application counts the hops of WAYSIDE_PROXY_HOPS.
        "forwarded_allow_ips": "",
        # It would be a file in the home folder, through which others could ask for more.
        "control_socket_disable": True,
        "accesslog": None,
        "loglevel": "warning",
        "on_starting": lambda _server: _log_as_we_do(),
        "on_reload": lambda _server: _log_as_we_do(),
    }


def _log_as_we_do() -> None:
    """Let gunicorn's lines go where all others go, without its words (`WordlessFormatter`)."""
    theirs = logging.getLogger("gunicorn.error")
    theirs.handlers.clear()
    theirs.propagate = True


class _EvenPolicy(asyncio.DefaultEventLoopPolicy):
    """Gunicorn asks the policy for the loop of each of its processes."""

    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self._connections = connections

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return EvenLoop(self._connections.watch)


def _announce(listening: list[Any], home: str) -> None:
    for each in listening:
        port = each.sock.getsockname()[1]
        print(f"Wayside answers at http://{ADDRESS}:{port}{home}", flush=True)


def _allow_sockets() -> None:
    """Raises the number of sockets of this process and its children as far as it may."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_SOCKETS if most == resource.RLIM_INFINITY else min(MOST_SOCKETS, most)
    if now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
