"""Every public page can be used by everyone: the exit in reach, no side scrolling, axe's rules.

Safety criteria 1, 3, 5, 6, 7 and 8, on every kind of page, with mistakes in the forms as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.conftest import Launch
from tests.support.site import Site
from tests.support.walk import choose, press

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = """axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: {
    'target-size': {enabled: true},
    'color-contrast-enhanced': {enabled: true},
    'identical-links-same-purpose': {enabled: true},
  },
}).then(told => told.violations.flatMap(rule => rule.nodes.map(n => rule.id + ': ' + n.html)))"""
SMALL = """[...document.querySelectorAll('a, button, summary, input:not([type=radio]), textarea')]
  .filter(e => e.getClientRects().length && getComputedStyle(e).display !== 'inline')
  .filter(e => e.getBoundingClientRect().width < 48 || e.getBoundingClientRect().height < 48)
  .map(e => e.outerHTML)"""
AT_TOP = """() => {
  const exit = document.querySelector('a[data-exit][href="/x"]');
  const box = exit.getBoundingClientRect();
  const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return found === exit && box.width >= 48 && box.height >= 48 && box.x >= 0
    && box.right <= innerWidth;
}"""
FIRST_IS_THE_EXIT = """document.querySelector('a, button, input, textarea, summary, [tabindex]')
  .matches('a[data-exit]')"""
HIDDEN_BEHIND_THE_BAR = """() => {
  const at = document.activeElement, bar = document.querySelector('.bar');
  if (at === document.body || bar.contains(at)) return false;
  return at.getBoundingClientRect().top < bar.getBoundingClientRect().bottom - 1;
}"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = ((320, 640), (360, 640), (390, 844), (640, 360), (1280, 800))
PLACES = ("1", "2", "3", "4", "b1", "n1", "l1", "0", "b0", "n0", "l0", "bz", "bb", "by", "9")


def every_page(page: Page, site: Site, language: str) -> Iterator[str]:
    """Go from page to page; the name of each."""
    page.goto(f"{site.url}/")
    yield "chooser"
    for code in PLACES:
        page.goto(f"{site.url}/{language}/{code}")
        yield code
    for field, value in (("a", "br"), ("b", "1"), ("c", "1"), ("d", "1")):
        page.locator(f"button[name={field}][value='{value}']").click()
        page.wait_for_load_state("load")
    yield "who can help now"
    page.goto(f"{site.url}/{language}/zz")
    yield "no such page"
    page.goto(f"{site.url}/{language}/6")
    page.fill("[name=c]", "12")
    press(page, "open")
    yield "wrong code"
    yield from every_question(page, site, language)


def every_question(page: Page, site: Site, language: str) -> Iterator[str]:
    """The steps of a report and the mailbox that it opens."""
    page.goto(f"{site.url}/{language}/5")
    yield "who"
    choose(page, f5="professional")
    press(page)
    yield "where"
    choose(page, f1="NL")
    press(page)
    yield "danger"
    choose(page, f7="yes")
    press(page)
    yield "call"
    for name in ("people", "now", "form", "sector", "signs"):
        press(page)
        yield name
        if name == "now":
            choose(page, f24="yes")
    press(page)
    press(page)
    yield "story, left empty"
    page.fill("[name=f8]", "They sleep in the kitchen.")
    for name in ("time", "control", "wishes", "reply", "review"):
        press(page)
        yield name
    press(page, "send")
    yield "receipt"
    assert page.locator(".code").count(), page.inner_text("main")
    code = page.inner_text(".code")
    page.goto(f"{site.url}/{language}/6")
    page.fill("[name=c]", code)
    press(page, "open")
    page.fill("[name=m]", "Is someone there?")
    press(page, "send")
    yield "mailbox"


def test_1_the_exit_is_in_sight_and_nothing_is_wider_than_the_page(
    launch: Launch, site: Site
) -> None:
    page = launch(viewport={"width": 360, "height": 641}).pages[0]
    for name in every_page(page, site, "fr"):
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for place in (0, 300, 100_000):
                page.evaluate(f"scrollTo(0, {place})")
                assert page.evaluate(AT_TOP), (name, width, place)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            assert page.evaluate(SMALL) == [], (name, width)


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_2_large_letters_need_no_side_scrolling_and_leave_the_exit_in_sight(
    launch: Launch, site: Site, language: str
) -> None:
    page = launch(bypass_csp=True).pages[0]
    for name in every_page(page, site, language):
        page.add_style_tag(content="html { font-size: 200% }")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        assert page.evaluate(AT_TOP), name


def test_5_and_6_the_exit_comes_first_and_the_focus_is_never_behind_the_bar(
    launch: Launch, site: Site
) -> None:
    page = launch(viewport={"width": 360, "height": 641}).pages[0]
    for name in every_page(page, site, "ar"):
        assert page.evaluate(FIRST_IS_THE_EXIT), name
        for _ in range(60):
            page.keyboard.press("Tab")
            assert not page.evaluate(HIDDEN_BEHIND_THE_BAR), name
            if page.evaluate("document.activeElement === document.body"):
                break
        for _ in range(30):
            page.keyboard.press("Shift+Tab")
            assert not page.evaluate(HIDDEN_BEHIND_THE_BAR), name


@pytest.mark.parametrize("language", ["en", "ar"])
def test_8_axe_finds_nothing(phone: Page, site: Site, language: str) -> None:
    if not AXE.exists():
        reason = "axe-core is not installed: see scripts/test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    found: dict[tuple[str, str], list[str]] = {}
    for name in every_page(phone, site, language):
        phone.evaluate(AXE.read_text())
        for scheme in SCHEMES:
            phone.emulate_media(color_scheme=scheme)
            if told := phone.evaluate(RULES):
                found[name, scheme] = told
    assert found == {}
