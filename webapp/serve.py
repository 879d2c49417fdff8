"""The web server's process: waitress, on loopback, until SIGTERM or Ctrl-C.

Waitress because it stands alone: slow or silent connections cost it a socket, not a thread. A
request is read whole before a thread takes it. Put a proxy that speaks TLS in front of it for any
use beyond this machine, and say so with `WAYSIDE_PROXY_HOPS`.
"""

import logging
import os
import signal
import sys

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from reports.errors import SettingsFaults
from webapp import create_app, security
from webapp.config import Config

THREADS = 8
"""Enough to keep two cores busy while some threads wait for the database or a slow key function."""
REQUEST_BYTES = 16 * 1024 * 1024
"""The largest request read. Above what any page accepts, so that the page itself refuses a body
that is too large, in the reader's language."""
CONNECTIONS = 900
"""Sockets held at once, below the 1,024 files that most systems allow. Waitress's own limit of 100
lets one person with a hundred silent connections keep everybody else out."""


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress ships no types
    """What waitress refuses before the application sees it: a status, our headers, and no word."""

    def execute(self) -> None:
        """Answer and hang up."""
        self.status, _headers, _words = self.request.error.to_response()
        self.response_headers.extend({**security.PUBLIC, "Cache-Control": "no-store"}.items())
        self.set_close_on_finish()
        self.content_length = 0
        self.write(b"")


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A connection that refuses in our way."""

    error_task_class = Refusal


def main() -> int:
    """Serve until told to stop; the exit code."""
    # What this process makes, its owner alone reads: the database, and what lies beside it.
    os.umask(0o077)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        config = Config.from_environ(os.environ)
    except SettingsFaults as faults:
        print(faults, file=sys.stderr)
        return 2
    return serve(create_app(config), port=config.port, proxied=config.proxy_hops > 0)


def serve(app: Flask, *, port: int, proxied: bool) -> int:
    """Serve `app` on 127.0.0.1:`port`; 0 after a stop that was asked for, 1 if the port is taken.

    `proxied` keeps the headers of a proxy, which the application then trusts hop by hop.
    """
    try:
        server = create_server(
            app,
            host="127.0.0.1",
            port=port,
            threads=THREADS,
            ident="",
            max_request_body_size=REQUEST_BYTES,
            # A body never spills to a file: what a reporter wrote must not touch the disk.
            inbuf_overflow=REQUEST_BYTES + 1,
            outbuf_overflow=REQUEST_BYTES,
            channel_timeout=60,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=not proxied,
        )
    except OSError as error:
        print(f"Port {port} cannot be used ({error.strerror}); set WAYSIDE_PORT.", file=sys.stderr)
        return 1
    server.channel_class = Channel
    signal.signal(signal.SIGTERM, _stop)
    print(f"Wayside answers at http://127.0.0.1:{port}", flush=True)
    server.run()
    return 0


def _stop(_number: int, _frame: object) -> None:
    # Waitress takes this for the end of its loop: it lets its threads finish and returns.
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
