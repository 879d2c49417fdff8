"""Firefox, driven by its own protocol."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.support.engines import CAPABILITIES, EngineError, Tab, connected, running
from tests.support.ports import free_port

STEPS_BACK: Final = 5
"""As far as the test has come."""


class Marionette:
    """Firefox's own protocol: `length:[type, id, name, values]` over TCP."""

    def __init__(self, port: int) -> None:
        self._socket = connected(port)
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


def missing() -> str:
    """What this machine lacks to run it; empty where nothing."""
    return "" if _find() else "Firefox (Debian: firefox-esr)"


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
    program = [str(_find()), "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with running(program, folder):
        firefox = Marionette(port)
        try:
            yield Tab(firefox)
        finally:
            firefox.close()


def _find() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")
