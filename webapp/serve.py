"""The web server's process: waitress, on loopback, until SIGTERM or Ctrl-C.

Waitress because it stands alone: slow or silent connections cost it a socket, not a thread. A
request is read whole before a thread takes it. Put a proxy that speaks TLS in front of it for any
use beyond this machine, and say so with `WAYSIDE_PROXY_HOPS`.
"""

import logging
import os
import signal
import sys
from pathlib import Path
from types import MappingProxyType

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask

from reports.errors import KeysUnfit, NoRoom, SchemaUnfit, SettingsFaults, StoreUnfit
from reports.routing.faults import CountryFaults
from webapp import create_app
from webapp.catalogues import CatalogueFaults
from webapp.config import Config
from webapp.site import security_headers
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_edition, run_checks
from webapp.site.db import compare_at_start
from webapp.site.disk_guard import log_little_room
from webapp.site.failure_log import WordlessFormatter
from webapp.site.file_store import compare_store_at_start
from webapp.site.last_resort import SparePages, find_spare, prepare
from webapp.site.padded_response import HTML
from webapp.site.waiting_room import SEATS
from webapp.uploads.spool import Spool

THREADS = SEATS + 2
"""Enough to keep two cores busy while some threads wait for a slow key function, and two for pages
that need no database while as many as may wait for that (docs/security-parameters.md#SP-4.12)."""
REQUEST_BYTES = 64 * 1024 * 1024
"""The largest request read. Above what any page accepts, so that the page itself refuses a body
that is too large, in the reader's language."""
CONNECTIONS = 900
"""Sockets held at once, below the 1,024 files that most systems allow. Waitress's own limit of 100
lets one person with a hundred silent connections keep everybody else out."""


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress ships no types
    """What waitress refuses before the application sees it: a status and our headers.

    What is too large gets the page that says so, in the language of the address, and so does a
    failure of the server itself; anything else is nothing that a browser sends, and gets no word.
    """

    pages: SparePages = MappingProxyType({})

    def execute(self) -> None:
        """Answer and hang up."""
        self.status, _headers, _words = self.request.error.to_response()
        self.response_headers.extend(
            {**security_headers.PUBLIC, "Cache-Control": "no-store"}.items()
        )
        self.set_close_on_finish()
        path = str(getattr(self.request, "path", ""))
        body = find_spare(self.pages, self.request.error.code, path)
        if body:
            self.response_headers.append(("Content-Type", HTML))
        self.content_length = len(body)
        self.write(body)


class DiscardedBody:
    """In place of a body for which there was no room: who reads it gets the answer for that."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __bool__(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        """Count what comes, and keep nothing."""
        self._length += len(data)
        return len(data)

    def seek(self, offset: int) -> int:
        """There is nowhere to go."""
        return offset

    def read(self, _size: int = -1) -> bytes:
        """Raises `NoRoom`."""
        raise NoRoom("a body did not fit on the disk")

    readline = read

    def close(self) -> None:
        """There is nothing to forget."""


class SpooledBody:
    """A body that comes in: above 64 KiB encrypted on the disk, under a key of this request alone.

    So memory stays flat however many bodies come in at once, and nothing is there in the clear.
    """

    def __init__(self, folder: Path) -> None:
        self._spool: Spool | DiscardedBody = Spool(folder)

    def __len__(self) -> int:
        return len(self._spool)

    def append(self, data: bytes) -> None:
        """Add what came; where the disk takes no more, hear the rest and answer then."""
        try:
            self._spool.write(data)
        except OSError:
            held = len(self._spool)
            self._spool.close()
            self._spool = DiscardedBody(held)

    def getfile(self) -> Spool | DiscardedBody:
        """The whole body, for the application to read."""
        self._spool.seek(0)
        return self._spool

    def close(self) -> None:
        """Forget it."""
        self._spool.close()


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress ships no types
    """Reads requests as waitress does, and keeps their bodies in our way."""

    folder: Path

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; a body gets the place where it will wait."""
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = SpooledBody(self.folder)


class ServerChannel(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A connection that refuses in our way."""

    error_task_class = Refusal
    parser_class = Parser


def main() -> int:
    """Serve until told to stop; the exit code."""
    # What this process makes, its owner alone reads: the database, and what lies beside it.
    os.umask(0o077)
    handler = logging.StreamHandler()
    handler.setFormatter(WordlessFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    try:
        config = Config.from_environ(os.environ)
        app = create_app(config)
        with app.app_context():
            if broken := run_checks(get_edition()):
                raise CountryFaults(broken)
        compare_at_start(app)
        compare_store_at_start(app)
        log_little_room(app)
    except (
        SettingsFaults,
        CountryFaults,
        CatalogueFaults,
        SchemaUnfit,
        KeysUnfit,
        StoreUnfit,
    ) as faults:
        print(faults, file=sys.stderr)
        return 2
    return serve(app, port=config.port, proxied=config.proxy_hops > 0)


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
            outbuf_overflow=REQUEST_BYTES,
            channel_timeout=60,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=not proxied,
        )
    except OSError as error:
        print(f"Port {port} cannot be used ({error.strerror}); set WAYSIDE_PORT.", file=sys.stderr)
        return 1
    Refusal.pages = prepare(app)
    Parser.folder = get_services(app).config.domain.data_dir
    server.channel_class = ServerChannel
    signal.signal(signal.SIGTERM, _stop)
    print(f"Wayside answers at http://127.0.0.1:{port}", flush=True)
    server.run()
    return 0


def _stop(_number: int, _frame: object) -> None:
    # Waitress takes this for the end of its loop: it lets its threads finish and returns.
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
