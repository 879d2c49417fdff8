"""Somebody who asks an ASGI application, without a socket between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from webapp.server.bridge import Bridge

Answer = TypeVar("Answer")


@dataclass
class Told:
    """What a client heard."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: int = 0


@dataclass
class Client:
    """Somebody who asks through the ASGI interface; `silent` never sends the rest of a body."""

    app: Bridge
    silent: bool = False

    def ask(
        self,
        path: str = "/en/5",
        parts: Iterable[bytes] = (),
        method: str = "POST",
        **headers: str,
    ) -> Told:
        """Send a request whose body comes in parts; without a length it comes in chunks."""
        return run_apart(self._ask(path, list(parts), method, headers))

    async def _ask(
        self, path: str, parts: list[bytes], method: str, headers: dict[str, str]
    ) -> Told:
        told, left = Told(), list(parts)

        async def receive() -> dict[str, Any]:
            if left:
                part = left.pop(0)
                more = bool(left) or self.silent
                return {"type": "http.request", "body": part, "more_body": more}
            if self.silent:
                await asyncio.Event().wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                told.status = message["status"]
                told.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                told.body += message["body"]
                told.pieces += 1

        await self.app(scope(path, method, headers), receive, send)
        return told


def run_apart(
    asked: Coroutine[Any, Any, Answer],
    make_loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> Answer:
    """What a coroutine returns, on a loop and in a thread of its own.

    A browser that the same process drives keeps its loop running in the thread of the tests.
    """

    def run() -> Answer:
        with asyncio.Runner(loop_factory=make_loop) as running:
            return running.run(asked)

    with ThreadPoolExecutor(1) as apart:
        return apart.submit(run).result()


def scope(path: str, method: str, headers: dict[str, str]) -> dict[str, Any]:
    at, _, query = path.partition("?")
    return {
        "type": "http",
        "method": method,
        "raw_path": at.encode("latin-1"),
        "path": at,
        "query_string": query.encode(),
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 50_000),
        "headers": [
            (name.replace("__", "-").lower().encode(), value.encode())
            for name, value in headers.items()
        ],
    }
