"""The offline copy in a real browser (docs/safety-criteria.md, criteria 19, 23, 43, 45 and 46)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from tests.support.browsing import Launch
from tests.support.offline import held, keep_a_copy
from tests.support.site import Site
from tests.support.tls import HttpsServer
from tests.support.walk import History, end_guard, until_settled

pytestmark = pytest.mark.browser

NOTHING = {"caches": 0, "workers": 0}


def reaches(page: Page, address: str) -> bool:
    """Whether a new tab finds a page at `address`; none is an error page of the browser's own."""
    tab = page.context.new_page()
    try:
        tab.goto(address)
    except BrowserError:
        return False
    finally:
        tab.close()
    return True


def test_45_and_46_a_copy_is_kept_only_when_asked_for_and_can_be_read_and_deleted_offline(
    launch: Launch, shared_site: Site
) -> None:
    context = launch()
    page = context.pages[0]
    page.goto(f"{shared_site.url}/en/8")
    assert "MB" in page.inner_text("main")
    assert held(page) == NOTHING
    keep_a_copy(page, shared_site.url)
    assert held(page) == {"caches": 1, "workers": 1}
    context.set_offline(True)
    for code in ("1", "b1", "bz"):
        page.goto(f"{shared_site.url}/en/{code}")
        assert "saved page of" in page.inner_text("main"), code
        assert page.locator("a[data-exit][href='/x']").is_visible()
        assert page.title() == f"Info {code}"
        assert page.locator(".now").count() == 0
    page.goto(f"{shared_site.url}/en/ba")
    assert page.locator("#offer").count(), "what is not in the copy leads to the copy's page"
    for code in ("5", "6"):
        assert not reaches(page, f"{shared_site.url}/en/{code}")
    page.goto(f"{shared_site.url}/en/2")
    page.locator("#drop button").click()
    page.locator("#drop button").wait_for(state="hidden")
    assert held(page) == NOTHING
    assert not reaches(page, f"{shared_site.url}/en/1")


@pytest.mark.parametrize("offline", [False, True], ids=["online", "offline"])
def test_19_23_and_43_leaving_takes_the_copy_along_and_back_shows_nothing(
    launch: Launch, shared_site: Site, shared_target: HttpsServer, offline: bool
) -> None:
    context = launch()
    page, other = context.pages[0], context.new_page()
    keep_a_copy(page, shared_site.url)
    other.goto(f"{shared_site.url}/en/2")
    context.set_offline(offline)
    for code in ("1", "b1", "0"):
        page.goto(f"{shared_site.url}/en/{code}")
    page.locator("a[data-exit]").click(no_wait_after=True)
    for tab in (page, other):
        history = History(tab)
        for _ in until_settled("a tab stayed"):
            if not history.shows_the_site():
                break
        moved = False
        for step in (-1, +1, -1, -1, -1, -1):
            moved |= history.move(step)
            assert not history.shows_the_site()
        assert moved
    context.set_offline(False)
    page.goto(f"{shared_target.url}/")
    if offline:
        assert context.cookies(shared_site.url) == []
    else:
        end_guard(context, shared_site.url)
    later = context.new_page()  # the tabs that left remember that they did
    later.goto(f"{shared_site.url}/en/1")
    assert later.inner_text("h1")
    for _ in until_settled("the copy was not taken along"):
        if held(later) == NOTHING:
            break
