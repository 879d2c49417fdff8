"""The three doors walked by hand on a phone: each has its own questions, none is a dead end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.support.browsing import Launch
from tests.support.site import Site
from tests.support.walk import choose, press

pytestmark = pytest.mark.browser
STORY = "They sleep in the kitchen."
LINE = "#again:not([hidden])"


def begin(page: Page, site: Site, door: str, country: str) -> None:
    page.goto(f"{site.url}/en/5")
    choose(page, f5=door)
    press(page)
    choose(page, f1=country)
    press(page)
    choose(page, f7="no")
    press(page)


def send(page: Page) -> None:
    press(page, "send")
    page.wait_for_selector(".code")
    assert re.fullmatch(r"(\d{4} ){5}\d{4}", page.inner_text(".code"))
    assert "You sent it before" not in page.inner_text("main")


def witness(page: Page, site: Site) -> None:
    """The short way: after the story straight to the end, a change, a step back."""
    begin(page, site, "witness", "NL")
    press(page)
    page.fill("[name=f8]", STORY)
    press(page)
    press(page, "back")
    assert page.input_value("[name=f8]") == STORY
    press(page)
    press(page, "end")
    page.get_by_text("What you left out").click()
    press(page, "5")
    choose(page, f4="begging")
    press(page)
    assert "Beg for money" in page.inner_text("main")
    send(page)


def person_affected(page: Page, site: Site) -> None:
    """In Luxembourg, under age: the law stands there before anything is told, and at the end."""
    begin(page, site, "self", "LU")
    press(page)
    assert "the police must know" in page.inner_text("main")
    choose(page, f27="refused")
    press(page)
    page.fill("[name=f8]", STORY)
    press(page)
    press(page)
    choose(page, f6="minor")
    press(page)
    press(page)
    page.check("input[name=f13][value=papers_kept]")
    press(page, "end")
    shown = page.inner_text("main")
    assert "Someone keeps your passport" in shown
    assert "You did not say yes to the police" in shown
    assert "we must tell them" in shown
    send(page)


def professional(page: Page, site: Site) -> None:
    """Staff of a reception centre are asked for the signs that only they can see."""
    begin(page, site, "professional", "NL")
    press(page)
    choose(page, f24="yes")
    for _ in range(3):
        press(page)
    page.check("input[name=f13][value=sleeps_only]")
    press(page)
    page.fill("[name=f8]", STORY)
    press(page)
    for _ in range(5):
        press(page)
    assert "Comes to the centre only to sleep" in page.inner_text("main")
    send(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_every_door_leads_to_a_receipt(launch: Launch, shared_site: Site, script: bool) -> None:
    page = launch(script=script).pages[0]
    for door in (witness, person_affected, professional):
        door(page, shared_site)


def test_a_report_whose_line_dropped_goes_again_by_itself_and_once(
    launch: Launch, shared_site: Site
) -> None:
    context = launch()
    page = context.pages[0]
    begin(page, shared_site, "witness", "NL")
    press(page)
    page.fill("[name=f8]", STORY)
    press(page)
    press(page, "end")
    context.set_offline(True)
    page.locator("button[value=send]").click()
    page.wait_for_selector(LINE, timeout=60_000)
    assert "We try again by ourselves" in page.inner_text(LINE)
    context.set_offline(False)
    page.wait_for_selector(".code", timeout=60_000)
    code = page.inner_text(".code")
    assert "You sent it before" not in page.inner_text("main")
    page.reload()
    assert page.inner_text(".code") == code
    assert context.storage_state()["origins"] == []
