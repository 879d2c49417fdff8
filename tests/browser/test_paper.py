"""What comes out of a printer: numbers without names, and no heading.

docs/safety-criteria.md, criterion 51.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.site import Site

pytestmark = pytest.mark.browser

SEEN = """[...document.querySelectorAll('h1, .bar, .foot, aside, .unprinted')]
  .filter(e => e.getClientRects().length).map(e => e.outerHTML)"""


def test_on_paper_stands_no_heading_and_of_the_strip_only_letters_and_numbers(
    phone: Page, shared_site: Site
) -> None:
    for code in ("1", "2", "b1", "bz", "by"):
        phone.goto(f"{shared_site.url}/en/{code}")
        phone.emulate_media(media="print")
        assert phone.evaluate(SEEN) == [], code
        phone.emulate_media(media="screen")
    phone.emulate_media(media="print")
    lines = phone.inner_text("main").split("\n")
    assert lines[0] == "Belgium"
    figures = [line for line in lines[1:] if line]
    assert figures
    assert all(set(line) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -") for line in figures)
    assert phone.title() == "Info by"
