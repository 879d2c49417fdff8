"""What the browser's list of visited pages shows, and coming back.

docs/safety-criteria.md, criteria 18, 22, 24, 25 and 26.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.browsing import Launch
from tests.support.site import Site
from tests.support.tls import SITE_HOST, HttpsServer
from tests.support.twin import duplicate, write_extension
from tests.support.walk import History, choose, end_guard, press, wait_for_guard

pytestmark = pytest.mark.browser

LATER = """(Old => {
  const ahead = %d000;
  Date = class extends Old {
    constructor(...given) { given.length ? super(...given) : super(Old.now() + ahead); }
    static now() { return Old.now() + ahead; }
  };
})(Date)"""
NEUTRAL_TITLE = re.compile(r"Info( [0-9a-z]{1,3})?|Weather|\u200e?")
NEUTRAL_ADDRESS = re.compile(rf"https://{SITE_HOST}:\d+/([a-z]{{2}}/[0-9a-z]{{0,3}}|x)?")


def leave(page: Page, target: HttpsServer) -> None:
    page.locator("a[data-exit]").click()
    page.wait_for_url(f"{target.url}/")


@pytest.mark.parametrize("seconds", [5, 60])
def test_18_and_22_going_back_later_or_after_a_reload_of_the_target_is_as_safe(
    launch: Launch, shared_site: Site, shared_target: HttpsServer, seconds: int
) -> None:
    context = launch()
    page = context.pages[0]
    for code in ("1", "2", "b1"):
        page.goto(f"{shared_site.url}/en/{code}")
    leave(page, shared_target)
    guard = wait_for_guard(context, shared_site.url)
    assert guard["expires"] - page.evaluate("Date.now() / 1000") > seconds
    context.add_init_script(LATER % seconds)
    page.reload()
    assert page.url == f"{shared_target.url}/"
    history = History(page)
    for _ in range(3):
        history.move(-1)
        assert not history.shows_the_site()


def test_22_a_duplicate_of_the_target_has_the_same_past_and_is_as_safe(
    launch: Launch, shared_site: Site, shared_target: HttpsServer, tmp_path: Path
) -> None:
    context = launch(extension=write_extension(tmp_path / "twin"))
    page = context.pages[0]
    for code in ("1", "2", "b1"):
        page.goto(f"{shared_site.url}/en/{code}")
    leave(page, shared_target)
    twin = duplicate(context)
    twin.wait_for_url(f"{shared_target.url}/")
    for tab in (twin, page):
        history = History(tab)
        for _ in range(2):
            assert history.move(-1)
            assert not history.shows_the_site()


def test_24_the_site_opens_again_when_the_guard_has_ended_and_not_before(
    launch: Launch, shared_site: Site, shared_target: HttpsServer
) -> None:
    context = launch()
    page = context.pages[0]
    page.goto(f"{shared_site.url}/en/1")
    leave(page, shared_target)
    page.goto(f"{shared_site.url}/en/1", wait_until="commit")
    page.wait_for_url(f"{shared_target.url}/")
    end_guard(context, shared_site.url)
    context.add_init_script(LATER % 121)
    page.goto(f"{shared_site.url}/en/1")
    assert page.inner_text("h1")
    page.locator(".doors a").first.click()
    page.wait_for_url(f"{shared_site.url}/en/2")
    assert page.inner_text("h1")


def test_25_and_26_the_list_of_visited_pages_holds_neutral_titles_and_addresses_alone(
    launch: Launch, shared_site: Site, shared_target: HttpsServer, tmp_path: Path
) -> None:
    profile = tmp_path / "phone"
    context = launch(profile)
    page = context.pages[0]
    page.goto(shared_site.url)
    for language in ("en", "nl", "fr", "de", "ar"):
        for code in ("1", "2", "3", "4", "8", "b1", "15", "b0", "6", "zz"):
            page.goto(f"{shared_site.url}/{language}/{code}")
        page.goto(f"{shared_site.url}/{language}/5")
        choose(page, f5="witness")
        press(page)
    leave(page, shared_target)
    context.close()
    with sqlite3.connect(f"file:{profile / 'Default' / 'History'}?mode=ro", uri=True) as data:
        rows = data.execute("SELECT url, title FROM urls").fetchall()
    assert len(rows) > 50
    for url, title in rows:
        assert NEUTRAL_TITLE.fullmatch(title), (url, title)
        assert NEUTRAL_ADDRESS.fullmatch(url) or url == f"{shared_target.url}/", url
