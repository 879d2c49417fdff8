"""An ASGI application around the WSGI one: what comes slowly costs a socket and no thread.

A body is read whole before a thread of the application takes the request, and an answer is made
whole before its first byte leaves. So nobody holds a thread by sending or reading slowly, and a
failure while an answer is made becomes a page, never half of one. Libraries that join the two
interfaces hold a thread for each body that comes in, or put it on the disk in the clear.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote_to_bytes

from webapp.server.connections import NAMELESS, Connections
from webapp.server.kept_answers import KeptAnswers
from webapp.server.request_body import (
    BEGINNING,
    MOST_BYTES,
    MOST_HEARD,
    RequestBody,
    compute_patience,
)
from webapp.site import failure_log
from webapp.site.form_body import BODY_CUT
from webapp.site.last_resort import HeldStart, SparePages, build_spare_headers, find_spare
from webapp.uploads.spool import FRAME, Spool

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

BODILESS: Final = frozenset({204, 304})
"""Statuses whose answer has no length either (RFC 9110, sections 15.3.5 and 15.4.5)."""
PROXY_HEADERS: Final = frozenset(
    {"FORWARDED", *(f"X_FORWARDED_{part}" for part in ("FOR", "HOST", "PORT", "PREFIX", "PROTO"))}
)


class ClientGone(Exception):
    """Whoever asked hung up before all of the request was there."""


@dataclass(frozen=True)
class Answer:
    """A whole answer: its body in memory, or encrypted on the disk where it is large."""

    status: int
    headers: list[Header]
    body: bytes | Spool


@dataclass(frozen=True)
class Terms:
    """What an application is served with.

    `folder` takes large bodies; `pages` are sent where no page can be made; `threads` serve at
    once; `proxied` keeps the headers of a proxy, which the application then trusts hop by hop;
    `read_state` says what kept pages may be kept for (`webapp/server/kept_answers.py`).
    """

    folder: Path
    pages: SparePages
    threads: int
    proxied: bool
    read_state: Callable[[], tuple[int, datetime] | None]


class Bridge:
    """The ASGI application (version 3) that a web server calls."""

    def __init__(self, app: WSGIApplication, terms: Terms) -> None:
        self._app = app
        self._terms = terms
        self.connections = Connections(terms.pages)
        self._kept = KeptAnswers[Answer](terms.read_state, measure_page)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; refuses what is no request of HTTP."""
        if scope["type"] == "http":
            with self.connections.answer(scope["client"]):
                await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            raise NotImplementedError(f"nothing answers {scope['type']}")

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        # Made by the process that uses them: a fork takes no thread along.
        return ThreadPoolExecutor(self._terms.threads, "page")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = RequestBody(self._terms.folder)
        try:
            refused = await self._take_body(scope, receive, body)
        except ClientGone:
            body.close()
            return
        if refused:
            body.close()
            await _give(send, self._refuse(refused, scope["path"]))
            return
        environ = build_environ(scope, body, proxied=self._terms.proxied)
        answer = self._kept.find(environ)
        if answer is None:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._threads, self._ask, environ, body)
            self._kept.keep(environ, answer)
        await _give(send, answer)

    async def _take_body(
        self, scope: Scope, receive: Receive, body: RequestBody
    ) -> HTTPStatus | None:
        """Reads the body into `body`; returns the status with which it is refused, if it is.

        Raises `ClientGone`.
        """
        length = _find(scope, b"content-length")
        if length is None and _find(scope, b"transfer-encoding") is None:
            return None
        if length is not None and int(length) > MOST_BYTES:
            if int(length) > MOST_HEARD or _find(scope, b"expect"):
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            _shorten(scope, body)
        began = asyncio.get_running_loop().time()
        more = True
        while more:
            try:
                async with asyncio.timeout_at(began + compute_patience(len(body))):
                    message = await receive()
            except TimeoutError:
                return HTTPStatus.REQUEST_TIMEOUT
            if message["type"] == "http.disconnect":
                raise ClientGone
            body.append(message.get("body", b""))
            if len(body) > MOST_BYTES:
                _shorten(scope, body)
            more = message.get("more_body", False) and len(body) <= MOST_HEARD
        if length is not None and int(length) != len(body):
            raise ClientGone
        answered = len(body) <= MOST_BYTES or (body.is_cut and len(body) <= MOST_HEARD)
        return None if answered else HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def _ask(self, environ: WSGIEnvironment, body: RequestBody) -> Answer:
        """The application's answer, made whole; runs in a thread, and forgets the body there."""
        held = HeldStart()
        try:
            pieces = self._app(environ, cast("StartResponse", held))
            try:
                whole = collect_body(pieces, self._terms.folder)
            finally:
                getattr(pieces, "close", bool)()
            head = environ["REQUEST_METHOD"] == "HEAD"
            return Answer(read_status(held), _finish(held, None if head else whole), whole)
        except Exception as problem:
            failure_log.log_fault(problem)
            return self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, environ["PATH_INFO"])
        finally:
            body.close()

    def _refuse(self, status: HTTPStatus, path: str) -> Answer:
        """An answer that the application had no part in: its page, or no word."""
        page = find_spare(self._terms.pages, status, path)
        headers = [*build_spare_headers(status, page), ("Connection", "close")]
        held = HeldStart()
        held(f"{status.value} {status.phrase}", headers)
        return Answer(status, _finish(held, page), page)


def _shorten(scope: Scope, body: RequestBody) -> None:
    """Keeps of a body that is too large the beginning, where it is a form with files; else nothing.

    The application answers such a form with a sentence about the files and with the form itself.
    """
    if (_find(scope, b"content-type") or b"").lower().startswith(b"multipart/form-data"):
        body.cut(BEGINNING)
    else:
        body.drop()


def measure_page(answer: Answer) -> int | None:
    """Returns the bytes of a page that may be given again; None for a failure, which passes, and
    for an answer on the disk, which is gone once it was read."""
    if answer.status != HTTPStatus.OK or not isinstance(answer.body, bytes):
        return None
    return len(answer.body) + sum(len(name) + len(value) for name, value in answer.headers)


def read_status(held: HeldStart) -> int:
    """Returns the number in a status line, as 200 of `200 OK`."""
    return int(held.status.split(" ", 1)[0])


def build_environ(scope: Scope, body: RequestBody, *, proxied: bool) -> WSGIEnvironment:
    """Returns the WSGI environment (PEP 3333) of a request and its body.

    A header whose name has an underscore would look like another's, so it is left out; so are the
    headers of a proxy, unless `proxied`.
    """
    path, _, query = scope["raw_path"].partition(b"?")
    host, port = scope["server"]
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": (scope["query_string"] or query).decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if b"_" in name or (key in PROXY_HEADERS and not proxied):
            continue
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        told = value.decode("latin-1")
        environ[key] = f"{environ[key]},{told}" if key in environ else told
    # The length that was read is the one that counts, also where a body came in chunks.
    if len(body) or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(body.readable)
    environ[BODY_CUT] = body.is_cut
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def collect_body(pieces: Iterable[bytes], folder: Path) -> bytes | Spool:
    """Returns all pieces together: as bytes up to one frame, else encrypted under `folder`."""
    small = bytearray()
    large: Spool | None = None
    for piece in pieces:
        if large is None and len(small) + len(piece) <= FRAME:
            small += piece
            continue
        if large is None:
            large = Spool(folder)
            large.write(bytes(small))
        large.write(piece)
    return bytes(small) if large is None else large


def _finish(held: HeldStart, body: bytes | Spool | None) -> list[Header]:
    """The headers as they leave, with the length of `body` where the application said none."""
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in held.headers
    ]
    untold = body is not None and read_status(held) not in BODILESS
    if untold and not any(name == b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(body or b"")).encode()))
    return [*headers, NAMELESS]


def _find(scope: Scope, name: bytes) -> bytes | None:
    for each, value in scope["headers"]:
        if each.lower() == name:
            return cast(bytes, value)
    return None


async def _give(send: Send, answer: Answer) -> None:
    """Sends an answer, as slowly as it is read."""
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    await send(start)
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.body", "body": answer.body})
        return
    try:
        answer.body.seek(0)
        while piece := answer.body.read(FRAME):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        answer.body.close()
