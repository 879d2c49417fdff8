"""The fixtures of tests in a browser; a plug-in of the tests, so that each test finds them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.support import chromium, fonts
from tests.support.tls import Certificate

Launch = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """Playwright, when there is a browser to drive; under CI=true a missing one is a failure."""
    if chromium.find() is None:
        reason = "no Chromium or Chrome: see scripts/browser"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def letters() -> None:
    """The fonts that every test of layout knows; under CI=true a missing one is a failure."""
    if reason := fonts.missing():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture
def launch(
    playwright_driver: Playwright, certificate: Certificate, tmp_path: Path
) -> Iterator[Launch]:
    """Open browsers: `launch(script=False, profile=..., viewport=chromium.DESK, locale="ar")`.

    A profile folder may be opened again after its browser was closed, as after a restart.
    """
    opened: list[BrowserContext] = []
    profiles: list[Path] = []

    def open_browser(profile: Path | None = None, **options: Any) -> BrowserContext:
        folder = profile or tmp_path / f"profile{len(opened)}"
        profiles.append(folder)
        context = chromium.launch(playwright_driver, folder, certificate.pin, **options)
        opened.append(context)
        return context

    with chromium.leash(profiles):
        yield open_browser
        for context in opened:
            context.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def phone_with_and_without_script(request: pytest.FixtureRequest, launch: Launch) -> Page:
    """A page on a phone of 360 x 640; the test runs once with script and once without."""
    page: Page = launch(script=request.param).pages[0]
    return page


@pytest.fixture
def phone(launch: Launch) -> Page:
    """A page on a phone of 360 x 640."""
    page: Page = launch().pages[0]
    return page
