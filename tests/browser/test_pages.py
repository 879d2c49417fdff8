"""Pages of a file in real browsers: drawn under the page's policy, turned by keys and buttons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support import chromium, drawing
from tests.support.browsing import Launch
from tests.support.site import Site
from tests.support.sites import People
from tests.support.walk import press, sign_in, to_the_story

pytestmark = pytest.mark.browser

Staffed = tuple[Site, People]
DRAWN = "(it => it.complete && it.naturalWidth)(document.querySelector('.page-image'))"
NEEDS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
NAME = "three.pdf"


def send_file(page: Page, url: str) -> None:
    """Amina sends a report with a PDF of three pages."""
    to_the_story(page, url, "Fish market")
    page.fill("textarea", "They sleep in the kitchen.")
    press(page)
    data = drawing.numbered(3)
    page.set_input_files("#u", [{"name": NAME, "mimeType": "application/pdf", "buffer": data}])
    press(page, "end")
    assert NAME in page.inner_text("main")
    press(page, "send")


def number(page: Page) -> str:
    alt = page.locator(".page-image").get_attribute("alt") or ""
    assert NAME in alt
    assert page.evaluate(DRAWN) > 1_000, "the picture is not there"
    return alt.split()[1]


def test_staff_see_pages_and_turn_them(
    launch: Launch, make_staffed: Callable[..., Staffed], tmp_path: Path
) -> None:
    site, people = make_staffed()
    send_file(launch(script=False).pages[0], site.url)
    page = launch(viewport=chromium.DESK).pages[0]
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    sign_in(page, site.url, people["Bela"])
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/reports/*")
    saving = page.get_by_role("button", name=f"Save {NAME}")
    assert not saving.is_visible(), "the file itself lies behind a warning"
    page.locator(".files summary").click()
    assert saving.is_visible()
    assert "use a flaw of the program" in page.locator(".files details").inner_text()
    page.locator("#files").scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "files.png")
    page.get_by_role("button", name=f"Look at pages {NAME}").click()
    page.wait_for_url("**/files/*")
    assert number(page) == "1"
    for key, told in (("j", "2"), ("j", "3"), ("k", "2")):
        page.keyboard.press(key)
        page.wait_for_url(f"**/files/*?page={told}")
        page.wait_for_load_state("load")
        assert number(page) == told
    for wide, high in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": wide, "height": high})
        page.screenshot(path=tmp_path / f"page-{wide}.png")
        assert not page.evaluate(NEEDS_SIDEWAYS), wide
    page.fill("#page", "3")
    page.press("#page", "Enter")
    page.wait_for_url("**/files/*?page=3")
    page.wait_for_load_state("load")
    assert number(page) == "3"
    assert refused == []
    page.keyboard.press("u")
    page.wait_for_url("**/reports/*")
    assert page.locator("#files").is_visible()
