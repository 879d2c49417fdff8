"""The exit in a real browser (docs/safety-criteria.md, criteria 16, 17, 20, 28, 29 and 36)."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.browsing import Launch
from tests.support.site import Site
from tests.support.tls import SITE_HOST, HttpsServer
from tests.support.walk import (
    History,
    choose,
    glimpses,
    press,
    until_settled,
    wait_for_guard,
)

pytestmark = pytest.mark.browser

FILL = """async () => {
  localStorage.setItem('a', '1');
  await (await caches.open('a')).put('/a', new Response('1'));
  await new Promise(done => { indexedDB.open('a').onsuccess = done });
}"""
STORAGE = """async () => ({
  local: localStorage.length,
  session: sessionStorage.length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  databases: (await indexedDB.databases()).length,
})"""

LISTEN = """() => {
  window.heard = new BroadcastChannel('g');
  heard.onmessage = () => {
    const words = document.documentElement.innerText.trim().length;
    fetch('/s/_words_' + words, {keepalive: true});
  };
}"""
"""After the page's own script, which listened first. While the way out waits for its answer, the
page alone can say what it shows: by a request."""


def visit_some_pages(page: Page, site: Site) -> None:
    """A, B, C: the doors, help, and a report with one answer given."""
    for code in ("1", "2", "5"):
        page.goto(f"{site.url}/en/{code}")
    choose(page, f5="witness")
    press(page)


def leave(page: Page, target: HttpsServer) -> None:
    page.locator("a[data-exit]").click()
    page.wait_for_url(f"{target.url}/")


def assert_back_and_forward_are_safe(page: Page) -> None:
    """Five times Back and Forward, in the middle and at the ends."""
    history = History(page)
    moved = False
    for _ in range(5):
        moved |= history.move(-1)
        assert not history.shows_the_site()
        history.move(+1)
        assert not history.shows_the_site()
    while history.move(-1):
        assert not history.shows_the_site()
    assert moved


def test_16_after_the_exit_back_and_forward_never_show_the_site(
    launch: Launch, shared_site: Site, shared_target: HttpsServer
) -> None:
    page = launch().pages[0]
    visit_some_pages(page, shared_site)
    with glimpses(page) as seen:
        page.goto(f"{shared_site.url}/en/1")
        for _ in until_settled("the test would not notice a page of the site"):
            page.wait_for_timeout(0)  # lets what waits come in
            if seen:
                break
        leave(page, shared_target)
        seen.clear()
        assert_back_and_forward_are_safe(page)
    assert seen == []


def test_17_after_the_exit_without_script_back_and_forward_never_show_the_site(
    launch: Launch, shared_site: Site, shared_target: HttpsServer
) -> None:
    page = launch(script=False).pages[0]
    visit_some_pages(page, shared_site)
    assert History(page).shows_the_site(), "the test would not notice a page of the site"
    leave(page, shared_target)
    assert_back_and_forward_are_safe(page)


def test_20_every_tab_leaves_in_the_turn_in_which_it_hears_and_back_is_safe_in_each(
    launch: Launch, shared_site: Site, shared_target: HttpsServer
) -> None:
    """No clock is needed: while the target is silent a tab stays, and shows nothing."""
    context = launch()
    tabs = [context.pages[0], context.new_page(), context.new_page()]
    for tab, code in zip(tabs, ("1", "b1", "5"), strict=True):
        tab.goto(f"{shared_site.url}/en/2")
        tab.goto(f"{shared_site.url}/en/{code}")
        tab.evaluate(LISTEN)
    shared_site.front.seen.clear()
    shared_target.open.clear()
    try:
        tabs[1].locator("a[data-exit]").click(no_wait_after=True)
        for _ in until_settled("a tab did not hear of it"):
            paths = [seen.path for seen in shared_site.front.seen]
            if len(told := [path for path in paths if path.startswith("/s/_words_")]) >= 2:
                break
        assert set(told) == {"/s/_words_0"}
    finally:
        shared_target.open.set()
    for tab in tabs:
        tab.wait_for_url(f"{shared_target.url}/")
    for tab in tabs:
        assert_back_and_forward_are_safe(tab)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_28_after_the_exit_storage_is_gone_and_only_the_guard_is_left(
    launch: Launch, shared_site: Site, shared_target: HttpsServer, tmp_path: Path, script: bool
) -> None:
    profile = tmp_path / "phone"
    before = launch(profile)
    before.pages[0].goto(f"{shared_site.url}/en/1")
    before.pages[0].evaluate(FILL)
    assert stored(before, shared_site) == {
        "local": 1,
        "session": 0,
        "caches": 1,
        "workers": 0,
        "databases": 1,
    }
    before.close()
    context = launch(profile, script=script)
    context.pages[0].goto(f"{shared_site.url}/en/1")
    leave(context.pages[0], shared_target)
    wait_for_guard(context, shared_site.url)
    # The browser clears what the answer tells it to clear a moment after it has the guard.
    for _ in until_settled("something is left"):
        if not any(stored(context, shared_site).values()):
            break
    context.close()
    after = launch(profile)
    assert [cookie["name"] for cookie in after.cookies(shared_site.url)] == ["__Host-g"]
    assert not any(stored(after, shared_site).values())


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_29_a_first_visit_sets_no_cookie_no_storage_and_no_service_worker(
    launch: Launch, shared_site: Site, tmp_path: Path, script: bool
) -> None:
    profile = tmp_path / "phone"
    context = launch(profile, script=script)
    page = context.pages[0]
    for code in ("1", "2", "3", "4", "b1", "n0", "6", "5"):
        page.goto(f"{shared_site.url}/en/{code}")
        assert context.cookies() == []
    choose(page, f5="self")
    press(page)
    assert context.cookies() == []
    context.close()
    assert not any(stored(launch(profile), shared_site).values())


def an_asset(site: Site) -> str:
    """The address of the style sheet, which the guard does not close."""
    with urlopen(f"{site.plain_url}/en/1") as page:
        found = re.search(r"/s/\w+\.css", page.read().decode())
    assert found
    return site.url + found.group()


def stored(context: BrowserContext, site: Site) -> dict[str, int]:
    """What the site keeps in this browser, asked from a file of the site that is no page."""
    page = context.new_page()
    page.goto(an_asset(site))
    told: dict[str, int] = page.evaluate(STORAGE)
    page.close()
    return told


@pytest.mark.parametrize("way", ["link", "link without script", "shift", "back", "form"])
def test_36_the_target_learns_nothing_by_any_way_out(
    launch: Launch, shared_site: Site, shared_target: HttpsServer, way: str
) -> None:
    context = launch(script=way != "link without script")
    page = context.pages[0]
    visit_some_pages(page, shared_site)
    go_out(context, page, shared_site, shared_target, way)
    arrived = [seen for seen in shared_target.seen if seen.path == "/"]
    assert arrived
    for seen in shared_target.seen:
        headers = {name.lower(): value for name, value in seen.headers.items()}
        assert seen.method == "GET"
        assert "?" not in seen.path
        assert "origin" not in headers
        assert SITE_HOST not in str(headers)
    assert all("Referer" not in seen.headers for seen in arrived)


def go_out(context: BrowserContext, page: Page, site: Site, target: HttpsServer, way: str) -> None:
    """Leave by one of the ways there are."""
    if way == "shift":
        for _ in range(3):
            page.keyboard.press("Shift")
        page.wait_for_url(f"{target.url}/")
    elif way == "form":
        # Another tab has left, and this one, which missed its message, sends its form.
        page.evaluate("fetch('/x', {method: 'POST'})")
        press(page)
        page.wait_for_url(f"{target.url}/")
    else:
        leave(page, target)
        if way == "back":
            target.seen.clear()
            History(page).move(-1)
            for _ in until_settled("the way back did not lead to the target"):
                if any(seen.path == "/" for seen in target.seen):
                    break
