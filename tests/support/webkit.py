"""WebKitGTK, driven by its own driver on a screen that nobody sees."""

from __future__ import annotations

import http.client
import json
import os
import select
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from tests.support.engines import CAPABILITIES, PATIENCE, EngineError, Tab, connected, running
from tests.support.ports import free_port

# Where the driver waits for pages itself, "Back" to a page that leads elsewhere never answers.
WAITS_FOR_NO_PAGE: Final = {"pageLoadStrategy": "none"}
ADDRESSES: Final = {
    "Navigate": ("POST", "/url"),
    "GetCurrentURL": ("GET", "/url"),
    "Back": ("POST", "/back"),
    "FindElement": ("POST", "/element"),
    "GetPageSource": ("GET", "/source"),
    "SetWindowRect": ("POST", "/window/rect"),
    "DeleteSession": ("DELETE", ""),
}
STEPS_BACK: Final = 1
"""After the first, the driver may begin a step while the one before is still on its way."""
SCREEN: Final = {"width": 800, "height": 2400}
"""So high that whole pages stand on it: below a bar that stays the driver scrolls to no button."""
OF_ELEMENTS: Final = {"ElementClick": "click", "ElementSendKeys": "value"}


class WebDriver:
    """The W3C's protocol over HTTP."""

    def __init__(self, port: int, options: dict[str, Any]) -> None:
        connected(port).close()
        self._port = port
        wanted = CAPABILITIES | WAITS_FOR_NO_PAGE | {"webkitgtk:browserOptions": options}
        told = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{told['sessionId']}"

    def command(self, name: str, **values: Any) -> Any:
        if name in OF_ELEMENTS:
            element = f"{self._session}/element/{values.pop('id')}"
            return self._ask("POST", f"{element}/{OF_ELEMENTS[name]}", values)
        method, path = ADDRESSES[name]
        return self._ask(method, self._session + path, values if method == "POST" else None)

    def _ask(self, method: str, path: str, values: dict[str, Any] | None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            connection.request(method, path, None if values is None else json.dumps(values))
            told = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(told, dict) and "error" in told:
            raise EngineError(told["error"], told["message"])
        return told


def missing() -> str:
    """What this machine lacks to run it; empty where nothing."""
    if not shutil.which("WebKitWebDriver") or not _mini_browser():
        return "WebKitGTK and its driver (Debian: webkit2gtk-driver)"
    return "" if shutil.which("Xvfb") else "Xvfb (Debian: xvfb)"


@contextmanager
def opened(folder: Path, *, script: bool = True) -> Iterator[Tab]:
    """A WebKitGTK with an empty profile in `folder`, ended with the block."""
    folder.mkdir(parents=True)
    arguments = ["--automation", *([] if script else ["--enable-javascript=FALSE"])]
    options = {"binary": _mini_browser(), "args": arguments}
    port = free_port()
    program = ["WebKitWebDriver", f"--port={port}"]
    with _screen(folder) as display, running(program, folder, _on(display)):
        driver = WebDriver(port, options)
        try:
            driver.command("SetWindowRect", **SCREEN)
            yield Tab(driver)
        finally:
            with suppress(EngineError, OSError):
                driver.command("DeleteSession")


@contextmanager
def _screen(folder: Path) -> Iterator[str]:
    """A screen of which no other program knows; it says its own number when it is there."""
    reading, writing = os.pipe()
    size = "{width}x{height}x24".format(**SCREEN)
    program = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size]
    with open(reading) as told, running(program, folder, pass_fds=(writing,)):
        os.close(writing)
        ready, _, _ = select.select([told], [], [], PATIENCE)
        yield f":{int(told.readline())}" if ready else ""


def _on(display: str) -> dict[str, str]:
    return {"DISPLAY": display, "GDK_BACKEND": "x11", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}


def _mini_browser() -> str | None:
    places = Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")
    return next((str(place) for place in places), None)
