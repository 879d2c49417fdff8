"""Working a report in a browser: Bela reads, assesses, corrects, links and asks; Amina taps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from reports.db import make_engine, make_session_factory
from reports.vault import Vault
from tests.support import chromium
from tests.support.browsing import Launch
from tests.support.cast import Instance
from tests.support.profile import findings
from tests.support.site import Site
from tests.support.sites import People
from tests.support.walk import open_mailbox, sign_in

pytestmark = pytest.mark.browser

STORY = "A grey van, 1-QXZ-907, comes at night."
REASON, REMARK, WORD = "Tapirreason", "Gharialremark", "Heronword"


def settled(page: Page, act: Callable[[], None]) -> str:
    """Do something that loads a page; its words."""
    act()
    page.wait_for_load_state("load")
    return page.inner_text("main")


def sent(site: Site, *stories: str) -> str:
    """Amina sends these reports; the code of the last one, as she types it."""
    engine = make_engine(f"sqlite:///{site.data_dir / 'wayside.db'}")
    with make_session_factory(engine)() as session:
        instance = Instance(session, Vault.load(site.data_dir), "")
        receipts = [instance.send(datetime.now(UTC), story=story) for story in stories]
    engine.dispose()
    return receipts[-1].code.grouped


def found(page: Page, site: Site, word: str) -> list[str]:
    """The addresses of the reports that a search finds."""
    page.goto(f"{site.url}/desk/search")
    page.fill("#q", word)
    settled(page, page.locator("#search button").click)
    page.get_by_text("That is all.").wait_for()
    links = page.locator("#results th a").all()
    return [f"{site.url}{link.get_attribute('href')}" for link in links]


def opened(page: Page, address: str) -> None:
    """A report, from its cover."""
    page.goto(address)
    settled(page, page.locator("form[action$='/open'] button").click)


def assess(page: Page) -> str:
    """The signs; the words of the report afterwards."""
    settled(page, page.locator("[aria-labelledby=assessment] a").click)
    for sign in ("controlled-seen", "debt-seen", "injured-unclear"):
        page.check(f"#{sign}")
    page.fill("#remark", REMARK)
    return settled(page, page.locator("main form .actions button").click)


def correct(page: Page) -> str:
    page.locator("details.correct summary").click()
    page.select_option("#c-country", "LU")
    page.fill("#c-reason", REASON)
    return settled(page, page.locator("details.correct form button").click)


def ask(page: Page, question: str) -> str:
    page.get_by_text("Ask with one press to answer").click()
    page.check(f"#ask-{question}")
    return settled(page, page.locator("form[action*='/ask'] button").click)


def test_bela_works_a_report_and_amina_answers_with_one_press(
    launch: Launch, make_staffed: Callable[..., tuple[Site, People]], tmp_path: Path
) -> None:
    (site, people), profile = make_staffed(), tmp_path / "office"
    code = sent(site, STORY, f"{STORY} {WORD}")
    context = launch(profile, viewport=chromium.DESK)
    desk = context.pages[0]
    sign_in(desk, site.url, people["Bela"])
    [this] = found(desk, site, WORD)
    [other] = set(found(desk, site, "1-qxz-907")) - {this}
    opened(desk, this)
    assert "Pass it on." in assess(desk)
    assert "Corrected by the desk" in correct(desk)
    assert "Luxembourg" in desk.inner_text(".corrected")
    assert "Not answered yet." in ask(desk, "ongoing")
    opened(desk, other)
    confirm = desk.locator("[aria-labelledby=links] button[value=confirmed]")
    assert "about the same people" in settled(desk, confirm.click)

    phone = launch(script=False).pages[0]
    open_mailbox(phone, site.url, code)
    yes = phone.locator("button[name=a][value$='.yes']").first
    assert "You said: Yes" in settled(phone, yes.click)
    desk.goto(this)
    over = desk.get_by_role("button", name="Take this over into the facts")
    assert "Still going on" in settled(desk, over.click).partition("Corrected by the desk")[2]
    context.close()
    assert findings(profile, (STORY, REASON, REMARK, WORD)) == []
