"""A person at the public face: filling in the report, leaving, going back and forth.

Words are found by their place in the form, not by their text, so that a walk works in any language.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyotp
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as BrowserError

from tests.support.tls import SITE_HOST

STORY = "f8"
STEP_SECONDS = 30
"""How long a one-time code counts (RFC 6238)."""
PRESSED = 30_000
"""Milliseconds that a page may take to follow."""
PATIENCE, PAUSE = 60.0, 0.025
"""Seconds to go on looking, and seconds between two looks."""
SILENCE = 2000
"""Milliseconds after which a question to the browser counts as lost: one to a page that the browser
has put away whole is never answered."""


def press(page: Page, button: str = "next") -> None:
    """Press a button of the form and wait for the page that follows.

    What is sent goes by the script of the page first, where there is one.
    """
    found = page.locator(f"main form button[name=b][value='{button}']").first
    if button == "send":
        with page.expect_navigation(wait_until="load", timeout=PRESSED):
            found.click()
    else:
        found.click()
        page.wait_for_load_state("load")


def choose(page: Page, **answers: str) -> None:
    """Tick the answers: `choose(page, f1="BE")`."""
    for name, value in answers.items():
        page.check(f"input[name={name}][value={value}]")


def to_the_place(page: Page, site: str, language: str = "en") -> None:
    """Through the door of a witness to the page with the first field of words."""
    page.goto(f"{site}/{language}/5")
    choose(page, f5="witness")
    press(page)


def to_the_story(page: Page, site: str, place: str, language: str = "en") -> None:
    """From the first question to the story, by way of the numbers to call."""
    to_the_place(page, site, language)
    choose(page, f1="BE")
    page.locator("[name=f3]").press_sequentially(place)
    press(page)
    choose(page, f2="brussels")
    press(page)
    choose(page, f7="yes")
    press(page)
    assert "112" in page.inner_text("main")
    press(page)
    choose(page, f4="labour")
    press(page)


def report(page: Page, site: str, place: str, story: str, language: str = "en") -> str:
    """File a whole report; the receipt code as it is shown."""
    to_the_story(page, site, place, language)
    page.locator(f"[name={STORY}]").press_sequentially(story)
    press(page)
    press(page)  # no files
    choose(page, f6="adult")
    press(page, "end")
    assert story in page.inner_text("main")
    press(page, "send")
    code = page.inner_text(".code")
    assert re.fullmatch(r"(\d{4} ){5}\d{4}", code)
    return code


def open_mailbox(page: Page, site: str, code: str, language: str = "en") -> None:
    """Type the code as a person does."""
    page.goto(f"{site}/{language}/6")
    page.locator("[name=c]").press_sequentially(code)
    press(page, "open")


def write(page: Page, message: str) -> None:
    """Write a message in the open mailbox."""
    page.locator("[name=m]").press_sequentially(message)
    press(page, "send")


def sign_in(page: Page, site: str, member: dict[str, Any]) -> None:
    """Somebody signs in at the desk; a one-time code that was used already is waited out."""
    totp = pyotp.TOTP(member["totp_secret"])
    for _ in range(3):
        page.goto(f"{site}/desk/sign-in")
        page.fill("[name=name]", member["name"])
        page.fill("[name=password]", member["password"])
        page.fill("[name=code]", totp.now())
        page.locator("main form button").click()
        page.wait_for_load_state("load")
        if page.url == f"{site}/desk/":
            return
        time.sleep(STEP_SECONDS - time.time() % STEP_SECONDS)
    raise AssertionError(page.inner_text("main"))


def wait_for_guard(context: BrowserContext, site: str) -> Mapping[str, Any]:
    """The guard that an exit sets: its answer may come long after the page was left."""
    for _ in until_settled("the exit set no guard"):
        if cookies := context.cookies(site):
            [guard] = cookies
            assert guard["name"] == "__Host-g"
            return guard
    raise AssertionError  # until_settled raised before


def end_guard(context: BrowserContext, site: str) -> None:
    """Take the guard away, as two minutes do; not before it stands, or it would come back."""
    wait_for_guard(context, site)
    context.clear_cookies()


def until_settled(otherwise: str) -> Iterator[None]:
    """Look again and again, for `PATIENCE` seconds at most; then fail, saying `otherwise`."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        yield
        time.sleep(PAUSE)
    raise AssertionError(otherwise)


@dataclass
class History:
    """The list of visited pages of one tab, moved through as the browser's own buttons do."""

    page: Page

    def _ask(self, method: str, **values: Any) -> dict[str, Any]:
        """Ask the browser; anew while it puts one page in the place of another."""
        for _ in until_settled(f"no answer to {method}"):
            try:
                devtools = self.page.context.new_cdp_session(self.page)
                told: dict[str, Any] = devtools.send(method, values, timeout=SILENCE)
                devtools.detach()
                return told
            except BrowserError:
                continue
        raise AssertionError  # until_settled raised before

    def _entries(self) -> tuple[int, list[dict[str, Any]]]:
        told = self._ask("Page.getNavigationHistory")
        return told["currentIndex"], told["entries"]

    def _evaluate(self, expression: str) -> str:
        told = self._ask("Runtime.evaluate", expression=expression)
        return str(told["result"].get("value", ""))

    def move(self, steps: int) -> bool:
        """Go back (negative) or forward, and wait until it settled; False at the list's end."""
        goal = self.ask_for(steps)
        if goal is None:
            return False
        for _ in until_settled("the page never settled"):
            if self._entries()[0] == goal and self._evaluate("document.readyState") == "complete":
                return True
        raise AssertionError  # until_settled raised before

    def ask_for(self, steps: int) -> int | None:
        """Begin to go there; the place in the list, or None past its end.

        Who is led to a page that does not answer stays at the old place in the list.
        """
        index, entries = self._entries()
        goal = index + steps
        if not 0 <= goal < len(entries):
            return None
        self._ask("Page.navigateToHistoryEntry", entryId=entries[goal]["id"])
        return goal

    def shows_the_site(self) -> bool:
        """Whether the tab shows a page of the site at this moment."""
        told = self._evaluate("location.host + ' ' + (document.body || '').innerText")
        host, _, text = told.partition(" ")
        return host.startswith(SITE_HOST) and text.strip() not in ("", "undefined")


@contextmanager
def glimpses(page: Page) -> Iterator[list[str]]:
    """Every moment in which a page of the site shows words, noted from inside the pages.

    Needs script. A page that comes back whole from the browser's memory goes on noting.
    """
    seen: list[str] = []
    page.context.expose_binding("glimpsed", lambda _source, text: seen.append(text))
    page.context.add_init_script(
        f"""if (location.host.startsWith('{SITE_HOST}')) {{
          const look = () => {{
            const text = document.body ? document.body.innerText.trim() : '';
            if (text && document.visibilityState === 'visible') glimpsed(location.pathname);
          }};
          addEventListener('pageshow', look);
          setInterval(look, 5);
        }}"""
    )
    yield seen
