"""Reading aloud with the device's own voice, and with no other; the exit ends it.

docs/safety-criteria.md, criterion 14.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.browsing import Launch
from tests.support.site import Site

pytestmark = pytest.mark.browser

VOICES = """
window.said = []; window.cancelled = 0;
Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => [
    {lang: 'nl-BE', localService: LOCAL, name: 'own'},
    {lang: 'en-GB', localService: false, name: 'far away'}],
  speak(words) { said.push([words.text, words.lang]); window.last = words; },
  cancel() { cancelled += 1; },
  addEventListener() {},
}});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


def with_voices(launch: Launch, *, local: bool) -> Page:
    context = launch()
    context.add_init_script(VOICES.replace("LOCAL", "true" if local else "false"))
    page: Page = context.pages[0]
    return page


def test_a_local_voice_reads_the_page_part_by_part_until_it_is_stopped(
    launch: Launch, shared_site: Site
) -> None:
    page = with_voices(launch, local=True)
    page.goto(f"{shared_site.url}/nl/2")
    button = page.locator("[data-aloud] button")
    button.click()
    page.evaluate("last.onend()")
    page.evaluate("last.onend()")
    said = page.evaluate("said")
    assert said[0] == [page.inner_text("h1"), "nl-BE"]
    assert len(said) == 3
    button.click()
    page.evaluate("last.onend()")
    assert len(page.evaluate("said")) == 3
    assert page.evaluate("cancelled") == 2


def test_the_exit_ends_the_voice_and_nothing_more_is_said(
    launch: Launch, shared_site: Site
) -> None:
    page = with_voices(launch, local=True)
    page.goto(f"{shared_site.url}/nl/2")
    page.locator("[data-aloud] button").click()
    # Everything in one task: the page is still there when its words are counted.
    said, cancelled = page.evaluate(
        "() => { document.querySelector('[data-exit]').click(); last.onend();"
        " return [said.length, cancelled]; }"
    )
    assert said == 1
    assert cancelled >= 2


def test_a_voice_from_elsewhere_or_of_another_language_is_not_offered(
    launch: Launch, shared_site: Site
) -> None:
    page = with_voices(launch, local=False)
    for language in ("nl", "en", "fr"):
        page.goto(f"{shared_site.url}/{language}/2")
        assert not page.locator("[data-aloud]").is_visible(), language
