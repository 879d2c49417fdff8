"""The desk in a real browser: its keys work, and what staff write stays in no file of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support import chromium
from tests.support.browsing import Launch
from tests.support.profile import findings
from tests.support.site import Site
from tests.support.sites import People
from tests.support.tls import SITE_HOST
from tests.support.walk import sign_in

pytestmark = pytest.mark.browser

REPLY, NOTE, REASON = "Gharialreply", "Pangolinnote", "Tapirreason"
Staffed = tuple[Site, People]
MARK = "document.querySelector('#rows').firstElementChild.dataset.before = ''"
"""On what stands in the queue until it is asked for anew."""


@pytest.fixture
def staffed(make_staffed: Callable[..., Staffed]) -> Staffed:
    """A site with made-up reports, and by name what staff sign in with."""
    return make_staffed(9)


def focused(page: Page, attribute: str = "id") -> str:
    found: str = page.evaluate(f"document.activeElement.getAttribute('{attribute}') || ''")
    return found


def opened(page: Page) -> None:
    """Wait until a report is there, with its script."""
    page.wait_for_url("**/reports/*")
    page.wait_for_load_state("load")


def write(page: Page, field: str, text: str) -> None:
    """Type into a field of the opened report and send its form."""
    page.locator(f"#{field}").press_sequentially(text)
    page.locator(f"form:has(#{field}) button").click()
    page.wait_for_load_state("load")


def test_each_key_does_what_the_help_says(launch: Launch, staffed: Staffed) -> None:
    site, people = staffed
    page = launch(viewport=chromium.DESK).pages[0]
    sign_in(page, site.url, people["Bela"])
    rows = [row.get_attribute("id") for row in page.locator("[data-row]").all()]
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert focused(page) == rows[at], key
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("j")
    assert focused(page) != rows[1], "a key reaches through the help"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    opened(page)
    page.keyboard.press("r")
    assert focused(page) == "route"
    assert page.locator("[data-key=c]").count(), "who opens a report has taken nothing on"
    page.locator("#reply").press_sequentially("jkcru?")
    assert page.input_value("#reply") == "jkcru?"
    assert page.url.rpartition("/")[2] != ""
    page.locator("#reply").blur()
    page.keyboard.press("u")
    page.wait_for_url(f"{site.url}/desk/")


def test_c_takes_a_report_over(launch: Launch, staffed: Staffed) -> None:
    site, people = staffed
    page, other = (launch(viewport=chromium.DESK).pages[0] for _ in range(2))
    sign_in(page, site.url, people["Bela"])
    page.locator("[data-row]").first.click()
    opened(page)
    assert "Bela" not in page.inner_text(".facts-side"), "a look takes nothing on"
    page.keyboard.press("c")
    page.locator("p[role=status]").wait_for()
    assert "Bela" in page.inner_text(".facts-side")
    sign_in(other, site.url, people["Dana"])
    other.goto(page.url)
    other.locator("main form button:focus").wait_for()
    other.keyboard.press("Enter")
    other.locator(".story").wait_for()
    other.keyboard.press("c")
    other.locator("p[role=status]").wait_for()
    assert "Dana" in other.inner_text(".facts-side")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_no_word_that_staff_wrote_stays_in_the_profile(
    launch: Launch, staffed: Staffed, tmp_path: Path, script: bool
) -> None:
    site, people = staffed
    profile = tmp_path / "office"
    context = launch(profile, script=script, viewport=chromium.DESK)
    page = context.pages[0]
    sign_in(page, site.url, people["Bela"])
    page.locator("[data-row]").first.click()
    opened(page)
    story = page.inner_text(".story")
    write(page, "reply", REPLY)
    write(page, "note", NOTE)
    page.locator("#end").click()
    write(page, "reason", REASON)
    main = page.inner_text("main")
    assert all(word in main for word in (REPLY, NOTE, REASON))
    words = (REPLY, NOTE, REASON, story, people["Bela"]["password"])
    assert findings(profile, words) == [], "while the browser is open"
    context.close()
    assert findings(profile, words) == []
    assert findings(profile, [SITE_HOST]), "the search reads no files at all"


def test_two_people_at_one_queue_see_what_the_other_takes(launch: Launch, staffed: Staffed) -> None:
    site, people = staffed
    bela, dana = (launch(viewport=chromium.DESK).pages[0] for _ in range(2))
    dana.clock.install()
    sign_in(bela, site.url, people["Bela"])
    sign_in(dana, site.url, people["Dana"])
    taken = bela.locator("[data-take]").first.get_attribute("id") or ""
    row = f"r{taken[1:]}"
    dana.locator(f"#{row}").focus()
    bela.locator(f"#{row}").focus()
    bela.keyboard.press("c")
    bela.wait_for_url("**/desk/?done=taken*")
    assert "Bela, now" in bela.locator(f"tr:has(#{row})").inner_text()
    dana.clock.fast_forward(21_000)
    dana.locator(f"tr:has(#{row})", has_text="Bela, now").wait_for()
    assert focused(dana) == row, "the place is lost"
    dana.locator("#count-reporter_wrote").focus()
    dana.evaluate(MARK)
    dana.clock.fast_forward(21_000)
    dana.locator("#rows [data-before]").wait_for(state="detached")
    assert focused(dana) == "count-reporter_wrote"
    dana.locator(f"#{row}").click()
    opened(dana)
    assert "Bela works on this report now" in dana.inner_text(".hand")
