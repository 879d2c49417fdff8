"""Firefox and WebKitGTK, as Debian has them: what is shown in Chromium is tried there as well.

They reach the test sites as `localhost` and `127.0.0.1`, which are two origins. Every wait ends: no
answer within `PATIENCE` seconds is an error.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from tests.support import fonts
from tests.support.site import end

PATIENCE = 180.0
PAUSE = 0.05
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key that WebDriver gives elements (W3C WebDriver, section 12.1)."""
CAPABILITIES = {"acceptInsecureCerts": True}


class EngineError(Exception):
    """The browser answered with an error: `kind` is WebDriver's word for it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Engine(Protocol):
    """One browser: a command of WebDriver by its name, and what it answers."""

    def command(self, name: str, **values: Any) -> Any: ...


class Tab:
    """A page as a person uses it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def goto(self, address: str, then: str) -> None:
        """Type an address, and wait for the page that holds `then`."""
        self._engine.command("Navigate", url=address)
        if not self.comes_to(lambda at: then in at.source):
            raise EngineError("timeout", f"{address} never came")

    def back(self) -> None:
        """Go back; the browser may answer with a page of its own, as where a form was sent."""
        with suppress(EngineError):
            self._engine.command("Back")

    @property
    def address(self) -> str:
        return str(self._engine.command("GetCurrentURL"))

    @property
    def source(self) -> str:
        return str(self._engine.command("GetPageSource"))

    def click(self, selector: str) -> None:
        self._when_it_can("ElementClick", selector)

    def type(self, selector: str, text: str) -> None:
        self._when_it_can("ElementSendKeys", selector, text=text)

    def comes_to(self, true: Callable[[Tab], bool]) -> bool:
        """Whether the tab gets there within `PATIENCE` seconds; it may be between two pages."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            with suppress(EngineError):
                if true(self):
                    return True
            time.sleep(PAUSE)
        return False

    def _when_it_can(self, name: str, selector: str, **values: str) -> None:
        """Do it once: the place may not be there or not in sight yet."""

        def done(_: Tab) -> bool:
            found = self._engine.command("FindElement", using="css selector", value=selector)
            self._engine.command(name, id=found[ELEMENT], **values)
            return True

        if not self.comes_to(done):
            raise EngineError("timeout", f"{selector} cannot be used")


@contextmanager
def running(
    program: list[str],
    folder: Path,
    environ: Mapping[str, str] | None = None,
    pass_fds: tuple[int, ...] = (),
) -> Iterator[None]:
    """The program runs inside the block, at home in `folder`."""
    home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    letters = fonts.environ(folder / "fonts.conf")
    own = {**os.environ, **home, **letters, **(environ or {})}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(program, env=own, stdout=log, stderr=log, pass_fds=pass_fds)
    try:
        yield
    finally:
        end(process)


def connected(port: int) -> socket.socket:
    """A connection to the browser, which may still be on its way."""
    last = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), PATIENCE)
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(PAUSE)
