"""Every public page can be used by everyone: the exit in reach, no side scrolling, axe's rules.

docs/safety-criteria.md, criteria 1 to 8, on every page, with mistakes in the forms as well. Each
test runs once for each part of the site, so that none takes long. Of the chapters of the countries,
which are alike, each is looked at in one country; `make crawl` looks at all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.browsing import Launch
from tests.support.fonts import MONO, SANS
from tests.support.layout import LARGE, OPEN_ALL, STICKS_OUT
from tests.support.length import LONG
from tests.support.site import Site
from tests.support.walk import choose, press
from webapp.info.chapter_list import OF_A_COUNTRY, OF_ALL

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("letters")]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = """axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: {
    'target-size': {enabled: true},
    'color-contrast-enhanced': {enabled: true},
    'identical-links-same-purpose': {enabled: true},
  },
}).then(told => told.violations.flatMap(rule => rule.nodes.map(n => rule.id + ': ' + n.html)))"""
DARK_RULES = """axe.run(document, {
  runOnly: {
    type: 'rule', values: ['color-contrast', 'color-contrast-enhanced', 'link-in-text-block'],
  },
}).then(told => told.violations.flatMap(rule => rule.nodes.map(n => rule.id + ': ' + n.html)))"""
"""In the dark only colours differ."""
SMALL = """[...document.querySelectorAll('a, button, summary, input, textarea')]
  .map(e => e.matches('[type=radio], [type=checkbox]') ? e.closest('label') || e.labels[0] : e)
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
STOPS = """document.querySelectorAll(
  'a, button, input, textarea, select, summary, [tabindex]').length"""
MOST_STOPS = 40
WATCH_THE_FOCUS = """() => {
  window.hidden = [];
  const bar = document.querySelector('.bar');
  document.addEventListener('focusin', event => setTimeout(() => {
    const at = event.target;
    if (at !== document.activeElement || bar.contains(at)) return;
    if (at.getBoundingClientRect().top < bar.getBoundingClientRect().bottom - 1)
      hidden.push(at.outerHTML);
  }));
}"""
WIDTH = "document.documentElement.scrollWidth"
SIZES = ((320, 640), (390, 844), (640, 360), (1280, 800))
CRAMPED = ((320, 256), (640, 200), (360, 300))
"""At 400 % zoom, and with a phone's keyboard open, lying and standing."""
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important } p { margin-block-end: 2em !important }"""
"""What readers may set (WCAG 1.4.12)."""
NOWHERE = "zz"
COUNTRIES = "bnl"
PARTS: dict[str, tuple[str, ...]] = {
    "doors": ("1", "2", "3", "8", "9", "0", "20", NOWHERE),
    "chapters": tuple(chapter.code for chapter in OF_ALL),
    **{
        letter: (
            *(f"{letter}{chapter.code}" for chapter in OF_A_COUNTRY),
            *(f"{letter}{tail}" for tail in ("0", "z", "y")),
        )
        for letter in COUNTRIES
    },
    "needs": ("bb", "br", "nb", "lb"),
    "forms": (),
}


def sample(part: str, language: str) -> tuple[str, ...]:
    """The pages of one part; of a country's a third, another one in each country and language."""
    codes = PARTS[part]
    if LONG or part not in COUNTRIES:
        return codes
    first = COUNTRIES.index(part) + sum(map(ord, language))
    return codes[first % len(COUNTRIES) :: len(COUNTRIES)]


def test_the_sample_has_every_chapter_in_one_country() -> None:
    for language in ("en", "nl", "fr", "de", "ar"):
        seen = [code[1:] for part in COUNTRIES for code in sample(part, language)]
        assert set(seen) == {code[1:] for part in COUNTRIES for code in PARTS[part]}


def every_page(page: Page, site: Site, language: str, part: str) -> Iterator[str]:
    """Go from page to page of one part; the name of each."""
    if part == "forms":
        yield from every_form(page, site, language)
    for code in sample(part, language):
        answer = page.goto(f"{site.url}/{language}/{code}")
        assert answer
        assert answer.status == (404 if code == NOWHERE else 200), (language, code)
        yield code


def every_form(page: Page, site: Site, language: str) -> Iterator[str]:
    """The chooser, a mistake, and every question."""
    page.goto(f"{site.url}/")
    yield "chooser"
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
    for name in ("files", "time", "control", "wishes", "reply", "review"):
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


@pytest.mark.parametrize("part", PARTS)
def test_1_and_4_the_exit_is_in_sight_and_nothing_is_wider_than_the_page(
    launch: Launch, shared_site: Site, part: str
) -> None:
    page = launch(viewport={"width": 360, "height": 641}).pages[0]
    for name in every_page(page, shared_site, "fr", part):
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for place in (0, 300, 100_000):
                page.evaluate(f"scrollTo(0, {place})")
                assert page.evaluate(AT_TOP), (name, width, place)
            assert page.evaluate(WIDTH) <= width, (name, width)
        assert page.evaluate(SMALL) == [], name


@pytest.mark.parametrize("language", ["nl", "ar"])
@pytest.mark.parametrize("part", ["doors", "chapters", *COUNTRIES, "forms"])
def test_2_large_letters_zoom_spacing_and_an_open_keyboard_leave_the_exit_in_sight(
    launch: Launch, shared_site: Site, language: str, part: str
) -> None:
    page = launch(bypass_csp=True, viewport={"width": 360, "height": 641}).pages[0]
    for name in every_page(page, shared_site, language, part):
        for width, height in CRAMPED:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(WIDTH) <= width, (name, width)
            assert page.evaluate(AT_TOP), (name, width)
        page.set_viewport_size({"width": 360, "height": 641})
        for style in (SPACING, LARGE):
            added = page.add_style_tag(content=style)
            assert page.evaluate(WIDTH) <= 360, (name, style)
            assert page.evaluate(AT_TOP), (name, style)
            added.evaluate("e => e.remove()")


@pytest.mark.parametrize(
    ("family", "language", "part"),
    [
        (SANS, "ar", "forms"),
        (MONO, "ar", "forms"),
        *((MONO, "de", part) for part in PARTS),
    ],
)
def test_2_with_large_letters_of_any_font_every_line_stays_on_the_screen(
    launch: Launch, shared_site: Site, family: str, language: str, part: str
) -> None:
    page = launch(bypass_csp=True, families=(family,)).pages[0]
    for name in every_page(page, shared_site, language, part):
        page.add_style_tag(content=LARGE)
        page.evaluate(OPEN_ALL)
        for width in (360, 320):
            page.set_viewport_size({"width": width, "height": 641})
            assert page.evaluate(STICKS_OUT) == [], (name, width)
            assert page.evaluate(WIDTH) <= width, (name, width)
            assert page.evaluate(AT_TOP), (name, width)


def test_3_with_the_systems_own_colours_the_exit_is_still_a_button(
    launch: Launch, shared_site: Site
) -> None:
    page = launch(forced_colors="active").pages[0]
    page.goto(f"{shared_site.url}/en/b1")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    border = page.locator("a[data-exit]").evaluate("e => getComputedStyle(e).borderTopWidth")
    assert float(border.removesuffix("px")) >= 1


@pytest.mark.parametrize("part", ["doors", *COUNTRIES, "forms"])
def test_5_and_6_the_exit_comes_first_and_the_focus_is_never_behind_the_bar(
    launch: Launch, shared_site: Site, part: str
) -> None:
    page = launch(viewport={"width": 360, "height": 641}).pages[0]
    for name in every_page(page, shared_site, "ar", part):
        assert page.evaluate(FIRST_IS_THE_EXIT), name
        page.evaluate(WATCH_THE_FOCUS)
        stops = min(MOST_STOPS, page.evaluate(STOPS) + 1)
        for key in ("Tab", "Shift+Tab"):
            for _ in range(stops):
                page.keyboard.press(key)
        assert page.evaluate("hidden") == [], name


def test_7_the_exit_and_its_announcements_speak_every_language(
    launch: Launch, shared_site: Site
) -> None:
    page = launch(viewport={"width": 320, "height": 640}).pages[0]
    labels = set()
    for language in ("en", "nl", "fr", "de", "ar"):
        page.goto(f"{shared_site.url}/{language}/2")
        link = page.locator("a[data-exit]")
        labels.add(link.inner_text())
        said = [page.locator("#said").get_attribute(f"data-{count}") for count in (1, 2, 3)]
        assert all(said)
        assert page.evaluate(WIDTH) <= 320
        assert link.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
        starts_right = link.evaluate("e => e.getBoundingClientRect().right > innerWidth / 2")
        assert starts_right == (language == "ar")
    assert len(labels) == 5


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("part", PARTS)
def test_8_axe_finds_nothing(phone: Page, shared_site: Site, language: str, part: str) -> None:
    if not AXE.exists():
        reason = "axe-core is not installed: see scripts/test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    found: dict[tuple[str, str], list[str]] = {}
    for name in every_page(phone, shared_site, language, part):
        phone.evaluate(AXE.read_text())
        for scheme, rules in (("light", RULES), ("dark", DARK_RULES)):
            phone.emulate_media(color_scheme=scheme)
            if told := phone.evaluate(rules):
                found[name, scheme] = told
    assert found == {}
