"""Firefox, driven by its own protocol: what is shown in Chromium is tried there as well.

It reaches the test sites as `localhost` and `127.0.0.1`, which are two origins. Every wait ends: no
answer within `PATIENCE` seconds is an error.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.ports import free_port
from tests.support.site import end

PATIENCE = 60.0
PAUSE = 0.05
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key that WebDriver gives elements (W3C WebDriver, section 12.1)."""
CAPABILITIES = {"acceptInsecureCerts": True, "pageLoadStrategy": "normal"}


class EngineError(Exception):
    """The browser answered with an error: `kind` is WebDriver's word for it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Marionette:
    """Firefox's own protocol: `length:[type, id, name, values]` over TCP."""

    def __init__(self, port: int) -> None:
        self._socket = _connected(port)
        self._file = self._socket.makefile("rb")
        self._number = 0
        self._read()
        self.command("NewSession", **CAPABILITIES)

    def command(self, name: str, **values: Any) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, f"WebDriver:{name}", values]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        while True:
            _, number, error, told = self._read()
            if number == self._number:
                break
        if error:
            raise EngineError(error["error"], error["message"])
        return told["value"] if isinstance(told, dict) and set(told) == {"value"} else told

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (byte := self._file.read(1)) != b":":
            if not byte:
                raise EngineError("closed", "the browser is gone")
            length += byte
        return json.loads(self._file.read(int(length)))


class Tab:
    """A page as a person uses it."""

    def __init__(self, engine: Marionette) -> None:
        self._engine = engine

    def goto(self, address: str) -> None:
        self._engine.command("Navigate", url=address)

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
        self._engine.command("ElementClick", id=self._find(selector))

    def type(self, selector: str, text: str) -> None:
        here = self._find(selector)
        self._engine.command("ElementSendKeys", id=here, text=text)

    def comes_to(self, true: Callable[[Tab], bool]) -> bool:
        """Whether the tab gets there within `PATIENCE` seconds; it may be between two pages."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            with suppress(EngineError):
                if true(self):
                    return True
            time.sleep(PAUSE)
        return False

    def _find(self, selector: str) -> str:
        found = self._engine.command("FindElement", using="css selector", value=selector)
        return str(found[ELEMENT])


def find() -> str | None:
    """The Firefox of this machine."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


@contextmanager
def opened(folder: Path, *, script: bool = True) -> Iterator[Tab]:
    """A Firefox with an empty profile in `folder`, ended with the block."""
    port = free_port()
    folder.mkdir(parents=True)
    settings = {
        "marionette.port": port,
        "javascript.enabled": script,
        "app.update.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "network.captive-portal-service.enabled": False,
        "browser.safebrowsing.malware.enabled": False,
    }
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in settings.items()]
    (folder / "user.js").write_text("\n".join(lines))
    program = [str(find()), "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with _running(program, folder):
        firefox = Marionette(port)
        try:
            yield Tab(firefox)
        finally:
            firefox.close()


@contextmanager
def _running(program: list[str], folder: Path) -> Iterator[None]:
    """The program runs inside the block, at home in `folder`."""
    own = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(program, env=own, stdout=log, stderr=log)
    try:
        yield
    finally:
        end(process)


def _connected(port: int) -> socket.socket:
    last = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), PATIENCE)
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(PAUSE)
