"""A real Chromium as a phone has it: with a profile on disk, the cache of whole pages switched on.

Without these the tests of leaving and of residue would show what no visitor's browser does. The
browser reaches the two test sites and nothing else: any other name does not resolve.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Playwright

from tests.support import fonts
from tests.support.tls import SITE_HOST, TARGET_HOST

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}
LONGEST = 300.0
"""Seconds that the browsers of one test live, before `leash` ends them: several times what the
longest test takes, and less than what ends the whole run (pyproject.toml)."""


def find() -> str | None:
    """The browser to drive: `WAYSIDE_TEST_BROWSER`, else the first one installed."""
    chosen = os.environ.get("WAYSIDE_TEST_BROWSER")
    names = (chosen, *NAMES) if chosen else NAMES
    return next(filter(None, map(shutil.which, names)), None)


def arguments(pin: str) -> list[str]:
    """What Chromium is started with; `pin` is the key it shall trust."""
    rules = [f"MAP {SITE_HOST} 127.0.0.1", f"MAP {TARGET_HOST} 127.0.0.1", "EXCLUDE 127.0.0.1"]
    chosen = [
        "--headless=new",
        f"--host-resolver-rules={','.join([*rules, 'MAP * ~NOTFOUND'])}",
        f"--ignore-certificate-errors-spki-list={pin}",
        "--disable-quic",
        # A microphone that hums, and a person who allows it.
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ]
    if os.geteuid() == 0:
        chosen.append("--no-sandbox")
    return chosen


def launch(
    playwright: Playwright,
    profile: Path,
    pin: str,
    *,
    viewport: Mapping[str, int] = PHONE,
    script: bool = True,
    without: Sequence[str] = (),
    extension: Path | None = None,
    families: Sequence[str] = tuple(fonts.FILES),
    **options: Any,
) -> BrowserContext:
    """Open a browser on the profile folder `profile`; the caller closes it.

    `without` names more of Playwright's own arguments to leave out. `--enable-automation` among
    them lets the browser offer to save passwords, as a visitor's does. `extension` is a folder that
    the browser loads as an extension of its own. `families` are the fonts that it knows.
    `options` go to Playwright as they are (`color_scheme`, `locale`, `reduced_motion`, ...).
    """
    phone = viewport == PHONE
    return playwright.chromium.launch_persistent_context(
        profile,
        executable_path=find(),
        # Chromium's own headless mode stands in `arguments`; Playwright's is another browser.
        headless=False,
        env={**os.environ, **fonts.environ(profile.with_suffix(".fonts"), families)},
        args=[*arguments(pin), *([f"--load-extension={extension}"] if extension else [])],
        ignore_default_args=[
            "--disable-back-forward-cache",
            *(["--disable-extensions"] if extension else []),
            *without,
        ],
        viewport={"width": viewport["width"], "height": viewport["height"]},
        is_mobile=phone,
        has_touch=phone,
        java_script_enabled=script,
        **options,
    )


@contextmanager
def leash(profiles: Sequence[Path]) -> Iterator[None]:
    """End the browsers on `profiles` when the block takes longer than `LONGEST`, and fail then.

    Some of Playwright's calls (`evaluate`, `cookies`, `close`) wait for ever for a browser that
    does not answer. When the browser is gone they raise.
    """
    over = threading.Event()

    def pull() -> None:
        over.set()
        for process in _browsers_on(profiles):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    timer = threading.Timer(LONGEST, pull)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if over.is_set():
            raise AssertionError(f"the browser was ended: the test took over {LONGEST:.0f} seconds")


def _browsers_on(profiles: Sequence[Path]) -> Iterator[int]:
    """The processes of the browsers that were started on one of these profiles."""
    wanted = {f"--user-data-dir={profile}".encode() for profile in profiles}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted & set((folder / "cmdline").read_bytes().split(b"\0")):
                yield int(folder.name)
