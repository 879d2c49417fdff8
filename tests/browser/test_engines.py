"""Firefox and WebKitGTK: reading, reporting, leaving and going back, with script and without."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.support import firefox, webkit
from tests.support.engines import Tab
from tests.support.site import Site
from tests.support.tls import TARGET_HOST, Certificate, Handler, HttpsServer
from tests.support.walk import STORY

pytestmark = pytest.mark.browser

PAGES = ("2", "3", "b1", "b0", "4", "1")
ENGINES = {"firefox": firefox, "webkit": webkit}
CODE = re.compile(r'class="code"[^>]*>\s*(?:\d{4}\s+){5}\d{4}')


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> ModuleType:
    """An engine; a machine without it skips the test, and fails where CI=true."""
    found = ENGINES[request.param]
    if lacks := found.missing():
        reason = f"no {lacks}: see scripts/test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Unkept(Handler):
    """A target that no browser keeps: whoever shows it has asked for it."""

    def respond(self, _body: bytes) -> None:
        page = b"<!doctype html><html lang=en><title>Weather</title><h1>Dry</h1>"
        kind = ("Content-Type", "text/html"), ("Cache-Control", "no-store")
        self.answer(200, [*kind, ("Content-Length", str(len(page)))], page)


@pytest.fixture
def target(certificate: Certificate) -> Iterator[HttpsServer]:
    """Where the exit leads to."""
    server = HttpsServer(TARGET_HOST, certificate, Unkept)
    yield server
    server.stop()


def here(server: HttpsServer, host: str) -> str:
    return f"https://{host}:{server.server_port}"


def visit(tab: Tab, site: str, code: str) -> None:
    """Open a page of the site; each says its code in its title."""
    tab.goto(f"{site}/en/{code}", then=f"<title>Info {code}</title>")


def press(tab: Tab, then: str, button: str = "next") -> None:
    """Press a button of the form, and wait for the page that holds `then`."""
    tab.click(f"main form button[name=b][value={button}]")
    assert tab.comes_to(lambda at: then in at.source), then


def report(tab: Tab, site: str) -> None:
    """Tell it as a witness, from the first question to the receipt."""
    visit(tab, site, "5")
    tab.click("input[name=f5][value=witness]")
    press(tab, 'name="f3"')
    tab.type("[name=f3]", "Quaggamarkt")
    press(tab, 'name="f7"')
    press(tab, 'name="f4"')
    press(tab, f'name="{STORY}"')
    tab.type(f"[name={STORY}]", "They sleep in the kitchen.")
    press(tab, 'name="u"')
    press(tab, 'name="f6"')
    press(tab, 'value="send"', "end")
    assert "They sleep in the kitchen." in tab.source
    press(tab, 'class="code"', "send")
    assert CODE.search(tab.source)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_16_and_17_and_47_one_can_report_leave_and_not_come_back(
    make_site: Callable[..., Site],
    target: HttpsServer,
    tmp_path: Path,
    engine: ModuleType,
    script: bool,
) -> None:
    site = make_site(WAYSIDE_EXIT_URL=f"{here(target, '127.0.0.1')}/")
    ours = here(site.front, "localhost")
    with engine.opened(tmp_path / "engine", script=script) as tab:
        report(tab, ours)
        for code in PAGES:
            visit(tab, ours, code)
        tab.click("a[data-exit]")
        assert tab.comes_to(_shows_the_target)
        way_back = PAGES[-2::-1] if script else PAGES[:0:-1]
        for code in way_back[: engine.STEPS_BACK]:
            asked, shown = len(site.front.seen), len(_at_target(target))
            tab.back()
            # WebKitGTK keeps the old answer of the target on the screen and asks for a new one.
            assert tab.comes_to(lambda _, before=shown: len(_at_target(target)) > before), code
            assert _pages_of(site, asked) == [f"/en/{code}"]
            assert tab.comes_to(_shows_the_target)
        assert any(seen.path == "/x" for seen in site.front.seen)


def _pages_of(site: Site, start: int) -> list[str]:
    """The pages that the server was asked for from then on."""
    return [seen.path for seen in site.front.seen[start:] if seen.path.startswith("/en/")]


def _at_target(target: HttpsServer) -> list[str]:
    """The visits to the target."""
    return [seen.path for seen in target.seen if seen.path == "/"]


def _shows_the_target(tab: Tab) -> bool:
    return "data-exit" not in tab.source and "Weather" in tab.source
