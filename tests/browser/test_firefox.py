"""Firefox: leaving, going back, and reporting, with script and without."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import firefox
from tests.support.firefox import Tab
from tests.support.site import Site
from tests.support.tls import HttpsServer

pytestmark = pytest.mark.browser

WORDS = "What do you need?"
NEXT = "main form button[name=b][value=next]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where Firefox may live; a machine without it skips the test, and fails where CI=true."""
    if firefox.find() is None:
        reason = "no Firefox (Debian: firefox-esr): see scripts/test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return tmp_path / "firefox"


def here(server: HttpsServer, host: str) -> str:
    return f"https://{host}:{server.server_port}"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_16_and_17_and_47_one_can_answer_leave_and_not_come_back(
    make_site: Callable[..., Site],
    exit_target: HttpsServer,
    folder: Path,
    script: bool,
) -> None:
    target = here(exit_target, "127.0.0.1")
    site = make_site(WAYSIDE_EXIT_URL=f"{target}/")
    ours = here(site.front, "localhost")
    with firefox.opened(folder, script=script) as tab:
        for code in ("1", "2", "5"):
            tab.goto(f"{ours}/en/{code}")
        tab.click("input[name=f5][value=witness]")
        tab.click(NEXT)
        assert tab.comes_to(lambda at: 'name="f3"' in at.source)
        tab.type("[name=f3]", "Quaggamarkt")
        tab.click(NEXT)
        assert tab.comes_to(lambda at: 'name="f3"' not in at.source and "<h1" in at.source)
        tab.goto(f"{ours}/en/1")
        assert WORDS in tab.source
        tab.click("a[data-exit]")
        assert tab.comes_to(lambda at: at.address == f"{target}/")
        for _ in range(5):
            tab.back()
            assert tab.comes_to(_shows_nothing_of_ours)
        assert any(seen.path == "/x" for seen in site.front.seen)


def _shows_nothing_of_ours(tab: Tab) -> bool:
    return "data-exit" not in tab.source
